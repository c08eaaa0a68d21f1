//! What a company of any size consists of. Depends on the scale and the seed alone: no clock, no
//! randomness but that of the seed.

use std::collections::HashSet;
use std::time::Duration;

use stoa_domain::access::{Category, Domain, Entry, Group, ListOwner, Room, Unit};
use stoa_domain::category::{CategoryList, CategorySettings, Scope, Setting, Switch};
use stoa_domain::id::{CategoryId, UserId, uuid_v7};
use stoa_domain::message::{Importance, MessageKind};
use stoa_domain::person::Role;
use stoa_domain::principal::Principal;
use stoa_domain::room::{Privacy, RoomList, RoomState, RoomType};
use stoa_domain::settings::FileLimits;
use stoa_domain::time::Timestamp;
use stoa_store::{Append, Appending, Creation, NewAccount};

use super::names::{FIELDS, FIRST, LAST, LINES, PLACES, TOPICS};
use crate::cli::demo::routine::Numbers;

/// 1 January 2026: when everything was made. The same at every run.
pub const BEGAN: Timestamp = Timestamp::from_millis(1_767_225_600_000);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// How much there is of what.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    pub domains: usize,
    pub units: usize,
    pub people: usize,
    pub groups: usize,
    /// Without the root.
    pub categories: usize,
    pub rooms: usize,
    /// Of all lists together.
    pub entries: usize,
    pub messages: usize,
}

impl Scale {
    pub const ENTERPRISE: Self =
        Self { domains: 20, units: 2_000, people: 150_000, groups: 40_000, categories: 3_000, rooms: 30_000, entries: 2_000_000, messages: 20_000 };
}

pub struct Plan {
    pub creation: Creation,
    pub messages: Vec<Append>,
    /// Who administers it all, and is in the rooms with messages.
    pub administrator: UserId,
}

/// Ids of the past, each later than the one before: what is written in their order lies in their order.
struct Maker {
    numbers: Numbers,
    made: u64,
    left: usize,
    lists: Vec<(ListOwner, Vec<Entry>)>,
    present: HashSet<(ListOwner, Principal)>,
    admin: UserId,
}

impl Maker {
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.numbers.below(end as u64)).unwrap_or(0)
    }

    fn id<T: From<uuid::Uuid>>(&mut self) -> T {
        self.made += 1;
        uuid_v7(BEGAN.minus(DAY * 30).plus(Duration::from_millis(self.made)), self.numbers.bytes()).into()
    }

    /// Puts somebody on the list that is being made, unless that is there or there is enough of all.
    fn put(&mut self, owner: ListOwner, principal: Principal) -> bool {
        if self.left == 0 || !self.present.insert((owner, principal)) {
            return false;
        }
        self.left -= 1;
        let added_at = BEGAN.plus(Duration::from_secs(self.numbers.below(300 * 24 * 3600)));
        // One in fifty has an end; half of these are over by the end of the year.
        let until = (self.numbers.below(50) == 0).then(|| added_at.plus(DAY * u32::try_from(self.numbers.below(1_400)).unwrap_or(0)));
        let until = until.filter(|_| !matches!(owner, ListOwner::Role(_)));
        let entry = Entry { principal, until, added_by: Some(self.admin), added_at };
        match self.lists.last_mut() {
            Some((last, entries)) if *last == owner => entries.push(entry),
            _ => self.lists.push((owner, vec![entry])),
        }
        true
    }
}

pub fn plan(scale: Scale, seed: u64, root: CategoryId, password_hash: &str) -> Plan {
    let numbers = Numbers::new(seed);
    let mut maker = Maker { numbers, made: 0, left: scale.entries, lists: Vec::new(), present: HashSet::new(), admin: UserId(uuid::Uuid::nil()) };
    let mut creation = Creation::default();
    for n in 0..scale.domains {
        creation.domains.push(Domain { id: maker.id(), name: format!("partner{n}.example"), version: 0 });
    }
    for n in 0..scale.units {
        let parent = n.checked_sub(1).and_then(|n| creation.units.get(n / 12)).map(|unit: &Unit| unit.id);
        let name = if n == 0 { "Enterprise".to_owned() } else { format!("{} {n}", pick(FIELDS, n)) };
        creation.units.push(Unit { id: maker.id(), name, parent, version: 0 });
    }
    people(&mut maker, &mut creation, scale, password_hash);
    for n in 0..scale.groups {
        let (field, place) = (pick(FIELDS, n), pick(PLACES, n / FIELDS.len()));
        let description = if n % 3 == 0 { format!("{field} in {place}") } else { String::new() };
        creation.groups.push(Group { id: maker.id(), name: format!("{field} {place} {n}"), description, version: 0 });
    }
    categories(&mut maker, &mut creation, scale, root);
    rooms(&mut maker, &mut creation, scale, root);
    roles(&mut maker, &creation);
    group_members(&mut maker, &creation, scale);
    category_lists(&mut maker, &creation);
    room_lists(&mut maker, &creation);
    creation.lists = std::mem::take(&mut maker.lists);
    let messages = messages(&mut maker, &creation, scale);
    Plan { creation, messages, administrator: maker.admin }
}

fn pick<T: Copy>(of: &[T], n: usize) -> T {
    of[n % of.len()]
}

fn people(maker: &mut Maker, creation: &mut Creation, scale: Scale, password_hash: &str) {
    let combinations = FIRST.len() * LAST.len();
    for n in 0..scale.people {
        let id = maker.id();
        let ((first, written), (last, surname)) = (pick(FIRST, n), pick(LAST, n / FIRST.len()));
        let count = n / combinations;
        // The first is who signs in to look at it all; every fiftieth comes from a partner.
        let name = match (n, count) {
            (0, _) => String::from("mira.kovac"),
            (_, 0) => format!("{first}.{last}"),
            _ => format!("{first}.{last}{count}"),
        };
        let display_name = if n == 0 { String::from("Mira Kovač") } else { format!("{written} {surname}") };
        let domain = (n > 0 && n % 50 == 7 && !creation.domains.is_empty()).then(|| creation.domains[maker.below(creation.domains.len())].id);
        let unit = if domain.is_some() || creation.units.is_empty() { None } else { Some(creation.units[maker.below(creation.units.len())].id) };
        if n == 0 {
            maker.admin = id;
        }
        let (email, password_hash) = (Some(format!("{name}@example.com")), Some(password_hash.to_owned()));
        creation.accounts.push(NewAccount { id, name, display_name, email, password_hash, domain, unit });
    }
}

fn categories(maker: &mut Maker, creation: &mut Creation, scale: Scale, root: CategoryId) {
    for n in 0..scale.categories {
        let parent = n.checked_sub(10).and_then(|n| creation.categories.get(n / 6)).map_or(root, |category: &Category| category.id);
        let place = pick(PLACES, n / FIELDS.len());
        let mut settings = CategorySettings::default();
        if n % 97 == 3 {
            settings.files = Setting { value: Switch::Off, locked: n % 2 == 1 };
        }
        creation.categories.push(Category {
            id: maker.id(),
            parent: Some(parent),
            name: format!("{} {place} {n}", pick(FIELDS, n)),
            description: if n % 2 == 0 { format!("Everything of {} in {place}", pick(FIELDS, n)) } else { String::new() },
            scope: if n % 20 == 17 { Scope::List } else { Scope::Inherit },
            inherit_members: n % 3 == 0,
            settings,
            limits: FileLimits::default(),
            version: 0,
        });
    }
}

fn rooms(maker: &mut Maker, creation: &mut Creation, scale: Scale, root: CategoryId) {
    for n in 0..scale.rooms {
        let category = if creation.categories.is_empty() { root } else { creation.categories[maker.below(creation.categories.len())].id };
        let topic = pick(TOPICS, n);
        let switch = if n % 40 == 9 { Switch::Off } else { Switch::Inherit };
        creation.rooms.push(Room {
            id: maker.id(),
            category,
            name: format!("{} {topic} {n}", pick(PLACES, n / TOPICS.len())),
            description: format!("For the {topic} of this place"),
            topic: if n % 4 == 0 { format!("{topic}, this week") } else { String::new() },
            privacy: match n % 20 {
                0..8 => Privacy::Open,
                8..17 => Privacy::Closed,
                _ => Privacy::Secret,
            },
            room_type: if n % 25 == 11 { RoomType::Auditorium } else { RoomType::Normal },
            state: if n % 33 == 5 { RoomState::Disabled } else { RoomState::Active },
            inherit_members: n % 5 == 0,
            invitations: Switch::Inherit,
            files: switch,
            history: Switch::Inherit,
            limits: FileLimits::default(),
            created_at: BEGAN,
            version: 0,
        });
    }
}

fn roles(maker: &mut Maker, creation: &Creation) {
    let person = |n: usize| Principal::User(pick(&creation.accounts.iter().take(100).map(|account| account.id).collect::<Vec<_>>(), n));
    maker.put(ListOwner::Role(Role::Administrator), Principal::User(maker.admin));
    for (role, people) in [(Role::UserAdministrator, 1..6), (Role::Auditor, 8..12), (Role::ComplianceOfficer, 12..15)] {
        for n in people {
            maker.put(ListOwner::Role(role), person(n));
        }
    }
}

/// Groups stand in groups of lower number, in up to ten levels; some circles, as directories have them.
/// People stand in groups near each other, so that groups are alike as those of a company are.
fn group_members(maker: &mut Maker, creation: &Creation, scale: Scale) {
    let (groups, people) = (&creation.groups, &creation.accounts);
    let mut inside: Vec<Vec<Principal>> = vec![Vec::new(); groups.len()];
    for (n, group) in groups.iter().enumerate().skip(20) {
        let above = maker.below((n / 4).max(20).min(groups.len()));
        inside[above].push(Principal::Group(group.id));
        if n % 5_000 == 77 {
            inside[n].push(Principal::Group(groups[above].id));
        }
    }
    let wanted = scale.entries / 2;
    let each = wanted.saturating_sub(groups.len()) / groups.len().max(1);
    for (n, inside) in inside.iter().enumerate() {
        let owner = ListOwner::Group(groups[n].id);
        for principal in inside {
            maker.put(owner, *principal);
        }
        let around = maker.below(people.len());
        for _ in 0..maker.below(2 * each + 1) {
            let near = (around + maker.below(1_000)) % people.len();
            maker.put(owner, Principal::User(people[near].id));
        }
    }
}

fn category_lists(maker: &mut Maker, creation: &Creation) {
    let (groups, people) = (&creation.groups, &creation.accounts);
    for (n, category) in creation.categories.iter().enumerate() {
        let of = |list| ListOwner::Category(category.id, list);
        if category.scope == Scope::List {
            maker.put(of(CategoryList::Allowed), Principal::Everyone);
            if n % 40 == 17 && !creation.domains.is_empty() {
                let partner = creation.domains[maker.below(creation.domains.len())].id;
                maker.put(of(CategoryList::Allowed), Principal::Domain(partner));
            }
        }
        if n % 50 == 13 {
            let group = groups[maker.below(groups.len())].id;
            maker.put(of(CategoryList::Denied), Principal::Group(group));
        }
        let manager = people[maker.below(people.len())].id;
        maker.put(of(CategoryList::Managers), Principal::User(manager));
        let creator = groups[maker.below(groups.len())].id;
        maker.put(of(CategoryList::Creators), Principal::Group(creator));
        if category.inherit_members {
            let members = groups[maker.below(groups.len())].id;
            maker.put(of(CategoryList::Members), Principal::Group(members));
        }
    }
}

fn room_lists(maker: &mut Maker, creation: &Creation) {
    let (groups, people, units) = (&creation.groups, &creation.accounts, &creation.units);
    let count = creation.rooms.len();
    for (n, room) in creation.rooms.iter().enumerate() {
        let of = |list| ListOwner::Room(room.id, list);
        let around = maker.below(people.len());
        let near = |maker: &mut Maker| Principal::User(people[(around + maker.below(2_000)) % people.len()].id);
        for _ in 0..=maker.below(2) {
            let manager = near(maker);
            maker.put(of(RoomList::Managers), manager);
        }
        if room.room_type == RoomType::Auditorium {
            let presenter = near(maker);
            maker.put(of(RoomList::Presenters), presenter);
        }
        if n % 10 == 4 {
            let excluded = near(maker);
            maker.put(of(RoomList::Excluded), excluded);
        }
        let group = Principal::Group(groups[maker.below(groups.len())].id);
        maker.put(of(RoomList::Members), group);
        if n % 30 == 1 && !units.is_empty() {
            let unit = Principal::Unit(units[maker.below(units.len())].id);
            maker.put(of(RoomList::Members), unit);
        }
        // What is left is spread over the rooms that are left, so that all of it is used up; a room can't take
        // more than there are people near it.
        let share = (maker.left / (count - n)).min(people.len() / 2);
        let mut more = if n + 1 == count { share } else { maker.below(2 * share.min(800) + 1) };
        while more > 0 {
            let member = near(maker);
            maker.put(of(RoomList::Members), member);
            more -= 1;
        }
    }
    // Chance left some: more people in the first rooms.
    for room in creation.rooms.iter().cycle().take(count * 50) {
        if maker.left == 0 {
            return;
        }
        for _ in 0..50 {
            let member = Principal::User(people[maker.below(people.len())].id);
            maker.put(ListOwner::Room(room.id, RoomList::Members), member);
        }
    }
}

/// In open rooms, by whom it may be.
fn messages(maker: &mut Maker, creation: &Creation, scale: Scale) -> Vec<Append> {
    let open: Vec<&Room> = creation.rooms.iter().filter(|room| room.privacy == Privacy::Open && room.state == RoomState::Active).collect();
    let open: Vec<&Room> = open.into_iter().filter(|room| room.room_type == RoomType::Normal).take(200).collect();
    if open.is_empty() {
        return Vec::new();
    }
    let internal: Vec<UserId> = creation.accounts.iter().filter(|account| account.domain.is_none()).map(|account| account.id).collect();
    let mut at = BEGAN;
    let message = |_| {
        at = at.plus(Duration::from_secs(maker.numbers.below(120)));
        let what = Appending::Message {
            kind: MessageKind::Chat,
            subject: None,
            body: pick(LINES, maker.below(LINES.len())).to_owned(),
            importance: Importance::Normal,
            reply_to: None,
            mentions: Vec::new(),
            files: Vec::new(),
            withheld: false,
        };
        let (room, author) = (open[maker.below(open.len())].id, internal[maker.below(internal.len())]);
        let (nonce, id) = (uuid_v7(at, maker.numbers.bytes()), uuid_v7(at, maker.numbers.bytes()));
        Append { room, author, nonce: Some(nonce.into()), id: id.into(), at, access_version: 0, what }
    };
    (0..scale.messages).map(message).collect()
}
