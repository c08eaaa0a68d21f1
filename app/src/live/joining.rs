//! Invitations, and requests to join.

use leptos::prelude::*;
use leptos::task::spawn_local;
use stoa_domain::id::{RoomId, UserId};
use stoa_domain::room::Privacy;
use stoa_domain::wire::joining::{Invitation, InvitationAnswer, JoinAnswer, JoinRequest};

use super::room::{Room, put};
use super::store::Store;
use crate::text::fill;

impl Store {
    pub(super) fn invited(self, invitation: Invitation) {
        let text = self.text.with_value(|text| fill(text.invited_to, &[&invitation.description.name]));
        self.invitations.update(|known| {
            known.retain(|known| known.room != invitation.room);
            known.insert(0, invitation);
        });
        self.say(text);
    }

    /// The room doesn't invite any more.
    pub(super) fn uninvited(self, room: RoomId) {
        if self.invitations.with_untracked(|known| known.iter().any(|known| known.room == room)) {
            self.invitations.update(|known| known.retain(|known| known.room != room));
        }
    }

    /// Follows the room that one is invited into, or never.
    pub fn answer_invitation(self, room: RoomId, answer: InvitationAnswer) {
        spawn_local(async move {
            match self.api().answer_invitation(room, answer).await {
                Err(problem) if problem.status != 404 => self.fail(&problem),
                // What doesn't invite any more needs no answer.
                _ => self.uninvited(room),
            }
        });
    }

    pub(super) fn answered(self, request: JoinRequest) {
        let said = self.text.with_value(|text| match request.answer {
            Some(JoinAnswer::Yes) => fill(text.let_in, &[&request.name]),
            _ => fill(text.turned_away, &[&request.name]),
        });
        self.asked.update(|known| {
            known.retain(|known| known.room != request.room);
            known.push(request);
        });
        self.say(said);
    }

    /// Puts an answer aside, or takes the request back.
    pub fn withdraw(self, room: RoomId) {
        spawn_local(async move {
            match self.api().withdraw_request(room).await {
                Err(problem) if problem.status != 404 => self.fail(&problem),
                _ => self.asked.update(|known| known.retain(|known| known.room != room)),
            }
        });
    }

    /// Looks who asks to join a room that one manages.
    pub fn load_requests(self, room: Room) {
        if cfg!(not(feature = "hydrate")) || !room.info.with_untracked(|info| info.may.manage && info.privacy == Privacy::Closed) {
            return;
        }
        spawn_local(async move {
            if let Ok(requests) = self.api().join_requests(room.id).await {
                put(room.requests, requests);
            }
        });
    }

    pub fn answer_request(self, room: Room, user: UserId, answer: JoinAnswer) {
        spawn_local(async move {
            if let Err(problem) = self.api().answer_request(room.id, user, answer).await {
                self.fail(&problem);
            }
            self.load_requests(room);
        });
    }
}
