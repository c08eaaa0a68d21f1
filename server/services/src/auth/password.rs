//! Passwords: hashed with Argon2id, on threads of their own, a bounded number at once.

use std::sync::LazyLock;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use stoa_domain::settings::PoolSettings;
use stoa_domain::wire::problem::Problem;
use tokio::sync::Semaphore;

use crate::Result;

/// Longer ones only make work.
const LONGEST: usize = 1_024;
/// Each hash takes 19 MiB and a core for some 20 ms; more at once only slow each other down.
const AT_ONCE: usize = 4;
/// Sign-ins that may wait for their turn; who comes then is asked to try again.
const WAITING: usize = 64;

pub struct Passwords {
    running: Semaphore,
    waiting: Semaphore,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { running: Semaphore::new(AT_ONCE), waiting: Semaphore::new(AT_ONCE + WAITING) }
    }
}

/// OWASP's first choice for Argon2id: 19 MiB, two passes, one lane.
fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default())
}

/// Verified against when there is no account, so that the answer takes as long.
static NOBODY: LazyLock<Option<String>> = LazyLock::new(|| argon2().hash_password(b"nobody").map(|hash| hash.to_string()).ok());

/// For what makes accounts past the services, such as samples.
///
/// # Errors
/// Where it can't be hashed.
pub async fn hash_password(password: &str) -> Result<String> {
    Passwords::default().hash(password).await
}

impl Passwords {
    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let busy = || Problem::unavailable().detail("Too many people sign in at this moment.").retry_after(2);
        let _place = self.waiting.try_acquire().map_err(|_| busy())?;
        let _turn = self.running.acquire().await.map_err(|_| busy())?;
        tokio::task::spawn_blocking(work).await.map_err(|error| {
            tracing::error!(%error, "password hashing failed");
            Problem::internal()
        })
    }

    pub async fn hash(&self, password: &str) -> Result<String> {
        let password = password.to_owned();
        let hash = self.run(move || argon2().hash_password(password.as_bytes()).map(|hash| hash.to_string())).await?;
        hash.map_err(|error| {
            tracing::error!(%error, "password not hashed");
            Problem::internal()
        })
    }

    /// Whether the password is the one of the hash; without a hash the same work, and no.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool> {
        if password.len() > LONGEST {
            return Ok(false);
        }
        self.run(move || {
            let known = hash.is_some();
            let hash = hash.or_else(|| NOBODY.clone()).unwrap_or_default();
            let right = PasswordHash::new(&hash).is_ok_and(|hash| argon2().verify_password(password.as_bytes(), &hash).is_ok());
            known && right
        })
        .await
    }
}

/// Whether a password may be chosen.
pub(crate) fn check(password: &str, name: &str, settings: &PoolSettings) -> Result<()> {
    let wrong = |code, message: String| Err(Problem::invalid().field("/password", code, message));
    let length = password.chars().count();
    if length < settings.password_min_length as usize {
        return wrong("too-short", format!("At least {} characters.", settings.password_min_length));
    }
    if password.len() > LONGEST {
        return wrong("too-long", format!("At most {LONGEST} bytes."));
    }
    if password.to_lowercase().contains(&name.to_lowercase()) && length < name.chars().count() + 6 {
        return wrong("too-simple", String::from("It is little more than the name."));
    }
    let mut characters = password.chars();
    let first = characters.next();
    if characters.all(|c| Some(c) == first) {
        return wrong("too-simple", String::from("It is one character again and again."));
    }
    Ok(())
}
