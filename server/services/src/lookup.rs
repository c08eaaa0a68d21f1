//! The Lookup service: where a client goes first. It tells the client its rooms and limits, and
//! hands out a ticket for the channel server: single-use, short-lived, signed with the pool's
//! key, bound to the user, the session, the server and that server's boot.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use stoa_domain::id::UserId;
use stoa_domain::message::FRAME_LIMIT;
use stoa_domain::time::Timestamp;
use stoa_domain::wire::lookup::{ChannelAt, FilesAt, Limits, Lookup as Answer, PoolInfo};
use stoa_domain::wire::problem::Problem;
use stoa_store::SessionKey;
use uuid::Uuid;

use crate::access::person;
use crate::services::Core;
use crate::{Caller, Result};

const TICKET_LIFE: Duration = Duration::from_secs(30);
/// Results of one page of search; search itself is not there yet, its limit is part of the answer.
const SEARCH_LIMIT: u32 = 50;

/// What a ticket proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claims {
    pub user: UserId,
    pub session: SessionKey,
}

pub struct Lookup {
    core: Arc<Core>,
    key: [u8; 32],
    /// This server's start: tickets of an earlier one are worth nothing, and needn't be remembered.
    boot: Uuid,
    used: Mutex<HashMap<Uuid, Timestamp>>,
}

impl Lookup {
    pub(crate) fn new(core: Arc<Core>, key: [u8; 32]) -> Self {
        let boot = core.environment.id();
        Self { core, key, boot, used: Mutex::default() }
    }

    /// The answer for a signed-in user, whose channel server is reached at `url`.
    ///
    /// # Errors
    /// 503 with a spread `Retry-After` when the server is full or stopping.
    pub async fn lookup(&self, caller: &Caller, url: &str) -> Result<Answer> {
        self.core.running()?;
        let snapshot = self.core.access.vouched()?;
        if self.core.hub.connections() >= self.core.options.connection_limit {
            return Err(Problem::unavailable().detail("The server is full at the moment.").retry_after(self.spread()));
        }
        let rooms = crate::me::rooms(&self.core, caller.user, &snapshot).await?;
        let invitations = crate::invitations::of(&self.core, caller.user, &snapshot).await?;
        let invited: Vec<_> = invitations.iter().map(|invitation| invitation.room).collect();
        self.core.hub.invited(caller.user, &invited);
        let settings = self.core.access.settings();
        let expires_at = self.core.environment.now().plus(TICKET_LIFE);
        Ok(Answer {
            user: person(&snapshot, caller.user),
            channel: ChannelAt { url: url.to_owned(), ticket: self.issue(caller, expires_at), expires_at },
            // To the page's own origin.
            files: FilesAt { url: String::from("/api/v1/files"), max_bytes: if self.core.options.files.is_some() { settings.upload_limit } else { 0 } },
            limits: Limits {
                message: settings.message_limit,
                story_offer: settings.story_offer,
                story: settings.story_limit,
                search: SEARCH_LIMIT,
                history: settings.history_chunk,
                frame: u32::try_from(FRAME_LIMIT).unwrap_or(u32::MAX),
            },
            rooms,
            invitations,
            server_time: self.core.environment.now(),
            pool: PoolInfo { name: settings.name.clone(), version: env!("CARGO_PKG_VERSION").to_owned() },
        })
    }

    /// Seconds to wait, spread at random, so that a thousand clients don't come back together.
    fn spread(&self) -> u32 {
        2 + u32::from(self.core.environment.random::<1>()[0]) % 14
    }

    fn signature(&self, payload: &[u8]) -> Hmac<Sha256> {
        // HMAC takes keys of every length.
        #[allow(clippy::expect_used)]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("any key length");
        mac.update(payload);
        mac
    }

    fn issue(&self, caller: &Caller, expires_at: Timestamp) -> String {
        let id: Uuid = Uuid::from_bytes(self.core.environment.random());
        let mut payload = Vec::with_capacity(PAYLOAD + 32);
        payload.extend_from_slice(id.as_bytes());
        payload.extend_from_slice(self.boot.as_bytes());
        payload.extend_from_slice(caller.user.0.as_bytes());
        payload.extend_from_slice(&caller.session);
        payload.extend_from_slice(&expires_at.micros().to_be_bytes());
        let signature = self.signature(&payload).finalize().into_bytes();
        payload.extend_from_slice(&signature);
        BASE64.encode(payload)
    }

    /// Takes a ticket in, once.
    ///
    /// # Errors
    /// 401 for one that is used, too old, of another server or boot, or forged: without saying which.
    pub fn redeem(&self, ticket: &str) -> Result<Claims> {
        let bytes = BASE64.decode(ticket).map_err(|_| Problem::bad_ticket())?;
        if bytes.len() != PAYLOAD + 32 {
            return Err(Problem::bad_ticket());
        }
        let (payload, signature) = bytes.split_at(PAYLOAD);
        self.signature(payload).verify_slice(signature).map_err(|_| Problem::bad_ticket())?;
        let (Ok(id), Ok(boot), Ok(user)) = (Uuid::from_slice(&payload[..16]), Uuid::from_slice(&payload[16..32]), Uuid::from_slice(&payload[32..48])) else {
            return Err(Problem::bad_ticket());
        };
        let (Ok(session), Ok(expires)) = (SessionKey::try_from(&payload[48..80]), <[u8; 8]>::try_from(&payload[80..88])) else {
            return Err(Problem::bad_ticket());
        };
        let expires = Timestamp::from_micros(i64::from_be_bytes(expires));
        let now = self.core.environment.now();
        if boot != self.boot || now >= expires {
            return Err(Problem::bad_ticket());
        }
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if used.len() > 1_024 && used.len().is_power_of_two() {
            used.retain(|_, expires| *expires > now);
        }
        if used.insert(id, expires).is_some() {
            return Err(Problem::bad_ticket());
        }
        Ok(Claims { user: user.into(), session })
    }
}

const PAYLOAD: usize = 16 + 16 + 16 + 32 + 8;
