//! `stoa admin …`: for when nobody can sign in. Works on the database, whether a server runs or not.

use std::sync::Arc;
use std::time::Duration;

use stoa_services::{Environment, Options, Services};

use super::password::Password;
use crate::config::Overrides;
use crate::failure::Failure;
use crate::start::open_store;

#[derive(Debug, clap::Subcommand)]
pub enum Admin {
    /// Creates an administrator.
    Create {
        /// The sign-in name.
        name: String,
        /// As others see it; the sign-in name unless told otherwise.
        #[arg(long)]
        display_name: Option<String>,
        #[command(flatten)]
        password: Password,
    },
    /// Gives an account a new password and ends its sessions.
    ResetPassword {
        /// The sign-in name.
        name: String,
        #[command(flatten)]
        password: Password,
    },
}

impl Admin {
    pub fn run(self, overrides: &Overrides) -> Result<(), Failure> {
        let config = super::load_quietly(overrides)?.config;
        super::block_on(async move {
            let store = open_store(&config).await?;
            let services = Services::start(store, Environment::system(), Options::default()).await?;
            let done = self.carry_out(&services).await;
            services.stop(Duration::ZERO).await;
            println!("{}", done?);
            Ok(())
        })
    }

    async fn carry_out(self, services: &Arc<Services>) -> Result<String, Failure> {
        match self {
            Self::Create { name, display_name, password } => {
                let display_name = display_name.unwrap_or_else(|| name.clone());
                services.auth.create_administrator(&name, &display_name, &password.read()?).await?;
                Ok(format!("{name} is an administrator."))
            }
            Self::ResetPassword { name, password } => {
                services.auth.reset_password(&name, &password.read()?).await?;
                Ok(format!("{name} has a new password; all sessions of the account have ended."))
            }
        }
    }
}
