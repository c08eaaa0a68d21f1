//! One administrative change.

use async_trait::async_trait;
use stoa_domain::access::{Category, Domain, Entry, Group, ListOwner, Room, Unit as OrganisationalUnit};
use stoa_domain::id::{AccessVersion, CategoryId, FileId, HoldId, QueryId, RoomId, UnitId, UserId};
use stoa_domain::name::name_key;
use stoa_domain::person::Role;
use stoa_domain::principal::Principal;
use stoa_domain::settings::PoolSettings;
use stoa_domain::time::Timestamp;
use stoa_domain::wire::cleanup::QueryState;
use stoa_store::{
    Actor, Append, Audit, Creation, Idempotency, ImportRow, JoinAnswered, LegalHold, NewAccount, NewQuery, Object, Refused, Rescans, Result, Scanned,
    StoreError, Unit,
};
use uuid::Uuid;

use super::accounts::{email_key, search_key};
use super::error::{Work, corrupt};
use super::files::number;
use super::text::clean;
use super::{append, audit, cleanup, create, imports, joining, lists, scans, sessions};
use crate::database::{Database, Write};

/// What has versions of an account.
#[derive(sqlx::FromRow)]
struct State {
    enabled: bool,
    domain: Option<Uuid>,
    unit: Option<Uuid>,
}

pub struct Change {
    tx: Write,
    version: AccessVersion,
    actor: Actor,
    at: Timestamp,
    /// How many administrators there were before the first step that could take one away.
    administrators: Option<i64>,
}

/// Ends what holds of an object. What this very change brought was never seen under any version.
macro_rules! end_version {
    ($tx:expr, $table:literal, $id:literal, $of:expr, $version:expr) => {{
        let mut ended = 0;
        for statement in [
            concat!("DELETE FROM ", $table, " WHERE ", $id, " = $1 AND from_version = $2"),
            concat!("UPDATE ", $table, " SET until_version = $2 WHERE ", $id, " = $1 AND until_version IS NULL"),
        ] {
            ended += sqlx::query(statement).bind($of).bind($version).execute(&mut *$tx).await?.rows_affected();
        }
        ended
    }};
}

impl Change {
    /// Counting the version up at once locks its row, so that changes follow each other.
    pub async fn begin(database: &Database, actor: Actor, at: Timestamp) -> Work<Self> {
        let mut tx = database.write().await?;
        let (version,) = sqlx::query_as("UPDATE pool SET access_version = access_version + 1 RETURNING access_version").fetch_one(&mut *tx).await?;
        Ok(Self { tx, version, actor, at, administrators: None })
    }

    async fn insert(&mut self, account: &NewAccount) -> Work<()> {
        sqlx::query(
            "INSERT INTO users (id, name, name_key, display_name, search_key, email, password_hash, created_at, version, email_key)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
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
        .bind(account.email.as_deref().and_then(email_key))
        .execute(&mut *self.tx)
        .await?;
        self.put_state(account.id, State { enabled: true, domain: account.domain.map(|id| id.0), unit: account.unit.map(|id| id.0) }).await
    }

    async fn state(&mut self, user: UserId) -> Work<State> {
        let state = sqlx::query_as("SELECT enabled, domain_id AS domain, unit_id AS unit FROM user_states WHERE user_id = $1 AND until_version IS NULL")
            .bind(user.0)
            .fetch_optional(&mut *self.tx)
            .await?;
        Ok(state.ok_or(StoreError::Missing)?)
    }

    async fn put_state(&mut self, user: UserId, state: State) -> Work<()> {
        end_version!(self.tx, "user_states", "user_id", user.0, self.version);
        sqlx::query("INSERT INTO user_states (user_id, from_version, enabled, domain_id, unit_id) VALUES ($1, $2, $3, $4, $5)")
            .bind(user.0)
            .bind(self.version)
            .bind(state.enabled)
            .bind(state.domain)
            .bind(state.unit)
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
        if let Some(email) = email {
            sqlx::query("UPDATE users SET email_key = $2 WHERE id = $1").bind(user.0).bind(email_key(email)).execute(&mut *self.tx).await?;
        }
        Ok(())
    }

    async fn password(&mut self, user: UserId, hash: &str) -> Work<()> {
        self.touch(user).await?;
        sqlx::query("UPDATE users SET password_hash = $2 WHERE id = $1").bind(user.0).bind(hash).execute(&mut *self.tx).await?;
        sessions::delete_of(&mut self.tx, user, None).await
    }

    async fn enable(&mut self, user: UserId, enabled: bool) -> Work<()> {
        let before = self.state(user).await?;
        if before.enabled == enabled {
            return Ok(());
        }
        if !enabled {
            self.guard_administrators().await?;
            sessions::delete_of(&mut self.tx, user, None).await?;
        }
        self.touch(user).await?;
        self.put_state(user, State { enabled, ..before }).await
    }

    async fn move_user(&mut self, user: UserId, unit: Option<UnitId>) -> Work<()> {
        let before = self.state(user).await?;
        self.touch(user).await?;
        self.put_state(user, State { unit: unit.map(|id| id.0), ..before }).await
    }

    /// To be called before a step that could take the last administrator away.
    async fn guard_administrators(&mut self) -> Work<()> {
        if self.administrators.is_none() {
            self.administrators = Some(self.count_administrators().await?);
        }
        Ok(())
    }

    async fn count_administrators(&mut self) -> Work<i64> {
        let (count,) = sqlx::query_as(
            "SELECT count(*) FROM list_entries l JOIN user_states s ON s.user_id = l.principal_id AND s.until_version IS NULL
             WHERE l.owner_kind = 'role' AND l.owner_id = $1 AND l.list = $2 AND l.principal_kind = 'user'
                AND l.until_version IS NULL AND l.until_at IS NULL AND s.enabled = TRUE AND s.domain_id IS NULL",
        )
        .bind(Uuid::nil())
        .bind(Role::Administrator.as_str())
        .fetch_one(&mut *self.tx)
        .await?;
        Ok(count)
    }

    /// What a category or room is put into has to be there.
    async fn expect_category(&mut self, id: CategoryId) -> Work<()> {
        self.current(Object::Category(id)).await.map(drop)
    }

    async fn category(&mut self, category: &Category) -> Work<()> {
        if let Some(parent) = category.parent {
            self.expect_category(parent).await?;
        }
        if end_version!(self.tx, "category_versions", "category_id", category.id.0, self.version) == 0 {
            sqlx::query("INSERT INTO categories (id, created_at) VALUES ($1, $2)").bind(category.id.0).bind(self.at.micros()).execute(&mut *self.tx).await?;
        }
        let settings = serde_json::to_string(&category.settings).map_err(|error| corrupt("settings", &error.to_string()))?;
        sqlx::query(
            "INSERT INTO category_versions
                (category_id, from_version, parent_id, name, name_key, description, scope, inherit_members, settings, upload_limit, room_quota)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
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
        .bind(number(category.limits.upload_limit))
        .bind(number(category.limits.room_quota))
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    async fn room(&mut self, room: &Room) -> Work<()> {
        self.expect_category(room.category).await?;
        if end_version!(self.tx, "room_versions", "room_id", room.id.0, self.version) == 0 {
            sqlx::query("INSERT INTO rooms (id, created_at) VALUES ($1, $2)").bind(room.id.0).bind(room.created_at.micros()).execute(&mut *self.tx).await?;
            sqlx::query("INSERT INTO room_heads (room_id, seq, n) VALUES ($1, 0, 0)").bind(room.id.0).execute(&mut *self.tx).await?;
        }
        sqlx::query(
            "INSERT INTO room_versions (room_id, from_version, category_id, name, name_key, description, topic, privacy, room_type,
                state, inherit_members, invitations, files, history, upload_limit, room_quota)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
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
        .bind(number(room.limits.upload_limit))
        .bind(number(room.limits.room_quota))
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    async fn group(&mut self, group: &Group) -> Work<()> {
        end_version!(self.tx, "group_versions", "group_id", group.id.0, self.version);
        sqlx::query("INSERT INTO group_versions (group_id, from_version, name, name_key, description) VALUES ($1, $2, $3, $4, $5)")
            .bind(group.id.0)
            .bind(self.version)
            .bind(group.name.as_str())
            .bind(name_key(&group.name))
            .bind(clean(&group.description).into_owned())
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    async fn unit(&mut self, unit: &OrganisationalUnit) -> Work<()> {
        end_version!(self.tx, "unit_versions", "unit_id", unit.id.0, self.version);
        sqlx::query("INSERT INTO unit_versions (unit_id, from_version, parent_id, name, name_key) VALUES ($1, $2, $3, $4, $5)")
            .bind(unit.id.0)
            .bind(self.version)
            .bind(unit.parent.map(|parent| parent.0))
            .bind(unit.name.as_str())
            .bind(name_key(&unit.name))
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    async fn domain(&mut self, domain: &Domain) -> Work<()> {
        end_version!(self.tx, "domain_versions", "domain_id", domain.id.0, self.version);
        sqlx::query("INSERT INTO domain_versions (domain_id, from_version, name, name_key) VALUES ($1, $2, $3, $4)")
            .bind(domain.id.0)
            .bind(self.version)
            .bind(domain.name.as_str())
            .bind(name_key(&domain.name))
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    async fn end(&mut self, object: Object) -> Work<()> {
        let ended = match object {
            Object::Category(id) => end_version!(self.tx, "category_versions", "category_id", id.0, self.version),
            Object::Room(id) => end_version!(self.tx, "room_versions", "room_id", id.0, self.version),
            Object::Group(id) => end_version!(self.tx, "group_versions", "group_id", id.0, self.version),
            Object::Unit(id) => end_version!(self.tx, "unit_versions", "unit_id", id.0, self.version),
            Object::Domain(id) => end_version!(self.tx, "domain_versions", "domain_id", id.0, self.version),
        };
        if ended == 0 { Err(StoreError::Missing.into()) } else { Ok(()) }
    }

    async fn current(&mut self, object: Object) -> Work<AccessVersion> {
        let (statement, id) = match object {
            Object::Category(id) => ("SELECT from_version FROM category_versions WHERE category_id = $1 AND until_version IS NULL", id.0),
            Object::Room(id) => ("SELECT from_version FROM room_versions WHERE room_id = $1 AND until_version IS NULL", id.0),
            Object::Group(id) => ("SELECT from_version FROM group_versions WHERE group_id = $1 AND until_version IS NULL", id.0),
            Object::Unit(id) => ("SELECT from_version FROM unit_versions WHERE unit_id = $1 AND until_version IS NULL", id.0),
            Object::Domain(id) => ("SELECT from_version FROM domain_versions WHERE domain_id = $1 AND until_version IS NULL", id.0),
        };
        let row: Option<(i64,)> = sqlx::query_as(statement).bind(id).fetch_optional(&mut *self.tx).await?;
        Ok(row.ok_or(StoreError::Missing)?.0)
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
        if self.administrators.is_some_and(|before| before > 0) && self.count_administrators().await? == 0 {
            return Err(StoreError::LastAdministrator.into());
        }
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
    async fn create(&mut self, creation: &Creation) -> Result<()> {
        Ok(create::create(&mut self.tx, creation, self.at, self.version).await?)
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
    async fn end_sessions(&mut self, user: UserId) -> Result<()> {
        Ok(sessions::delete_of(&mut self.tx, user, None).await?)
    }
    async fn set_unit(&mut self, user: UserId, unit: Option<UnitId>) -> Result<()> {
        Ok(self.move_user(user, unit).await?)
    }
    async fn administrators(&mut self) -> Result<u64> {
        Ok(u64::try_from(self.count_administrators().await?).unwrap_or(0))
    }
    async fn expect_account(&mut self, user: UserId, version: AccessVersion) -> Result<()> {
        let row: Option<(i64,)> =
            sqlx::query_as("SELECT version FROM users WHERE id = $1").bind(user.0).fetch_optional(&mut *self.tx).await.map_err(super::error::Failure::from)?;
        let (current,) = row.ok_or(StoreError::Missing)?;
        if current == version { Ok(()) } else { Err(StoreError::Stale) }
    }
    async fn put_category(&mut self, category: &Category) -> Result<()> {
        Ok(self.category(category).await?)
    }
    async fn put_room(&mut self, room: &Room) -> Result<()> {
        Ok(self.room(room).await?)
    }
    async fn put_group(&mut self, group: &Group) -> Result<()> {
        Ok(self.group(group).await?)
    }
    async fn put_unit(&mut self, unit: &OrganisationalUnit) -> Result<()> {
        Ok(self.unit(unit).await?)
    }
    async fn put_domain(&mut self, domain: &Domain) -> Result<()> {
        Ok(self.domain(domain).await?)
    }
    async fn remove(&mut self, object: Object) -> Result<()> {
        Ok(self.end(object).await?)
    }
    async fn expect(&mut self, object: Object, version: AccessVersion) -> Result<()> {
        if self.current(object).await? == version { Ok(()) } else { Err(StoreError::Stale) }
    }
    async fn put_entries(&mut self, list: ListOwner, entries: &[Entry]) -> Result<()> {
        // Another end may be the end of the last one without.
        if list == ListOwner::Role(Role::Administrator) {
            self.guard_administrators().await?;
        }
        Ok(lists::put(&mut self.tx, list, entries, self.version).await?)
    }
    async fn remove_entries(&mut self, list: ListOwner, principals: &[Principal]) -> Result<u64> {
        if list == ListOwner::Role(Role::Administrator) {
            self.guard_administrators().await?;
        }
        Ok(lists::end(&mut self.tx, list, principals, self.version).await?)
    }
    async fn expect_list(&mut self, list: ListOwner, version: AccessVersion) -> Result<()> {
        if lists::version(&mut self.tx, list).await? == version { Ok(()) } else { Err(StoreError::Stale) }
    }
    async fn answer_join_request(&mut self, room: RoomId, user: UserId, answered: &JoinAnswered) -> Result<()> {
        Ok(joining::answer(&mut self.tx, room, user, answered).await?)
    }
    async fn invite(&mut self, list: ListOwner, principals: &[Principal], by: Option<UserId>) -> Result<()> {
        Ok(joining::invite(&mut self.tx, list, principals, by, self.at).await?)
    }
    async fn uninvite(&mut self, list: ListOwner, principals: &[Principal]) -> Result<()> {
        Ok(joining::uninvite(&mut self.tx, list, principals).await?)
    }
    async fn begin_query(&mut self, query: &NewQuery) -> Result<()> {
        Ok(cleanup::begin(&mut self.tx, query, &self.actor, self.at).await?)
    }
    async fn turn_query(&mut self, id: QueryId, from: &[QueryState], to: QueryState, undo_until: Option<Timestamp>) -> Result<()> {
        Ok(cleanup::turn(&mut self.tx, id, from, to, self.at, undo_until).await?)
    }
    async fn put_hold(&mut self, hold: &LegalHold) -> Result<()> {
        Ok(cleanup::erase::hold(&mut self.tx, hold, self.actor.user.map(|user| user.0), self.at).await?)
    }
    async fn release_hold(&mut self, hold: HoldId) -> Result<bool> {
        Ok(cleanup::erase::release(&mut self.tx, hold.0, self.at).await?)
    }
    async fn file_scanned(&mut self, scanned: &Scanned) -> Result<bool> {
        Ok(scans::settle(&mut self.tx, scanned).await?)
    }
    async fn rescan_file(&mut self, id: FileId) -> Result<bool> {
        Ok(scans::one_again(&mut self.tx, id, self.at).await?)
    }
    async fn scans_again(&mut self, which: &Rescans) -> Result<u64> {
        Ok(scans::again(&mut self.tx, which, self.at).await?)
    }
    async fn put_import(&mut self, import: &ImportRow) -> Result<()> {
        Ok(imports::put(&mut self.tx, import).await?)
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
