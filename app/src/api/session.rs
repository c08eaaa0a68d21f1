use stoa_domain::wire::session::{Session, SetupState};

use super::{Api, Result};

impl Api {
    /// Who I am and what I may.
    pub async fn session(&self) -> Result<Session> {
        self.get("/session".to_owned()).await
    }

    /// Whether the first administrator is still missing.
    pub async fn setup_needed(&self) -> Result<bool> {
        self.get::<SetupState>("/setup".to_owned()).await.map(|state| state.needed)
    }
}
