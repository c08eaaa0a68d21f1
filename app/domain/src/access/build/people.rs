//! What people effectively are: themselves, the groups above them, their units, their domain or
//! everyone; and the other way round.

use std::sync::Arc;

use crate::access::crowd::{Crowd, Seen};
use crate::access::list::{Code, Kind};
use crate::access::model::User;
use crate::access::snapshot::{Above, Snapshot};

impl Snapshot {
    /// Works out again what these users effectively are.
    pub(super) fn find_principals(&mut self, users: &Crowd) {
        let mut seen = Seen::default();
        for number in users {
            let Some(node) = self.users.at(number) else { continue };
            let who = self.principals_of(number, &node.user, &mut seen);
            let before = Arc::clone(&node.who);
            if before.is_empty() && node.user.domain.is_some() {
                Arc::make_mut(&mut self.crowds.partners).insert(number);
            }
            if *before == *who {
                continue;
            }
            for code in &*before {
                if who.binary_search(code).is_err() {
                    self.count_in(*code, number, false);
                }
            }
            for code in &who {
                if before.binary_search(code).is_err() {
                    self.count_in(*code, number, true);
                }
            }
            if let Some(node) = self.users.at_mut(number) {
                node.who = who.into();
            }
        }
    }

    fn principals_of(&self, number: u32, user: &User, seen: &mut Seen) -> Vec<Code> {
        fn of(above: &Above, place: u32) -> &[u32] {
            above.get(place as usize).and_then(Option::as_deref).unwrap_or_default()
        }
        seen.forget();
        let mut who = vec![Code::user(number)];
        let mut waiting: Vec<u32> = of(&self.above_users, number).to_vec();
        while let Some(group) = waiting.pop() {
            if seen.insert(group) {
                who.push(Code::new(Kind::Group, group));
                waiting.extend_from_slice(of(&self.above_groups, group));
            }
        }
        seen.forget();
        let mut unit = user.unit;
        while let Some(number) = unit.and_then(|unit| self.units.number(unit))
            && let Some(row) = self.units.at(number)
            && seen.insert(number)
        {
            who.push(Code::new(Kind::Unit, number));
            unit = row.parent;
        }
        match user.domain {
            None => who.push(Code::EVERYONE),
            Some(domain) => who.extend(self.domains.number(domain).map(|number| Code::new(Kind::Domain, number))),
        }
        who.sort_unstable();
        who
    }

    /// Counts a user in to what a principal stands for, or out.
    fn count_in(&mut self, code: Code, user: u32, joins: bool) {
        fn put(crowd: &mut Arc<Crowd>, user: u32, joins: bool) {
            let crowd = Arc::make_mut(crowd);
            if joins {
                crowd.insert(user)
            } else {
                crowd.remove(user)
            };
        }
        let crowds = match code.kind() {
            Kind::User => return,
            Kind::Group => &mut self.crowds.groups,
            Kind::Unit => &mut self.crowds.units,
            Kind::Domain => &mut self.crowds.domains,
            Kind::Everyone => {
                put(&mut self.crowds.everyone, user, joins);
                return put(&mut self.crowds.partners, user, !joins);
            }
        };
        let place = code.number() as usize;
        if crowds.len() <= place {
            crowds.resize_with(place + 1, Arc::default);
        }
        put(&mut crowds[place], user, joins);
    }
}
