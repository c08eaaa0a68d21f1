//! The people and places of the test, made through the API.

use http::Method;
use serde_json::{Value, json};
use stoa_domain::id::{FileId, RoomId, UserId};
use stoa_domain::message::{Importance, MessageKind};
use stoa_services::Environment;
use stoa_store::{Append, Appending, FinishedFile, NewFile, Placed, Quotas, Record};

use super::rules::{Place, Who};
use crate::client::Client;
use crate::world::{PASSWORD, World};

/// Of nobody and nothing.
const UNKNOWN: &str = "01939c5e-7a00-7000-8000-0000000000ff";

pub struct Person {
    pub name: &'static str,
    pub who: Who,
    pub client: Client,
}

/// A room with its category, or a category.
pub struct Stage {
    pub name: &'static str,
    pub place: Place,
    room: String,
    category: String,
    /// In a message of the room.
    file: String,
    /// Another, to be removed: that it was makes the next call no different.
    spare: String,
    /// The same, waiting for its scan.
    quarantined: String,
}

pub struct Cast {
    pub people: Vec<Person>,
    pub rooms: Vec<Stage>,
    pub categories: Vec<Stage>,
    admin: Client,
    ids: Vec<(&'static str, String)>,
    world: World,
}

type Casting = fn(&mut Who);

/// Everyone but the administrator, who is there first.
const PEOPLE: &[(&str, Casting)] = &[
    ("user-admin", |who| who.user_administrator = true),
    ("auditor", |who| who.auditor = true),
    // Searches the archive, and nothing else.
    ("officer", |_| {}),
    ("category-manager", |who| who.category_manager = true),
    ("creator", |who| who.creator = true),
    ("room-manager", |who| who.room_manager = true),
    ("presenter", |who| who.presenter = true),
    ("member", |who| who.member = true),
    ("stranger", |_| {}),
    ("partner", |who| who.internal = false),
    ("disabled", |who| who.signed_in = false),
];

fn user(id: &str) -> Value {
    json!({ "principal": { "kind": "user", "id": id } })
}

async fn made(admin: &Client, path: &str, body: Value) -> String {
    let reply = admin.post(path, body).await;
    assert_eq!(reply.status, 201, "{path}: {reply:?}");
    reply.body["id"].as_str().unwrap().to_owned()
}

async fn put(admin: &Client, list: &str, entry: Value) {
    let reply = admin.post(list, entry).await;
    assert_eq!(reply.status, 200, "{list}: {reply:?}");
}

impl Cast {
    pub async fn new() -> Self {
        let world = World::new().await;
        let admin = world.administrator().await;
        let root = world.root().await;
        let group = made(&admin, "/groups", json!({ "name": "Traders" })).await;
        let unit = made(&admin, "/units", json!({ "name": "Acme" })).await;
        let domain = made(&admin, "/domains", json!({ "name": "partner.example" })).await;
        let anyone = Who { signed_in: true, internal: true, ..Who::default() };
        let mut people = vec![
            Person { name: "nobody", who: Who { signed_in: false, ..anyone }, client: world.visitor() },
            Person { name: "administrator", who: Who { administrator: true, ..anyone }, client: world.signed_in("ana").await },
        ];
        let mut ids = vec![("group", group), ("unit", unit), ("domain", domain.clone())];
        for (name, is) in PEOPLE {
            let mut new = json!({ "name": name, "display_name": name, "password": PASSWORD });
            if *name == "partner" {
                new["domain"] = json!(domain);
            }
            let id = made(&admin, "/users", new).await;
            let mut who = anyone;
            is(&mut who);
            people.push(Person { name, who, client: world.signed_in(name).await });
            ids.push((name, id));
        }
        // Somebody whom calls can be about, and who makes none.
        ids.push(("bystander", made(&admin, "/users", json!({ "name": "bystander", "display_name": "bystander" })).await));
        let mut cast = Self { people, rooms: Vec::new(), categories: Vec::new(), admin, ids, world };
        cast.roles().await;
        cast.furnish(&root).await;
        cast.disable().await;
        let record = cast.admin.get("/audit?limit=1").await.body["items"][0]["id"].to_string();
        cast.ids.push(("record", record));
        let query = made(&cast.admin, "/messages/query", json!({ "words": "nothing", "action": "remove" })).await;
        cast.ids.push(("query", query));
        let file = "name,display_name\nimported,Imported\n";
        let import = cast.admin.request(Method::POST, "/api/v1/users/import").header(http::header::CONTENT_TYPE, "text/csv");
        let import = cast.admin.send(import.body(axum::body::Body::from(file)).unwrap()).await;
        cast.ids.push(("import", import.body["progress"]["id"].as_str().unwrap().to_owned()));
        cast
    }

    fn id(&self, name: &str) -> &str {
        self.ids.iter().find(|(of, _)| *of == name).map(|(_, id)| id.as_str()).unwrap()
    }

    async fn roles(&self) {
        for (role, name) in [("user_administrator", "user-admin"), ("auditor", "auditor"), ("compliance_officer", "officer")] {
            put(&self.admin, &format!("/roles/{role}"), user(self.id(name))).await;
        }
    }

    async fn furnish(&mut self, root: &str) {
        let desk = made(&self.admin, "/categories", json!({ "name": "desk", "parent": root })).await;
        put(&self.admin, &format!("/categories/{desk}/lists/managers"), user(self.id("category-manager"))).await;
        put(&self.admin, &format!("/categories/{desk}/lists/creators"), user(self.id("creator"))).await;
        // Whose allowed list names somebody who isn't there any more; and one that denies everyone.
        let narrow = made(&self.admin, "/categories", json!({ "name": "narrow", "parent": desk, "scope": "list" })).await;
        put(&self.admin, &format!("/categories/{narrow}/lists/allowed"), user(self.id("disabled"))).await;
        let barred = made(&self.admin, "/categories", json!({ "name": "barred", "parent": desk })).await;
        let shut = Place { privacy: "open", shut_out: true, ..Place::default() };
        let of = |privacy| Place { privacy, ..Place::default() };
        let rooms = [
            ("open", &desk, of("open")),
            ("closed", &desk, of("closed")),
            ("secret", &desk, of("secret")),
            ("auditorium", &desk, Place { auditorium: true, ..of("open") }),
            ("secret auditorium", &desk, Place { auditorium: true, ..of("secret") }),
            ("disabled", &desk, Place { disabled: true, ..of("open") }),
            ("disabled secret", &desk, Place { disabled: true, ..of("secret") }),
            ("out of scope", &narrow, shut),
            ("denied", &barred, shut),
            ("denied secret", &barred, Place { privacy: "secret", ..shut }),
        ];
        for (name, category, place) in rooms {
            let stage = self.room(name, category, place).await;
            self.rooms.push(stage);
        }
        // Last: it takes effect on whoever is in there.
        put(&self.admin, &format!("/categories/{barred}/lists/denied"), json!({ "principal": { "kind": "everyone" } })).await;
        for (name, category, place) in [("desk", &desk, of("open")), ("narrow", &narrow, shut), ("barred", &barred, shut)] {
            self.categories.push(Stage {
                name,
                place,
                room: UNKNOWN.to_owned(),
                category: category.clone(),
                file: UNKNOWN.to_owned(),
                spare: UNKNOWN.to_owned(),
                quarantined: UNKNOWN.to_owned(),
            });
        }
    }

    async fn room(&self, name: &'static str, category: &str, place: Place) -> Stage {
        let kind = if place.auditorium { "auditorium" } else { "normal" };
        let body = json!({ "name": name, "category": category, "privacy": place.privacy, "type": kind });
        let room = made(&self.admin, "/rooms", body).await;
        for (list, who) in [("managers", "room-manager"), ("presenters", "presenter"), ("members", "member")] {
            put(&self.admin, &format!("/rooms/{room}/lists/{list}"), user(self.id(who))).await;
        }
        // Who creates a room manages it; here the administrator is nothing but that.
        let own = self.admin.get("/session").await.body["user"]["id"].as_str().unwrap().to_owned();
        assert_eq!(self.admin.delete(&format!("/rooms/{room}/lists/managers/user:{own}")).await.status, 204);
        let (file, spare, quarantined) = (self.file(&room, false).await, self.file(&room, false).await, self.file(&room, true).await);
        let stage = Stage { name, place, room, category: category.to_owned(), file, spare, quarantined };
        self.as_it_was(&stage).await;
        stage
    }

    /// Into the database alone, since not every room lets somebody post. Its content is missing, which is told
    /// to those who may read it.
    async fn file(&self, room: &str, scan: bool) -> String {
        let (store, now) = (&self.world.store, self.world.clock_now());
        let (room, author): (RoomId, UserId) = (room.parse().unwrap(), self.id("member").parse().unwrap());
        let id: FileId = Environment::system().id();
        let new = NewFile { id, room, uploader: author, name: "a.txt".into(), size: Some(1), at: now, expires_at: now };
        let free = Quotas { room: None, pool: None };
        assert_eq!(store.file_begin(&new, free, 1).await.unwrap(), Placed::Done);
        let record = Record { kind: stoa_domain::archive::Kind::FileUploaded, room: Some(room), user: Some(author), at: now, version: 1, payload: json!({}) };
        let finished = FinishedFile { id, size: 1, sha256: [0; 32], kind: "text/plain".into(), at: now, expires_at: now, scan, record };
        assert_eq!(store.file_finish(&finished, free).await.unwrap(), Placed::Done);
        let (kind, importance) = (MessageKind::Chat, Importance::Normal);
        let what =
            Appending::Message { kind, subject: None, body: String::new(), importance, reply_to: None, mentions: vec![], files: vec![id], withheld: false };
        let item = Append { room, author, nonce: None, id: Environment::system().id(), at: now, access_version: 1, what };
        assert!(store.append(&[item], &[]).await.unwrap()[0].is_ok());
        id.to_string()
    }

    async fn disable(&self) {
        let path = format!("/users/{}", self.id("disabled"));
        let version = self.admin.get(&path).await.header("etag").to_owned();
        assert_eq!(self.admin.patch(&path, &version, json!({ "enabled": false })).await.status, 200);
    }

    /// Enabled or disabled, whatever a call has made of it.
    pub async fn as_it_was(&self, stage: &Stage) {
        let state = if stage.place.disabled { "disable" } else { "enable" };
        assert_eq!(self.admin.call(Method::POST, &format!("/rooms/{}/{state}", stage.room), None).await.status, 200);
    }

    /// With what there is in the place of the names.
    pub fn path(&self, text: &str, stage: &Stage) -> String {
        let principal = format!("user:{UNKNOWN}");
        [
            ("{room}", stage.room.as_str()),
            ("{category}", &stage.category),
            ("{file}", &stage.file),
            ("{spare}", &stage.spare),
            ("{quarantined}", &stage.quarantined),
            ("{upload}", UNKNOWN),
            ("{group}", self.id("group")),
            ("{unit}", self.id("unit")),
            ("{domain}", self.id("domain")),
            ("{user}", self.id("bystander")),
            ("{record}", self.id("record")),
            ("{query}", self.id("query")),
            ("{import}", self.id("import")),
            ("{role}", "auditor"),
            ("{list}", "members"),
            ("{principal}", &principal),
        ]
        .into_iter()
        .fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
    }
}
