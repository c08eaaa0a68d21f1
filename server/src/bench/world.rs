//! The people and rooms of a benchmark, made through the API by an administrator.

use std::time::{SystemTime, UNIX_EPOCH};

use serde::Deserialize;
use stoa_domain::id::{CategoryId, RoomId};
use stoa_domain::room::{Privacy, RoomType};
use stoa_domain::wire::people::NewUser;
use stoa_domain::wire::room::NewRoom;
use stoa_domain::wire::session::SignIn;

use super::failure::{Context as _, Result, fail};
use super::http::{Base, Http};

/// Where to measure, and as whom.
#[derive(Debug, Clone, clap::Args)]
pub struct Place {
    /// The server's address.
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    pub url: String,
    /// An administrator, who makes the people and rooms.
    #[arg(long, default_value = "bench")]
    name: String,
    #[arg(long, env = "STOA_BENCH_PASSWORD", hide_env_values = true, default_value = "")]
    password: String,
    /// How many people share the sockets. Signing in is slow on purpose, so they are few.
    #[arg(long, default_value_t = 20)]
    users: usize,
    /// An existing account as NAME:PASSWORD, instead of new ones; may be repeated.
    #[arg(long = "account")]
    accounts: Vec<String>,
    /// An existing room's id, instead of new ones; may be repeated.
    #[arg(long = "room")]
    given_rooms: Vec<RoomId>,
}

pub struct World {
    pub base: Base,
    /// The session cookies of the people.
    cookies: Vec<String>,
    pub rooms: Vec<RoomId>,
}

// Of the answers only what is needed here, so that the limit needn't send more.
#[derive(Deserialize)]
struct Made {
    id: RoomId,
}
#[derive(Deserialize)]
struct Node {
    id: CategoryId,
    parent: Option<CategoryId>,
}
#[derive(Deserialize)]
#[serde(untagged)]
enum Nodes {
    All(Vec<Node>),
    Page { items: Vec<Node> },
}
#[derive(Deserialize)]
struct Ticketed {
    channel: Channel,
}
#[derive(Deserialize)]
struct Channel {
    ticket: String,
}

impl World {
    /// Signs in and makes what isn't given.
    pub fn make(place: &Place, rooms: usize) -> Result<Self> {
        let base = Base::parse(&place.url)?;
        let run = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
        let mut world = Self { base, cookies: Vec::new(), rooms: place.given_rooms.clone() };
        let mut administrator = None;
        if world.rooms.is_empty() || place.accounts.is_empty() {
            administrator = Some(world.sign_in(&place.name, &place.password)?);
        }
        if let (true, Some(http)) = (world.rooms.is_empty(), &mut administrator) {
            world.rooms = (0..rooms.max(1)).map(|n| new_room(http, &format!("bench {run} {n}"))).collect::<Result<_>>()?;
        }
        for account in &place.accounts {
            let (name, password) = account.split_once(':').ok_or_else(|| fail("--account wants NAME:PASSWORD"))?;
            let cookie = world.sign_in(name, password)?.cookie;
            world.cookies.extend(cookie);
        }
        if let (true, Some(http)) = (place.accounts.is_empty(), &mut administrator) {
            for n in 0..place.users.max(1) {
                let (name, password) = (format!("bench-{run}-{n}"), format!("benchmark {run} {n}"));
                new_user(http, &name, &password)?;
                let cookie = world.sign_in(&name, &password)?.cookie;
                world.cookies.extend(cookie);
            }
        }
        Ok(world)
    }

    fn sign_in(&self, name: &str, password: &str) -> Result<Http> {
        let mut http = Http::connect(&self.base)?;
        let who = SignIn { name: name.to_owned(), password: password.to_owned() };
        let _: serde_json::Value = http.post_json("/api/v1/session", &who).context(|| format!("signing in as {name}"))?;
        if http.cookie.is_none() {
            return Err(fail(format!("signing in as {name} brought no cookie")));
        }
        Ok(http)
    }

    /// A connection of one of the people.
    pub fn http(&self, person: usize) -> Result<Http> {
        let mut http = Http::connect(&self.base)?;
        http.cookie = self.cookies.get(person % self.cookies.len()).cloned();
        Ok(http)
    }

    /// The session of one of the people.
    pub fn cookie(&self, person: usize) -> &str {
        self.cookies.get(person % self.cookies.len().max(1)).map_or("", String::as_str)
    }

    /// In which room, and as which of the people, a client is: rooms are filled evenly, each
    /// with as many different people as there are.
    pub fn seat(&self, client: usize) -> (usize, usize) {
        let (room, row) = (client % self.rooms.len(), client / self.rooms.len());
        (room, (room + row) % self.cookies.len())
    }

    /// A ticket for each client, as Lookup gives them.
    pub fn tickets(&self, clients: usize) -> Result<Vec<String>> {
        let mut connections = (0..self.cookies.len()).map(|person| self.http(person)).collect::<Result<Vec<_>>>()?;
        let ticket = |client| {
            let (_, person) = self.seat(client);
            let answer: Ticketed = connections[person].post_json("/api/v1/lookup", &serde_json::json!({}))?;
            Ok(answer.channel.ticket)
        };
        (0..clients).map(ticket).collect()
    }
}

fn new_user(http: &mut Http, name: &str, password: &str) -> Result<()> {
    let user = NewUser { name: name.to_owned(), display_name: name.to_owned(), email: None, password: Some(password.to_owned()), unit: None, domain: None };
    http.post_json::<serde_json::Value>("/api/v1/users", &user).map(drop)
}

fn new_room(http: &mut Http, name: &str) -> Result<RoomId> {
    let (Nodes::All(nodes) | Nodes::Page { items: nodes }) = http.get_json("/api/v1/categories")?;
    let root = nodes.into_iter().find(|node| node.parent.is_none()).ok_or_else(|| fail("the server shows no root category"))?;
    let room = NewRoom {
        name: name.to_owned(),
        category: root.id,
        description: String::new(),
        topic: String::new(),
        privacy: Privacy::Open,
        room_type: RoomType::Normal,
        inherit_members: false,
    };
    http.post_json::<Made>("/api/v1/rooms", &room).map(|made| made.id)
}
