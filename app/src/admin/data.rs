//! What the console's pages show, asked from the API: the same on the server and in the browser.

use serde::{Deserialize, Serialize};
use stoa_domain::category::CategoryList;
use stoa_domain::id::{CategoryId, GroupId, RoomId, UserId};
use stoa_domain::person::Role;
use stoa_domain::room::RoomList;
use stoa_domain::wire::Page;
use stoa_domain::wire::access::{CategoryAccess, PersonAccess, RoomAccess};
use stoa_domain::wire::audit::AuditRecord;
use stoa_domain::wire::category::{Category, TreeLine};
use stoa_domain::wire::cleanup::MessageQuery;
use stoa_domain::wire::domain::Domain;
use stoa_domain::wire::group::Group;
use stoa_domain::wire::joining::JoinRequest;
use stoa_domain::wire::people::Account;
use stoa_domain::wire::pool::{Overview, Settings};
use stoa_domain::wire::problem::Problem;
use stoa_domain::wire::quarantine::{Quarantined, ScannerState};
use stoa_domain::wire::room::{Room, RoomPage as Rooms};
use stoa_domain::wire::session::Session;
use stoa_domain::wire::storage::{FoundFile, Storage, StorageBy};
use stoa_domain::wire::unit::Unit;

use super::address::{Address, At};
use super::entries::{Listed, PAGE};
use crate::api::{Api, Result};
use crate::routes::with_query;

/// What one page shows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Data {
    Overview(Box<Overview>),
    Categories(Box<Categories>),
    Rooms(Box<RoomsPage>),
    Room(Box<RoomPage>),
    Messages(Page<MessageQuery>),
    Files(Box<FilesPage>),
    Quarantine(Box<QuarantinePage>),
    People(Page<Account>),
    Person(Box<PersonPage>),
    Groups(Page<Group>),
    Group(Box<GroupPage>),
    Units(Page<Unit>),
    Domains(Page<Domain>),
    Roles(Vec<Listed>),
    Settings(Box<Settings>),
    Audit(Page<AuditRecord>),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Categories {
    pub tree: Vec<TreeLine>,
    pub category: Option<Category>,
    /// From the root to the one above.
    pub above: Vec<(CategoryId, String)>,
    /// The lists of the tab.
    pub lists: Vec<Listed>,
    pub rooms: Option<Rooms>,
    /// Whom it lets in, for who may know.
    pub access: Option<CategoryAccess>,
    pub records: Option<Page<AuditRecord>>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RoomsPage {
    pub rooms: Rooms,
    /// What the ids in the filters are called, as far as one may know.
    pub names: Vec<(String, String)>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FilesPage {
    pub storage: Storage,
    /// None where what each takes is looked at.
    pub files: Option<Page<FoundFile>>,
    /// What the ids in the filters are called, as far as one may know.
    pub names: Vec<(String, String)>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RoomPage {
    pub room: Room,
    pub lists: Vec<Listed>,
    pub access: Option<RoomAccess>,
    pub requests: Option<Page<JoinRequest>>,
    pub records: Option<Page<AuditRecord>>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct QuarantinePage {
    pub page: Page<Quarantined>,
    /// For who may know.
    pub scanner: Option<ScannerState>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PersonPage {
    pub account: Account,
    /// What the person reaches, for who may know.
    pub reaches: Option<PersonAccess>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GroupPage {
    pub group: Group,
    pub members: Listed,
}

impl Data {
    /// What the page's object is called.
    pub fn name(&self) -> Option<String> {
        match self {
            Self::Categories(page) => page.category.as_ref().map(|category| category.name.clone()),
            Self::Room(page) => Some(format!("# {}", page.room.info.name)),
            Self::Person(page) => Some(page.account.person.display_name.clone()),
            Self::Group(page) => Some(page.group.name.clone()),
            _ => None,
        }
    }
}

/// Loads a page.
///
/// # Errors
/// What the API refuses; 404 for an address that leads nowhere.
pub async fn load(api: &Api, address: &Address, session: &Session) -> Result<Data> {
    let loading = Loading { api, address };
    Ok(match address.at {
        At::Missing => return Err(Problem::not_found()),
        At::Overview => {
            // Who doesn't see the whole pool begins with his rooms.
            let whole = session.roles.iter().any(|role| matches!(role, Role::Administrator | Role::Auditor));
            if whole {
                Data::Overview(Box::new(api.read("/pool/overview").await?))
            } else if session.roles.contains(&Role::UserAdministrator) {
                Data::People(loading.list("/users").await?)
            } else {
                Data::Rooms(Box::new(loading.rooms().await?))
            }
        }
        At::Categories(at) => Data::Categories(Box::new(loading.categories(at).await?)),
        At::Rooms => Data::Rooms(Box::new(loading.rooms().await?)),
        At::Room(id) => Data::Room(Box::new(loading.room(id).await?)),
        At::Messages => Data::Messages(loading.list("/messages/query").await?),
        At::Files => Data::Files(Box::new(loading.files().await?)),
        At::Quarantine => {
            let page = loading.list("/quarantine").await?;
            Data::Quarantine(Box::new(QuarantinePage { page, scanner: known(api.read("/scanner").await)? }))
        }
        At::People => Data::People(loading.list("/users").await?),
        At::Person(id) => Data::Person(Box::new(loading.person(id).await?)),
        At::Groups => Data::Groups(loading.list("/groups").await?),
        At::Group(id) => Data::Group(Box::new(loading.group(id).await?)),
        At::Units => Data::Units(loading.list("/units").await?),
        At::Domains => Data::Domains(loading.list("/domains").await?),
        At::Roles => {
            let mut roles = Vec::new();
            for role in Role::ALL {
                roles.push(loading.listed(format!("/roles/{}", role.as_str()), role.as_str()).await?);
            }
            Data::Roles(roles)
        }
        At::Settings => Data::Settings(Box::new(api.read("/pool/settings").await?)),
        At::Audit => Data::Audit(loading.list("/audit").await?),
    })
}

/// A date's field says a day; past access is told as it was at its end.
fn end_of_day(day: &str) -> String {
    if day.len() == 10 { format!("{day}T23:59:59Z") } else { day.to_owned() }
}

/// A list of the API with the words and filters of the address. A date's field says a day; the API wants a moment.
pub fn for_api(path: &str, address: &Address) -> String {
    let moment = |name: &str, value: &str| {
        if matches!(name, "from" | "to" | "active_before" | "active_after") && value.len() == 10 { format!("{value}T00:00:00Z") } else { value.to_owned() }
    };
    let filters: Vec<(&str, String)> = address.query.pairs().filter(|(name, _)| *name != "tab").map(|(name, value)| (name, moment(name, value))).collect();
    let filters: Vec<(&str, &str)> = filters.iter().map(|(name, value)| (*name, value.as_str())).collect();
    with_query(path, &filters)
}

/// The rooms of a category and of those below it, as the address sorts them.
pub fn rooms_below(id: CategoryId, address: &Address) -> String {
    let get = |name| address.query.get(name);
    with_query("/rooms", &[("category", &id.to_string()), ("below", "true"), ("sort", &get("sort")), ("descending", &get("descending"))])
}

/// What may be refused: then the page does without.
fn known<T>(answer: Result<T>) -> Result<Option<T>> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(problem) if matches!(problem.status, 403 | 404) => Ok(None),
        Err(problem) => Err(problem),
    }
}

struct Loading<'a> {
    api: &'a Api,
    address: &'a Address,
}

impl Loading<'_> {
    /// A page of a list with the words and filters of the address.
    async fn list<T: serde::de::DeserializeOwned>(&self, path: &str) -> Result<T> {
        self.api.read(&for_api(path, self.address)).await
    }

    async fn rooms(&self) -> Result<RoomsPage> {
        let rooms = self.list("/rooms").await?;
        Ok(RoomsPage { rooms, names: self.names(&["manager", "member"]).await? })
    }

    /// What the categories, rooms and people in the filters are called.
    async fn names(&self, people: &[&str]) -> Result<Vec<(String, String)>> {
        let mut names = Vec::new();
        let get = |name| self.address.query.get(name);
        let (category, room) = (get("category"), get("room"));
        if category.parse::<CategoryId>().is_ok() {
            let found: Option<Category> = known(self.api.read(&format!("/categories/{category}")).await)?;
            names.extend(found.map(|found| (category, found.name)));
        }
        if room.parse::<RoomId>().is_ok() {
            let found: Option<Room> = known(self.api.read(&format!("/rooms/{room}")).await)?;
            names.extend(found.map(|found| (room, found.info.name)));
        }
        for id in people.iter().map(|name| get(name)) {
            if id.parse::<UserId>().is_ok() {
                let found: Option<Account> = known(self.api.read(&format!("/users/{id}")).await)?;
                names.extend(found.map(|found| (id, found.person.display_name)));
            }
        }
        Ok(names)
    }

    async fn files(&self) -> Result<FilesPage> {
        let (tab, cursor) = (self.address.tab(), self.address.query.get("cursor"));
        if StorageBy::parse(&tab).is_some() {
            let storage = self.api.read(&with_query("/files/storage", &[("by", &tab), ("cursor", &cursor)])).await?;
            return Ok(FilesPage { storage, files: None, names: Vec::new() });
        }
        let storage = self.api.read("/files/storage?limit=1").await?;
        Ok(FilesPage { storage, files: Some(self.list("/files").await?), names: self.names(&["by"]).await? })
    }

    async fn listed(&self, path: String, word: &str) -> Result<Listed> {
        let list = self.api.read(&with_query(&path, &[("limit", PAGE)])).await?;
        Ok(Listed { path, word: word.to_owned(), list })
    }

    async fn categories(&self, at: Option<CategoryId>) -> Result<Categories> {
        let words = self.address.query.get("q");
        let open = at.map(|id| id.to_string()).unwrap_or_default();
        let path = if words.is_empty() { with_query("/categories/tree", &[("open", &open)]) } else { with_query("/categories/tree", &[("q", &words)]) };
        let tree: Page<TreeLine> = self.api.read(&path).await?;
        let Some(id) = at.or_else(|| tree.items.first().map(|root| root.id)) else {
            return Ok(Categories { tree: tree.items, category: None, above: Vec::new(), lists: Vec::new(), rooms: None, access: None, records: None });
        };
        let category: Category = self.api.read(&format!("/categories/{id}")).await?;
        let wanted: &[CategoryList] = match self.address.tab().as_str() {
            "scope" => &[CategoryList::Allowed, CategoryList::Denied],
            "managers" => &[CategoryList::Managers, CategoryList::Creators],
            "members" => &[CategoryList::Members],
            _ => &[],
        };
        let mut lists = Vec::new();
        for list in wanted {
            match self.listed(format!("/categories/{id}/lists/{list}"), list.as_str()).await {
                Ok(listed) => lists.push(listed),
                // One sees more categories than one may look into.
                Err(problem) if problem.status == 403 => {}
                Err(problem) => return Err(problem),
            }
        }
        let get = |name| self.address.query.get(name);
        let rooms = if self.address.tab() == "rooms" {
            Some(self.api.read(&with_query(&rooms_below(id, self.address), &[("cursor", &get("cursor"))])).await?)
        } else {
            None
        };
        let access = if self.address.tab() == "access" {
            known(self.api.read(&with_query(&format!("/categories/{id}/access"), &[("user", &get("user")), ("cursor", &get("cursor"))])).await)?
        } else {
            None
        };
        let records = self.records(&format!("category:{id}")).await?;
        let mut above = Vec::new();
        let mut next = category.parent;
        while let Some(parent) = next {
            // Those on the way down are in the tree; after a search they may not be.
            let found: Category = self.api.read(&format!("/categories/{parent}")).await?;
            above.push((found.id, found.name));
            next = found.parent;
        }
        above.reverse();
        Ok(Categories { tree: tree.items, category: Some(category), above, lists, rooms, access, records })
    }

    async fn room(&self, id: RoomId) -> Result<RoomPage> {
        let room: Room = self.api.read(&format!("/rooms/{id}")).await?;
        let tab = self.address.tab();
        let wanted: &[RoomList] = match tab.as_str() {
            "members" => &[RoomList::Members, RoomList::Excluded],
            "managers" => &[RoomList::Managers, RoomList::Presenters],
            _ => &[],
        };
        let mut lists = Vec::new();
        for list in wanted {
            lists.push(self.listed(format!("/rooms/{id}/lists/{list}"), list.as_str()).await?);
        }
        let access = if tab == "access" {
            let query = &self.address.query;
            let of = |name: &str| query.get(name);
            Some(
                self.api
                    .read(&with_query(&format!("/rooms/{id}/access"), &[("user", &of("user")), ("at", &end_of_day(&of("at"))), ("cursor", &of("cursor"))]))
                    .await?,
            )
        } else {
            None
        };
        let requests = if tab == "requests" { Some(self.api.read(&format!("/rooms/{id}/join-requests")).await?) } else { None };
        let records = self.records(&format!("room:{id}")).await?;
        Ok(RoomPage { room, lists, access, requests, records })
    }

    /// What the log has about something, where that is what is looked at and for who may know.
    async fn records(&self, object: &str) -> Result<Option<Page<AuditRecord>>> {
        if self.address.tab() != "history" {
            return Ok(None);
        }
        known(self.api.read(&with_query("/audit", &[("object", object), ("cursor", &self.address.query.get("cursor"))])).await)
    }

    async fn person(&self, id: UserId) -> Result<PersonPage> {
        let account: Account = self.api.read(&format!("/users/{id}")).await?;
        let path = with_query(&format!("/users/{id}/access"), &[("cursor", &self.address.query.get("cursor"))]);
        let reaches = known(self.api.read(&path).await)?;
        Ok(PersonPage { account, reaches })
    }

    async fn group(&self, id: GroupId) -> Result<GroupPage> {
        let members = self.listed(format!("/groups/{id}/members"), "group").await?;
        Ok(GroupPage { group: self.api.read(&format!("/groups/{id}")).await?, members })
    }
}
