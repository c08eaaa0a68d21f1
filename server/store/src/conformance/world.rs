//! What the cases build on: people, rooms and posts in few words.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::Value;
use stoa_domain::access::{Changes, Entry, ListOwner, Room, Snapshot};
use stoa_domain::category::Switch;
use stoa_domain::id::{AccessVersion, CategoryId, MessageId, Nonce, RoomId, Seq, UserId};
use stoa_domain::message::{Importance, MessageKind};
use stoa_domain::person::Role;
use stoa_domain::principal::Principal;
use stoa_domain::room::{Privacy, RoomState, RoomType};
use stoa_domain::settings::FileLimits;
use stoa_domain::time::Timestamp;

use crate::{Actor, Append, Appended, Appending, Audit, NewAccount, Refused, Store, Unit};

#[derive(Clone)]
pub struct World {
    pub store: Arc<dyn Store>,
    count: Arc<AtomicU64>,
}

pub const fn at(second: i64) -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000 + second * 1_000)
}

pub fn audit(action: &'static str) -> Audit {
    Audit { action, object: "test:1".into(), before: Value::Null, after: serde_json::json!({ "a": 1 }) }
}

impl World {
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store, count: Arc::default() }
    }

    pub fn uuid(&self) -> uuid::Uuid {
        let count = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        let mut random = [7; 10];
        random[2..].copy_from_slice(&count.to_be_bytes());
        stoa_domain::id::uuid_v7(at(i64::try_from(count).unwrap()), random)
    }

    pub async fn begin(&self) -> Box<dyn Unit> {
        self.store.begin(Actor { user: None, from: "test".into() }, at(0)).await.unwrap()
    }

    pub fn new_account(&self, name: &str) -> NewAccount {
        NewAccount {
            id: self.uuid().into(),
            name: name.into(),
            display_name: format!("{name} Test"),
            email: None,
            password_hash: None,
            domain: None,
            unit: None,
        }
    }

    pub async fn user(&self, name: &str) -> UserId {
        let account = self.new_account(name);
        let mut unit = self.begin().await;
        unit.insert_account(&account).await.unwrap();
        unit.commit(audit("user.create")).await.unwrap();
        account.id
    }

    pub async fn snapshot(&self) -> Snapshot {
        self.store.snapshot(at(0)).await.unwrap()
    }

    pub async fn snapshot_at(&self, version: AccessVersion) -> Snapshot {
        Snapshot::new(Changes { at: at(0), ..self.store.changes_at(version).await.unwrap() })
    }

    /// Makes a change, and proves that who heard of it alone knows the same as who reads everything.
    pub async fn commit(&self, before: &Snapshot, unit: Box<dyn Unit>) -> Snapshot {
        unit.commit(audit("test")).await.unwrap();
        let next = before.next(Changes { at: at(0), ..self.store.changes(Some(before.version)).await.unwrap() });
        assert_eq!(next.all(), self.snapshot().await.all());
        next
    }

    pub async fn root(&self) -> CategoryId {
        self.snapshot().await.root().unwrap().id
    }

    pub async fn grant(&self, unit: &mut Box<dyn Unit>, user: UserId, role: Role) {
        let entry = Entry { principal: Principal::User(user), until: None, added_by: None, added_at: at(0) };
        unit.put_entries(ListOwner::Role(role), &[entry]).await.unwrap();
    }

    pub async fn new_room(&self, name: &str) -> Room {
        Room {
            id: self.uuid().into(),
            category: self.root().await,
            name: name.into(),
            description: "what it is for".into(),
            topic: String::new(),
            privacy: Privacy::Open,
            room_type: RoomType::Normal,
            state: RoomState::Active,
            inherit_members: false,
            invitations: Switch::Inherit,
            files: Switch::Inherit,
            history: Switch::Inherit,
            limits: FileLimits::default(),
            created_at: at(0),
            version: 0,
        }
    }

    pub async fn room(&self, name: &str) -> RoomId {
        let room = self.new_room(name).await;
        let mut unit = self.begin().await;
        unit.put_room(&room).await.unwrap();
        unit.commit(audit("room.create")).await.unwrap();
        room.id
    }

    pub fn item(&self, room: RoomId, author: UserId, what: Appending) -> Append {
        let id = self.uuid();
        Append { room, author, nonce: Some(Nonce(self.uuid())), id: MessageId(id), at: at(100), access_version: 1, what }
    }

    pub async fn all(&self, items: &[Append]) -> Vec<Result<Appended, Refused>> {
        self.store.append(items, &[]).await.unwrap()
    }

    pub async fn one(&self, item: &Append) -> Result<Appended, Refused> {
        self.all(std::slice::from_ref(item)).await.pop().unwrap()
    }

    pub async fn act(&self, room: RoomId, author: UserId, what: Appending) -> Result<Appended, Refused> {
        self.one(&self.item(room, author, what)).await
    }

    pub async fn post(&self, room: RoomId, author: UserId, body: &str) -> Seq {
        self.act(room, author, say(body)).await.unwrap().seq
    }
}

pub fn say(body: &str) -> Appending {
    message(body, None, &[])
}

pub fn message(body: &str, reply_to: Option<Seq>, mentions: &[UserId]) -> Appending {
    let (kind, importance) = (MessageKind::Chat, Importance::Normal);
    Appending::Message { kind, subject: None, body: body.into(), importance, reply_to, mentions: mentions.to_vec(), files: Vec::new(), withheld: false }
}

pub fn edit(of: Seq, body: &str, mentions: &[UserId]) -> Appending {
    Appending::Edit { of, subject: None, body: body.into(), mentions: mentions.to_vec(), not_before: at(0) }
}

pub fn react(of: Seq, emoji: &str, on: bool) -> Appending {
    Appending::React { of, emoji: emoji.into(), on }
}

pub const fn delete(of: Seq) -> Appending {
    Appending::Delete { of, as_manager: false }
}
