//! What each line of the file comes to.

use std::borrow::Cow;
use std::collections::HashMap;

use stoa_domain::access::{ListOwner, Snapshot};
use stoa_domain::id::{GroupId, UnitId, UserId};
use stoa_domain::name::{check_account_name, name_key};
use stoa_domain::person::Role;
use stoa_domain::principal::Principal;
use stoa_domain::wire::people::{Imported, RefusedLine};
use stoa_domain::wire::problem::Problem;
use stoa_store::NewAccount;

use super::super::plan::{Given, Person};
use super::super::units::plans::path_up;
use super::super::users::{check_email, plans};
use super::super::{check_name, groups::plans::managed as managed_group};
use crate::auth::account_name_rule;
use crate::{Environment, Result};

/// A line as it was read; an empty cell says nothing.
pub struct Line {
    pub number: u64,
    pub name: String,
    pub display_name: String,
    pub email: Option<String>,
    pub unit: Option<String>,
    pub groups: Vec<String>,
    /// How many cells it has and should have, if it hasn't as many as the head.
    pub cells: Option<(usize, usize)>,
}

/// What a line changes.
pub struct Applied {
    pub user: UserId,
    pub new: Option<NewAccount>,
    pub change: Option<Person>,
    pub joins: Vec<GroupId>,
}

impl Applied {
    /// Whether who imports may still do this, and what it needs is still there.
    pub fn still_holds(&self, given: &Given<'_>) -> Result<()> {
        if self.change.is_some() {
            plans::managed(given, self.user)?;
        }
        let unit = self.new.as_ref().and_then(|new| new.unit).or(self.change.as_ref().and_then(|change| change.unit.flatten()));
        unit.map_or(Ok(()), |unit| plans::check_unit(given.snapshot, "/unit", unit))?;
        self.joins.iter().try_for_each(|group| managed_group(given, *group).map(drop))
    }

    /// As the audit log shows it.
    pub fn described(&self) -> serde_json::Value {
        let change = self.change.as_ref();
        serde_json::json!({
            "user": self.user,
            "created": self.new.as_ref().map(|new| serde_json::json!({ "name": new.name, "display_name": new.display_name, "email": new.email, "unit": new.unit })),
            "changed": change.map(|person| serde_json::json!({ "display_name": person.display_name, "email": person.email, "unit": person.unit })),
            "groups": self.joins,
        })
    }
}

#[derive(Default)]
pub struct Planned {
    /// Those that change something.
    pub lines: Vec<Applied>,
    refusals: Vec<RefusedLine>,
    unchanged: u64,
}

/// Why a line is refused: the column, a code, and what a person is told.
type Refused = (&'static str, Cow<'static, str>, String);

/// What the lines are looked up in.
struct Known<'a> {
    given: Given<'a>,
    environment: &'a Environment,
    administrator: bool,
    /// By their path from the top.
    paths: HashMap<String, UnitId>,
    /// By name; none where several bear it.
    units: HashMap<String, Option<UnitId>>,
    groups: HashMap<&'a str, GroupId>,
    owners: HashMap<String, Vec<UserId>>,
    emails: HashMap<UserId, String>,
    /// In which lines names and addresses stood.
    names: HashMap<String, u64>,
    addresses: HashMap<String, u64>,
}

impl Planned {
    pub fn new(
        environment: &Environment,
        snapshot: &Snapshot,
        user: UserId,
        lines: Vec<Line>,
        owners: Vec<(String, UserId)>,
        emails: Vec<(UserId, String)>,
    ) -> Self {
        let (mut paths, mut units) = (HashMap::new(), HashMap::new());
        for unit in snapshot.units() {
            let mut path: Vec<String> = path_up(snapshot, unit.id).map(|unit| name_key(&unit.name)).collect();
            path.reverse();
            paths.insert(path.join("/"), unit.id);
            units.entry(name_key(&unit.name)).and_modify(|known| *known = None).or_insert(Some(unit.id));
        }
        let settings = stoa_domain::settings::PoolSettings::default();
        let mut known = Known {
            given: Given { snapshot, user, now: environment.now(), settings: &settings },
            environment,
            administrator: snapshot.holds(user, Role::Administrator),
            paths,
            units,
            groups: snapshot.named_groups().map(|(group, key)| (key, group.id)).collect(),
            owners: HashMap::new(),
            emails: emails.into_iter().collect(),
            names: HashMap::new(),
            addresses: HashMap::new(),
        };
        for (key, owner) in owners {
            known.owners.entry(key).or_default().push(owner);
        }
        let mut planned = Self::default();
        for line in lines {
            match known.plan(&line) {
                Ok(Some(applied)) => planned.lines.push(applied),
                Ok(None) => planned.unchanged += 1,
                Err((column, code, message)) => planned.refusals.push(RefusedLine { line: line.number, column: column.into(), code, message }),
            }
        }
        planned
    }

    pub fn counted(&self) -> Imported {
        let created = self.lines.iter().filter(|line| line.new.is_some()).count() as u64;
        Imported {
            applied: false,
            created,
            changed: self.lines.len() as u64 - created,
            unchanged: self.unchanged,
            refused: self.refusals.len() as u64,
            refusals: self.refusals.clone(),
            progress: None,
        }
    }
}

impl Known<'_> {
    fn plan(&mut self, line: &Line) -> Result<Option<Applied>, Refused> {
        if let Some((cells, columns)) = line.cells {
            return Err(("line", "cells".into(), format!("It has {cells} cells, the head {columns}.")));
        }
        let name = check_account_name(&line.name).map_err(|error| ("name", error.code().into(), account_name_rule(error)))?;
        let key = name_key(&name);
        if let Some(first) = self.names.insert(key.clone(), line.number) {
            return Err(("name", "twice".into(), format!("The name stands in line {first}, too.")));
        }
        let display_name = check_name("", &line.display_name).map_err(|problem| of_column("display_name", problem))?;
        let email = line.email.as_deref().map(check_email).transpose().map_err(|problem| of_column("email", problem))?;
        let unit = line.unit.as_deref().map(|unit| self.unit(unit)).transpose()?;
        let groups = line.groups.iter().map(|group| self.group(group)).collect::<Result<Vec<_>, _>>()?;
        let existing = self.given.snapshot.user_by_key(&key);
        if let Some(email) = &email {
            self.address(email, existing, line.number)?;
        }
        match existing {
            None => {
                let user = self.environment.id();
                let new = NewAccount { id: user, name, display_name, email, password_hash: None, domain: None, unit };
                Ok(Some(Applied { user, new: Some(new), change: None, joins: groups }))
            }
            Some(user) => self.change(user, display_name, email, unit, groups),
        }
    }

    fn unit(&self, text: &str) -> Result<UnitId, Refused> {
        let key = text.split('/').map(name_key).collect::<Vec<_>>().join("/");
        match (self.paths.get(&key), self.units.get(&key)) {
            (Some(unit), _) | (None, Some(Some(unit))) => Ok(*unit),
            (None, Some(None)) => {
                Err(("unit", "ambiguous".into(), format!("Several units are called {text}: write them with those above, as in Europe/Sales.")))
            }
            (None, None) => Err(("unit", "unknown".into(), format!("There is no unit {text}."))),
        }
    }

    fn group(&self, text: &str) -> Result<GroupId, Refused> {
        let group = *self.groups.get(name_key(text).as_str()).ok_or_else(|| ("groups", "unknown".into(), format!("There is no group {text}.")))?;
        if !self.administrator && self.given.snapshot.leads_to_role(group) {
            return Err(("groups", "forbidden".into(), format!("Through {text} a role is held: only administrators put people into it.")));
        }
        Ok(group)
    }

    /// An address is one person's, in the file and among the accounts.
    fn address(&mut self, email: &str, existing: Option<UserId>, line: u64) -> Result<(), Refused> {
        let key = name_key(email);
        let other = self.owners.get(&key).into_iter().flatten().find(|owner| Some(**owner) != existing);
        if let Some(owner) = other.and_then(|owner| self.given.snapshot.user(*owner)) {
            return Err(("email", "taken".into(), format!("It is the address of {}.", owner.name)));
        }
        match self.addresses.insert(key, line) {
            Some(first) => Err(("email", "twice".into(), format!("The address stands in line {first}, too."))),
            None => Ok(()),
        }
    }

    fn change(
        &self,
        user: UserId,
        display_name: String,
        email: Option<String>,
        unit: Option<UnitId>,
        groups: Vec<GroupId>,
    ) -> Result<Option<Applied>, Refused> {
        let snapshot = self.given.snapshot;
        let before = snapshot.user(user).ok_or_else(|| ("name", "unknown".into(), String::from("The account is gone.")))?;
        let person = Person {
            display_name: Some(display_name).filter(|name| *name != before.display_name),
            email: email.filter(|email| self.emails.get(&user) != Some(email)),
            unit: unit.filter(|unit| before.unit != Some(*unit)).map(Some),
            ..Person::default()
        };
        let changes = person.display_name.is_some() || person.email.is_some() || person.unit.is_some();
        if changes {
            plans::managed(&self.given, user).map_err(|problem| ("name", Cow::Borrowed("forbidden"), problem.text().to_owned()))?;
        }
        let in_it = |group: &GroupId| snapshot.list(ListOwner::Group(*group)).get(Principal::User(user)).is_some_and(|entry| entry.lives(self.given.now));
        let joins: Vec<GroupId> = groups.into_iter().filter(|group| !in_it(group)).collect();
        if !changes && joins.is_empty() {
            return Ok(None);
        }
        Ok(Some(Applied { user, new: None, change: changes.then_some(person), joins }))
    }
}

fn of_column(column: &'static str, problem: Problem) -> Refused {
    let error = problem.errors.into_iter().next();
    error.map_or_else(|| (column, "invalid".into(), String::new()), |error| (column, error.code, error.message))
}
