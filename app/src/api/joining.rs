use serde_json::json;
use stoa_domain::id::{RoomId, UserId};
use stoa_domain::wire::Page;
#[cfg(feature = "ssr")]
use stoa_domain::wire::joining::Invitation;
use stoa_domain::wire::joining::{InvitationAnswer, JoinAnswer, JoinRequest};

use super::{Api, Result};

impl Api {
    #[cfg(feature = "ssr")]
    pub async fn invitations(&self) -> Result<Vec<Invitation>> {
        let page: Page<Invitation> = self.get("/me/invitations".to_owned()).await?;
        Ok(page.items)
    }

    /// What I asked for, and the answers.
    #[cfg(feature = "ssr")]
    pub async fn my_requests(&self) -> Result<Vec<JoinRequest>> {
        let page: Page<JoinRequest> = self.get("/me/join-requests?limit=100".to_owned()).await?;
        Ok(page.items)
    }

    pub async fn answer_invitation(&self, room: RoomId, answer: InvitationAnswer) -> Result<()> {
        self.send("POST", format!("/me/invitations/{room}"), &json!({ "answer": answer.as_str() })).await
    }

    /// Who asks to join, the oldest first.
    pub async fn join_requests(&self, room: RoomId) -> Result<Vec<JoinRequest>> {
        let page: Page<JoinRequest> = self.get(format!("/rooms/{room}/join-requests")).await?;
        Ok(page.items)
    }

    pub async fn answer_request(&self, room: RoomId, user: UserId, answer: JoinAnswer) -> Result<()> {
        let _: JoinRequest = self.send("POST", format!("/rooms/{room}/join-requests/{user}"), &json!({ "answer": answer.as_str() })).await?;
        Ok(())
    }

    pub async fn withdraw_request(&self, room: RoomId) -> Result<()> {
        self.send("DELETE", format!("/rooms/{room}/join-requests"), &()).await
    }
}
