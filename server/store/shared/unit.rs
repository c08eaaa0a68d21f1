//! One administrative change.

use async_trait::async_trait;
use stoa_domain::access::{Category, Entry, ListOwner, Room};
use stoa_domain::id::{AccessVersion, UserId};
use stoa_domain::name::name_key;
use stoa_domain::person::Role;
use stoa_domain::principal::Principal;
use stoa_domain::settings::PoolSettings;
use stoa_domain::time::Timestamp;
use stoa_store::{Actor, Append, Audit, Idempotency, NewAccount, Refused, Result, StoreError, Unit};

use super::accounts::search_key;
use super::error::{Work, corrupt};
use super::text::clean;
use super::{append, audit, lists, sessions};
use crate::database::{Database, Write};

pub struct Change {
    tx: Write,
    version: AccessVersion,
    actor: Actor,
    at: Timestamp,
}

impl Change {
    /// Counting the version up at once locks its row, so that changes follow each other.
    pub async fn begin(database: &Database, actor: Actor, at: Timestamp) -> Work<Self> {
        let mut tx = database.write().await?;
        let (version,) = sqlx::query_as("UPDATE pool SET access_version = access_version + 1 RETURNING access_version").fetch_one(&mut *tx).await?;
        Ok(Self { tx, version, actor, at })
    }

    async fn insert(&mut self, account: &NewAccount) -> Work<()> {
        sqlx::query(
            "INSERT INTO users (id, name, name_key, display_name, search_key, email, password_hash, created_at, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(account.id.0)
        .bind(account.name.as_str())
        .bind(name_key(&account.name))
        .bind(account.display_name.as_str())
        .bind(search_key(&account.name, &account.display_name))
        .bind(account.email.as_deref())
        .bind(account.password_hash.as_deref())
        .bind(self.at.micros())
        .bind(self.version)
        .execute(&mut *self.tx)
        .await?;
        self.put_state(account.id, true).await
    }

    async fn put_state(&mut self, user: UserId, enabled: bool) -> Work<()> {
        // A state of this very change was never seen under any version.
        let before: Option<(Option<uuid::Uuid>,)> =
            sqlx::query_as("SELECT domain_id FROM user_states WHERE user_id = $1 AND until_version IS NULL").bind(user.0).fetch_optional(&mut *self.tx).await?;
        sqlx::query("DELETE FROM user_states WHERE user_id = $1 AND from_version = $2").bind(user.0).bind(self.version).execute(&mut *self.tx).await?;
        sqlx::query("UPDATE user_states SET until_version = $2 WHERE user_id = $1 AND until_version IS NULL")
            .bind(user.0)
            .bind(self.version)
            .execute(&mut *self.tx)
            .await?;
        sqlx::query("INSERT INTO user_states (user_id, from_version, enabled, domain_id) VALUES ($1, $2, $3, $4)")
            .bind(user.0)
            .bind(self.version)
            .bind(enabled)
            .bind(before.and_then(|(domain,)| domain))
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// The account changes with this change's version.
    async fn touch(&mut self, user: UserId) -> Work<()> {
        let done = sqlx::query("UPDATE users SET version = $2 WHERE id = $1").bind(user.0).bind(self.version).execute(&mut *self.tx).await?;
        if done.rows_affected() == 0 { Err(StoreError::Missing.into()) } else { Ok(()) }
    }

    async fn profile(&mut self, user: UserId, display_name: Option<&str>, email: Option<&str>) -> Work<()> {
        self.touch(user).await?;
        let (name, before): (String, String) =
            sqlx::query_as("SELECT name, display_name FROM users WHERE id = $1").bind(user.0).fetch_one(&mut *self.tx).await?;
        let display_name = display_name.unwrap_or(&before);
        sqlx::query("UPDATE users SET display_name = $2, search_key = $3, email = COALESCE($4, email) WHERE id = $1")
            .bind(user.0)
            .bind(display_name)
            .bind(search_key(&name, display_name))
            .bind(email)
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    async fn password(&mut self, user: UserId, hash: &str) -> Work<()> {
        self.touch(user).await?;
        sqlx::query("UPDATE users SET password_hash = $2 WHERE id = $1").bind(user.0).bind(hash).execute(&mut *self.tx).await?;
        sessions::delete_of(&mut self.tx, user, None).await
    }

    async fn enable(&mut self, user: UserId, enabled: bool) -> Work<()> {
        let state: Option<(bool,)> =
            sqlx::query_as("SELECT enabled FROM user_states WHERE user_id = $1 AND until_version IS NULL").bind(user.0).fetch_optional(&mut *self.tx).await?;
        let (before,) = state.ok_or(StoreError::Missing)?;
        if before == enabled {
            return Ok(());
        }
        if !enabled {
            let (all, without) = self.count(Role::Administrator, user).await?;
            if all > 0 && without == 0 {
                return Err(StoreError::LastAdministrator.into());
            }
            sessions::delete_of(&mut self.tx, user, None).await?;
        }
        self.touch(user).await?;
        self.put_state(user, enabled).await
    }

    /// How many enabled local users hold the role directly and without end; and how many without this one.
    async fn count(&mut self, role: Role, but: UserId) -> Work<(i64, i64)> {
        Ok(sqlx::query_as(
            "SELECT count(*), COALESCE(sum(CASE WHEN s.user_id = $2 THEN 0 ELSE 1 END), 0)
             FROM roles r JOIN user_states s ON s.user_id = r.principal_id AND s.until_version IS NULL
             WHERE r.role = $1 AND r.principal_kind = 'user' AND r.until_version IS NULL AND r.until_at IS NULL
                AND s.enabled = TRUE AND s.domain_id IS NULL",
        )
        .bind(role.as_str())
        .bind(but.0)
        .fetch_one(&mut *self.tx)
        .await?)
    }

    async fn give(&mut self, user: UserId, role: Role) -> Work<()> {
        self.touch(user).await?;
        sqlx::query(
            "INSERT INTO roles (principal_kind, principal_id, role, from_version)
             SELECT 'user', $1, $2, $3 WHERE NOT EXISTS (
                SELECT 1 FROM roles WHERE principal_kind = 'user' AND principal_id = $1 AND role = $2 AND until_version IS NULL)",
        )
        .bind(user.0)
        .bind(role.as_str())
        .bind(self.version)
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    async fn category(&mut self, category: &Category) -> Work<()> {
        sqlx::query("INSERT INTO categories (id, created_at) VALUES ($1, $2)").bind(category.id.0).bind(self.at.micros()).execute(&mut *self.tx).await?;
        let settings = serde_json::to_string(&category.settings).map_err(|error| corrupt("settings", &error.to_string()))?;
        sqlx::query(
            "INSERT INTO category_versions
                (category_id, from_version, parent_id, name, name_key, description, scope, inherit_members, settings)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(category.id.0)
        .bind(self.version)
        .bind(category.parent.map(|parent| parent.0))
        .bind(category.name.as_str())
        .bind(name_key(&category.name))
        .bind(clean(&category.description).into_owned())
        .bind(category.scope.as_str())
        .bind(category.inherit_members)
        .bind(settings)
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    async fn room(&mut self, room: &Room) -> Work<()> {
        sqlx::query("INSERT INTO rooms (id, created_at) VALUES ($1, $2)").bind(room.id.0).bind(room.created_at.micros()).execute(&mut *self.tx).await?;
        sqlx::query("INSERT INTO room_heads (room_id, seq, n) VALUES ($1, 0, 0)").bind(room.id.0).execute(&mut *self.tx).await?;
        self.put_room(room).await
    }

    async fn put_room(&mut self, room: &Room) -> Work<()> {
        sqlx::query(
            "INSERT INTO room_versions (room_id, from_version, category_id, name, name_key, description, topic, privacy, room_type,
                state, inherit_members, invitations, files, history)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        )
        .bind(room.id.0)
        .bind(self.version)
        .bind(room.category.0)
        .bind(room.name.as_str())
        .bind(name_key(&room.name))
        .bind(clean(&room.description).into_owned())
        .bind(clean(&room.topic).into_owned())
        .bind(room.privacy.as_str())
        .bind(room.room_type.as_str())
        .bind(room.state.as_str())
        .bind(room.inherit_members)
        .bind(room.invitations.as_str())
        .bind(room.files.as_str())
        .bind(room.history.as_str())
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    async fn change_room(&mut self, room: &Room, expected: AccessVersion) -> Work<()> {
        let row: Option<(i64,)> = sqlx::query_as("SELECT from_version FROM room_versions WHERE room_id = $1 AND until_version IS NULL")
            .bind(room.id.0)
            .fetch_optional(&mut *self.tx)
            .await?;
        let (current,) = row.ok_or(StoreError::Missing)?;
        if current != expected {
            return Err(StoreError::Stale.into());
        }
        let end = if current == self.version {
            "DELETE FROM room_versions WHERE room_id = $1 AND from_version = $2"
        } else {
            "UPDATE room_versions SET until_version = $2 WHERE room_id = $1 AND until_version IS NULL"
        };
        sqlx::query(end).bind(room.id.0).bind(self.version).execute(&mut *self.tx).await?;
        self.put_room(room).await
    }

    async fn put_settings(&mut self, settings: &PoolSettings) -> Work<()> {
        let body = serde_json::to_string(settings).map_err(|error| corrupt("settings", &error.to_string()))?;
        for end in ["DELETE FROM settings WHERE from_version = $1", "UPDATE settings SET until_version = $1 WHERE until_version IS NULL"] {
            sqlx::query(end).bind(self.version).execute(&mut *self.tx).await?;
        }
        sqlx::query("INSERT INTO settings (from_version, body) VALUES ($1, $2)").bind(self.version).bind(body).execute(&mut *self.tx).await?;
        Ok(())
    }

    async fn put_idempotency(&mut self, idempotency: &Idempotency) -> Work<()> {
        sqlx::query("INSERT INTO idempotency (caller, route, key, request_hash, object, at) VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(idempotency.caller.0)
            .bind(idempotency.route)
            .bind(idempotency.key.as_str())
            .bind(&idempotency.request_hash[..])
            .bind(idempotency.object)
            .bind(self.at.micros())
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    async fn finish(mut self, audit: &Audit) -> Work<AccessVersion> {
        audit::write(&mut self.tx, &self.actor, self.at, self.version, audit).await?;
        self.tx.commit().await?;
        Ok(self.version)
    }
}

#[async_trait]
impl Unit for Change {
    fn version(&self) -> AccessVersion {
        self.version
    }
    async fn insert_account(&mut self, account: &NewAccount) -> Result<()> {
        Ok(self.insert(account).await?)
    }
    async fn set_profile(&mut self, user: UserId, display_name: Option<&str>, email: Option<&str>) -> Result<()> {
        Ok(self.profile(user, display_name, email).await?)
    }
    async fn set_password(&mut self, user: UserId, hash: &str) -> Result<()> {
        Ok(self.password(user, hash).await?)
    }
    async fn set_enabled(&mut self, user: UserId, enabled: bool) -> Result<()> {
        Ok(self.enable(user, enabled).await?)
    }
    async fn grant(&mut self, user: UserId, role: Role) -> Result<()> {
        Ok(self.give(user, role).await?)
    }
    async fn holders(&mut self, role: Role) -> Result<u64> {
        let (all, _) = self.count(role, UserId(uuid::Uuid::nil())).await?;
        Ok(u64::try_from(all).unwrap_or(0))
    }
    async fn expect_account(&mut self, user: UserId, version: AccessVersion) -> Result<()> {
        let row: Option<(i64,)> =
            sqlx::query_as("SELECT version FROM users WHERE id = $1").bind(user.0).fetch_optional(&mut *self.tx).await.map_err(super::error::Failure::from)?;
        let (current,) = row.ok_or(StoreError::Missing)?;
        if current == version { Ok(()) } else { Err(StoreError::Stale) }
    }
    async fn insert_category(&mut self, category: &Category) -> Result<()> {
        Ok(self.category(category).await?)
    }
    async fn insert_room(&mut self, room: &Room) -> Result<()> {
        Ok(self.room(room).await?)
    }
    async fn update_room(&mut self, room: &Room, expected: AccessVersion) -> Result<()> {
        Ok(self.change_room(room, expected).await?)
    }
    async fn put_entries(&mut self, list: ListOwner, entries: &[Entry]) -> Result<()> {
        Ok(lists::put(&mut self.tx, list, entries, self.version).await?)
    }
    async fn remove_entries(&mut self, list: ListOwner, principals: &[Principal]) -> Result<u64> {
        Ok(lists::end(&mut self.tx, list, principals, self.version).await?)
    }
    async fn expect_list(&mut self, list: ListOwner, version: AccessVersion) -> Result<()> {
        if lists::version(&mut self.tx, list).await? == version { Ok(()) } else { Err(StoreError::Stale) }
    }
    async fn set_settings(&mut self, settings: &PoolSettings) -> Result<()> {
        Ok(self.put_settings(settings).await?)
    }
    async fn remember(&mut self, idempotency: &Idempotency) -> Result<()> {
        Ok(self.put_idempotency(idempotency).await?)
    }
    async fn append(&mut self, item: &Append) -> Result<()> {
        match append::append(&mut self.tx, std::slice::from_ref(item), &[]).await?.pop() {
            Some(Err(Refused::NoRoom | Refused::NoMessage)) => Err(StoreError::Missing),
            Some(Err(refused)) => Err(StoreError::Corrupt(format!("a change appends what is refused: {refused:?}"))),
            Some(Ok(_)) | None => Ok(()),
        }
    }
    async fn commit(self: Box<Self>, audit: Audit) -> Result<AccessVersion> {
        Ok(self.finish(&audit).await?)
    }
}
