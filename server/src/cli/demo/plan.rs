//! From what was written down, and from routine, to what is appended: in the order of time.

use std::collections::HashMap;
use std::time::Duration;

use stoa_domain::id::Seq;
use stoa_domain::message::{Importance, MessageKind, mentioned_names};
use stoa_domain::time::Timestamp;
use stoa_store::{Append, Appending};

use super::routine::{Numbers, ROUTINES, filled};
use super::script::{Line, Script};
use super::{DAY, World};
use crate::failure::Failure;

const TALK: [&str; 3] = [include_str!("talk/operations.txt"), include_str!("talk/engineering.txt"), include_str!("talk/company.txt")];
/// The latest minute of today at which something was written down.
const LAST_MINUTE: u64 = 11 * 60;
const MINUTE: u64 = 60;
/// Days for which there is routine.
const ROUTINE_DAYS: u32 = 27;

pub struct Item<'a> {
    room: &'a str,
    at: Timestamp,
    who: &'a str,
    what: What<'a>,
}

enum What<'a> {
    /// Which item it answers.
    Say {
        text: String,
        subject: Option<&'a str>,
        important: bool,
        reply: Option<usize>,
    },
    Edit {
        of: usize,
        text: &'a str,
    },
    Delete {
        of: usize,
    },
    React {
        of: usize,
        emoji: &'a str,
    },
}

impl Item<'_> {
    pub const fn is_message(&self) -> bool {
        matches!(self.what, What::Say { .. })
    }
}

/// The beginning of the day that is today in the talk: yesterday, while this morning's lines
/// would still be in the future.
pub fn today(now: Timestamp) -> Timestamp {
    let day = i64::try_from(DAY.as_micros()).unwrap_or(i64::MAX);
    let midnight = Timestamp::from_micros(now.micros() - now.micros().rem_euclid(day));
    if now.since(midnight) > Duration::from_secs(LAST_MINUTE * MINUTE) { midnight } else { midnight.minus(DAY) }
}

pub fn items(numbers: &mut Numbers, today: Timestamp) -> Result<Vec<Item<'static>>, Failure> {
    let mut items = Vec::new();
    for text in TALK {
        written(text, numbers, today, &mut items)?;
    }
    routine(numbers, today, &mut items);
    Ok(items)
}

fn moment(today: Timestamp, days: u32, minute: u32) -> Timestamp {
    today.minus(DAY * days).plus(Duration::from_secs(u64::from(minute) * MINUTE))
}

fn written(text: &'static str, numbers: &mut Numbers, today: Timestamp, items: &mut Vec<Item<'static>>) -> Result<(), Failure> {
    let (mut room, mut at) = ("", today);
    // What was said so far in this room, by index.
    let mut said: Vec<usize> = Vec::new();
    for line in Script::new(text) {
        let line = line.map_err(Failure::new)?;
        let nothing = || Failure::new(format!("nothing was said yet in {room}"));
        let last = said.last().copied().ok_or_else(nothing);
        match line {
            Line::Room(name) => {
                room = name;
                said.clear();
            }
            Line::At(days, minute) => at = moment(today, days, minute),
            Line::Say { who, text, subject, important, reply } => {
                let reply = reply.map(|back| said.len().checked_sub(back).and_then(|at| said.get(at)).copied().ok_or_else(nothing)).transpose()?;
                said.push(items.len());
                items.push(Item { room, at, who, what: What::Say { text, subject, important, reply } });
                at = at.plus(Duration::from_secs(20 + numbers.below(70)));
            }
            Line::React { emoji, people } => {
                let of = last?;
                for who in people {
                    items.push(Item { room, at: at.minus(Duration::from_millis(900 - 50 * numbers.below(10))), who, what: What::React { of, emoji } });
                }
            }
            Line::Edit(text) => {
                let of = last?;
                let who = items.get(of).map_or("", |item| item.who);
                items.push(Item { room, at, who, what: What::Edit { of, text } });
            }
            Line::Delete(who) => items.push(Item { room, at, who, what: What::Delete { of: last? } }),
        }
    }
    Ok(())
}

fn routine(numbers: &mut Numbers, today: Timestamp, items: &mut Vec<Item<'static>>) {
    for days in 1..=ROUTINE_DAYS {
        for routine in ROUTINES {
            let mut at = moment(today, days, routine.from).plus(Duration::from_secs(numbers.below(1_800)));
            for _ in 0..numbers.below(routine.most + 1) {
                let (Some(who), Some(line)) = (numbers.pick(routine.people), numbers.pick(routine.lines)) else { continue };
                let text = filled(line, numbers);
                items.push(Item { room: routine.room, at, who, what: What::Say { text, subject: None, important: false, reply: None } });
                at = at.plus(Duration::from_secs(60 + numbers.below(1_500)));
            }
        }
    }
}

/// Everything in the order of time. The seqs are known beforehand: a room's stream has no gaps.
pub fn appends(items: &[Item<'_>], world: &World) -> Result<Vec<Append>, Failure> {
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by_key(|at| items.get(*at).map(|item| item.at));
    let mut heads: HashMap<&str, Seq> = HashMap::new();
    let mut seqs: HashMap<usize, Seq> = HashMap::new();
    let mut numbers = Numbers::new(4);
    let mut appends = Vec::with_capacity(items.len());
    for index in order {
        let Some(item) = items.get(index) else { continue };
        let seq = heads.entry(item.room).and_modify(|seq| *seq += 1).or_insert(1);
        seqs.insert(index, *seq);
        let of = |index: usize| seqs.get(&index).copied().ok_or_else(|| Failure::new("something refers to what comes later"));
        let what = match &item.what {
            What::Say { text, subject, important, reply } => Appending::Message {
                kind: if subject.is_some() { MessageKind::Story } else { MessageKind::Chat },
                subject: subject.map(str::to_owned),
                mentions: mentions(text, world),
                body: text.clone(),
                importance: if *important { Importance::High } else { Importance::Normal },
                reply_to: reply.map(of).transpose()?,
                files: Vec::new(),
                withheld: false,
            },
            What::Edit { of: index, text } => {
                Appending::Edit { of: of(*index)?, subject: None, body: (*text).to_owned(), mentions: mentions(text, world), not_before: Timestamp::default() }
            }
            What::Delete { of: index } => Appending::Delete { of: of(*index)?, as_manager: false },
            What::React { of: index, emoji } => Appending::React { of: of(*index)?, emoji: (*emoji).to_owned(), on: true },
        };
        appends.push(Append {
            room: world.room(item.room)?,
            author: world.person(item.who)?,
            nonce: Some(stoa_domain::id::Nonce::new(item.at, numbers.bytes())),
            id: stoa_domain::id::MessageId::new(item.at, numbers.bytes()),
            at: item.at,
            access_version: world.version,
            what,
        });
    }
    Ok(appends)
}

fn mentions(text: &str, world: &World) -> Vec<stoa_domain::id::UserId> {
    mentioned_names(text).into_iter().filter_map(|name| world.people.get(name).copied()).collect()
}
