//! `stoa demo`: a data folder with a believable company in it, to look at. People, categories,
//! rooms of all kinds, and four weeks of talk that ends today.

mod company;
mod enterprise;
mod plan;
mod routine;
mod script;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use stoa_domain::access::{self, Entry, ListOwner};
use stoa_domain::category::{CategoryList, CategorySettings, Scope, Switch};
use stoa_domain::id::{AccessVersion, CategoryId, RoomId, UserId};
use stoa_domain::name::name_key;
use stoa_domain::principal::Principal;
use stoa_domain::room::{Privacy, RoomList, RoomState};
use stoa_domain::settings::FileLimits;
use stoa_domain::time::Timestamp;
use stoa_services::{Clock, Environment, Options, Services};
use stoa_store::{Actor, Audit, ChangeFollow, NewAccount, Store};

use crate::config::Overrides;
use crate::failure::Failure;
use crate::start::open_store;
use company::{CATEGORIES, LEFT, PEOPLE, ROOMS};
use routine::Numbers;

const PASSWORD: &str = "stoa-demo-2025";
const DAY: Duration = Duration::from_secs(24 * 3600);
/// When the company began, in days before today.
const BEGAN: u32 = 30;
/// Appended in one transaction.
const BATCH: usize = 400;

#[derive(Debug, clap::Args)]
pub struct Demo {
    /// How large the company is.
    #[arg(long, value_enum, default_value_t)]
    size: Size,
}

#[derive(Debug, Clone, Copy, Default, clap::ValueEnum)]
enum Size {
    /// Some two dozen people with weeks of messages.
    #[default]
    Company,
    /// 150,000 people, 40,000 groups, 30,000 rooms, two million list entries; takes minutes.
    Enterprise,
}

impl Demo {
    pub fn run(self, overrides: &Overrides) -> Result<(), Failure> {
        let config = super::load_quietly(overrides)?.config;
        super::block_on(async move {
            let started = Instant::now();
            let store = open_store(&config).await?;
            if store.snapshot(Timestamp::default()).await?.users().next().is_some() {
                return Err(Failure::new(format!("{} already has people in it: choose another folder with --data", config.data.display())));
            }
            let (told, people) = match self.size {
                Size::Company => {
                    let messages = Box::pin(seed(&store)).await?;
                    (format!("{} people, {} rooms, {messages} messages", PEOPLE.len(), ROOMS.len()), "omar.haddad, samuel.adeyemi, …")
                }
                Size::Enterprise => {
                    let made = Box::pin(enterprise::seed(&store, enterprise::Scale::ENTERPRISE)).await?;
                    let enterprise::Made { people, rooms, entries, messages } = made;
                    (format!("{people} people, {rooms} rooms, {entries} list entries, {messages} messages"), "ben.adeyemi, carla.adeyemi, …")
                }
            };
            store.close().await;
            println!(
                "A sample company: {told}, made in {:.1} s.\n\
                 Start it with: stoa serve --data {}\n\
                 Sign in as mira.kovac (administrator), {people}; everybody's password is {PASSWORD}",
                started.elapsed().as_secs_f64(),
                config.data.display(),
            );
            Ok(())
        })
    }
}

/// A clock that stands still, at the company's beginning.
struct Stopped(Timestamp);

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// The company in the database.
struct World {
    store: Arc<dyn Store>,
    numbers: Numbers,
    began: Timestamp,
    people: HashMap<&'static str, UserId>,
    rooms: HashMap<&'static str, RoomId>,
    version: AccessVersion,
}

fn unknown(what: &str, name: &str) -> Failure {
    Failure::new(format!("the sample company has no {what} {name}"))
}

async fn seed(store: &Arc<dyn Store>) -> Result<usize, Failure> {
    let today = plan::today(Environment::system().now());
    let began = today.minus(DAY * BEGAN);
    let mut world = World { store: Arc::clone(store), numbers: Numbers::new(20), began, people: HashMap::new(), rooms: HashMap::new(), version: 0 };
    world.people().await?;
    world.places().await?;
    world.follow().await?;
    let items = plan::items(&mut world.numbers, today)?;
    let appends = plan::appends(&items, &world)?;
    for batch in appends.chunks(BATCH) {
        for (item, done) in batch.iter().zip(world.store.append(batch, &[]).await?) {
            done.map_err(|refused| Failure::new(format!("the sample company can't say {:?}: {refused:?}", item.what)))?;
        }
    }
    world.read().await?;
    world.farewell(today).await?;
    Ok(items.iter().filter(|item| item.is_message()).count())
}

impl World {
    fn person(&self, name: &str) -> Result<UserId, Failure> {
        self.people.get(name).copied().ok_or_else(|| unknown("person", name))
    }
    fn room(&self, name: &str) -> Result<RoomId, Failure> {
        self.rooms.get(name).copied().ok_or_else(|| unknown("room", name))
    }
    fn actor(&self) -> Actor {
        Actor { user: self.people.get("mira.kovac").copied(), from: "stoa demo".to_owned() }
    }
    fn id<T: From<uuid::Uuid>>(&mut self) -> T {
        stoa_domain::id::uuid_v7(self.began, self.numbers.bytes()).into()
    }
    fn entry(&self, name: &str) -> Result<Entry, Failure> {
        Ok(Entry { principal: Principal::User(self.person(name)?), until: None, added_by: self.people.get("mira.kovac").copied(), added_at: self.began })
    }

    async fn people(&mut self) -> Result<(), Failure> {
        let Some(((admin, display_name), others)) = PEOPLE.split_first() else { return Ok(()) };
        let services = Services::start(Arc::clone(&self.store), Environment::with_clock(Arc::new(Stopped(self.began))), Options::default()).await?;
        let id = services.auth.create_administrator(admin, display_name, PASSWORD).await?;
        self.people.insert(admin, id);
        // Hashing a password is slow on purpose; everybody has the same one here.
        let hash = self.store.account_by_key(&name_key(admin)).await?.and_then(|account| account.password_hash);
        let mut unit = self.store.begin(self.actor(), self.began).await?;
        for (name, display_name) in others {
            let id = self.id();
            self.people.insert(name, id);
            let email = Some(format!("{name}@example.com"));
            let account = NewAccount {
                id,
                name: (*name).to_owned(),
                display_name: (*display_name).to_owned(),
                email,
                password_hash: hash.clone(),
                domain: None,
                unit: None,
            };
            unit.insert_account(&account).await?;
        }
        unit.commit(audit("demo.people", "users")).await?;
        Ok(())
    }

    async fn places(&mut self) -> Result<(), Failure> {
        let root = self.store.snapshot(self.began).await?.root().map(|root| root.id).ok_or_else(|| unknown("root category", ""))?;
        let mut categories: HashMap<&str, CategoryId> = HashMap::from([("", root)]);
        let mut unit = self.store.begin(self.actor(), self.began).await?;
        for (name, parent, description) in CATEGORIES {
            let id: CategoryId = self.id();
            let parent = Some(*categories.get(parent).ok_or_else(|| unknown("category", parent))?);
            categories.insert(name, id);
            let (name, description) = ((*name).to_owned(), (*description).to_owned());
            let settings = CategorySettings::default();
            let (scope, inherit_members, version) = (Scope::Inherit, false, unit.version());
            unit.put_category(&access::Category { id, parent, name, description, scope, inherit_members, settings, limits: FileLimits::default(), version })
                .await?;
        }
        let lists = [
            ("Operations", CategoryList::Managers, "omar.haddad"),
            ("Engineering", CategoryList::Managers, "priya.nair"),
            ("Company", CategoryList::Managers, "nora.byrne"),
        ];
        for (category, list, name) in lists {
            let category = *categories.get(category).ok_or_else(|| unknown("category", category))?;
            unit.put_entries(ListOwner::Category(category, list), &[self.entry(name)?]).await?;
        }
        if let Some(projects) = categories.get("Projects") {
            let everyone = Entry { principal: Principal::Everyone, until: None, added_by: None, added_at: self.began };
            unit.put_entries(ListOwner::Category(*projects, CategoryList::Creators), &[everyone]).await?;
        }
        for plan in ROOMS {
            let id: RoomId = self.id();
            self.rooms.insert(plan.name, id);
            let category = *categories.get(plan.category).ok_or_else(|| unknown("category", plan.category))?;
            let room = access::Room {
                id,
                category,
                name: plan.name.to_owned(),
                description: plan.description.to_owned(),
                topic: plan.topic.to_owned(),
                privacy: plan.privacy,
                room_type: plan.kind,
                state: if plan.disabled { RoomState::Disabled } else { RoomState::Active },
                inherit_members: false,
                invitations: Switch::Inherit,
                files: Switch::Inherit,
                history: Switch::Inherit,
                limits: FileLimits::default(),
                created_at: self.began,
                version: unit.version(),
            };
            unit.put_room(&room).await?;
            let managers: Vec<_> = plan.people.iter().take(1).map(|name| self.entry(name)).collect::<Result<_, _>>()?;
            unit.put_entries(ListOwner::Room(id, RoomList::Managers), &managers).await?;
            let presenters: Vec<_> = plan.presenters.iter().map(|name| self.entry(name)).collect::<Result<_, _>>()?;
            unit.put_entries(ListOwner::Room(id, RoomList::Presenters), &presenters).await?;
            if plan.privacy != Privacy::Open {
                let members: Vec<_> = plan.people.iter().map(|name| self.entry(name)).collect::<Result<_, _>>()?;
                unit.put_entries(ListOwner::Room(id, RoomList::Members), &members).await?;
            }
        }
        self.version = unit.commit(audit("demo.places", "rooms")).await?;
        Ok(())
    }

    /// Before anything is said: who follows later has read all that is there.
    async fn follow(&self) -> Result<(), Failure> {
        for (name, id) in &self.people {
            let rooms: Vec<RoomId> = ROOMS.iter().filter(|plan| plan.people.contains(name)).filter_map(|plan| self.rooms.get(plan.name).copied()).collect();
            self.store.set_following(*id, &rooms, true).await?;
        }
        Ok(())
    }

    /// Most have read most; Mira was away since yesterday.
    async fn read(&mut self) -> Result<(), Failure> {
        for (name, _) in PEOPLE {
            let user = self.person(name)?;
            for row in self.store.follows(user).await? {
                let behind = if *name == "mira.kovac" { self.numbers.below(9) } else { self.numbers.below(12).saturating_sub(8) };
                let seq = row.last_seq - i64::try_from(behind).unwrap_or(0);
                if seq > row.read_seq {
                    self.store.set_read(user, row.room, seq, false).await?;
                }
            }
        }
        let favourites = [
            ("mira.kovac", "incident-bridge"),
            ("mira.kovac", "release-train"),
            ("mira.kovac", "atlas"),
            ("omar.haddad", "fx-desk"),
            ("samuel.adeyemi", "release-train"),
        ];
        for (name, room) in favourites {
            let change = ChangeFollow { favourite: Some(true), ..ChangeFollow::default() };
            self.store.change_follow(self.person(name)?, self.room(room)?, &change).await?;
        }
        Ok(())
    }

    async fn farewell(&self, today: Timestamp) -> Result<(), Failure> {
        let mut unit = self.store.begin(self.actor(), today.minus(DAY)).await?;
        unit.set_enabled(self.person(LEFT)?, false).await?;
        unit.commit(audit("user.disable", LEFT)).await?;
        Ok(())
    }
}

fn audit(action: &'static str, object: &str) -> Audit {
    Audit { action, object: object.to_owned(), before: serde_json::Value::Null, after: serde_json::Value::Null }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_company_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let store = stoa_sqlite::open(folder.path()).await.unwrap();
        let messages = seed(&store).await.unwrap();
        assert!(messages > 500, "{messages}");
        let snapshot = store.snapshot(Timestamp::default()).await.unwrap();
        assert_eq!((snapshot.users().count(), snapshot.rooms().count()), (PEOPLE.len(), ROOMS.len()));
        let mira = store.account_by_key("mira.kovac").await.unwrap().unwrap();
        let follows = store.follows(mira.id).await.unwrap();
        assert!(follows.iter().any(|row| row.unread > 0) && follows.iter().any(|row| row.unread == 0));
        let room = snapshot.rooms().find(|room| room.name == "release-train").unwrap();
        let (head, history) = store.latest(room.id, 500, mira.id).await.unwrap();
        assert_eq!(i64::try_from(history.messages.len()).unwrap(), head.n);
        assert!(history.messages.windows(2).all(|pair| pair[0].at <= pair[1].at), "in the order of time");
        assert!(history.messages.iter().any(|message| message.edited_at.is_some()));
        assert!(history.messages.iter().any(|message| !message.reactions.is_empty()));
        assert!(history.messages.iter().any(|message| message.subject.is_some()));
        store.close().await;
    }
}
