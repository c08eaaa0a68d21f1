//! `stoa demo --size enterprise`: a company of 150,000 people, to see that everything stays quick.

mod names;
mod plan;

use std::sync::Arc;

use stoa_domain::id::{AccessVersion, CategoryId};
use stoa_store::{Actor, Append, Audit, Creation, Store};

use super::{PASSWORD, unknown};
use crate::failure::Failure;
pub use plan::Scale;
use plan::{BEGAN, Plan, plan};

/// The same company at every run.
const SEED: u64 = 150_000;
/// Appended in one transaction.
const BATCH: usize = 400;
/// Lists, people, … of one transaction.
const PART: usize = 20_000;

/// What came of it.
pub struct Made {
    pub people: usize,
    pub rooms: usize,
    pub entries: usize,
    pub messages: usize,
}

pub async fn seed(store: &Arc<dyn Store>, scale: Scale) -> Result<Made, Failure> {
    let root = store.snapshot(BEGAN).await?.root().map(|root| root.id).ok_or_else(|| unknown("root category", ""))?;
    // Hashing a password is slow on purpose; everybody has the same one here.
    let hash = stoa_services::auth::hash_password(PASSWORD).await?;
    build(store, scale, root, &hash).await
}

async fn build(store: &Arc<dyn Store>, scale: Scale, root: CategoryId, hash: &str) -> Result<Made, Failure> {
    let Plan { creation, messages, administrator } = tokio::task::block_in_place(|| plan(scale, SEED, root, hash));
    let made = Made {
        people: creation.accounts.len(),
        rooms: creation.rooms.len(),
        entries: creation.lists.iter().map(|(_, entries)| entries.len()).sum(),
        messages: messages.len(),
    };
    // The first room with something in it is followed by who looks at all this.
    let mut followed: Vec<_> = messages.iter().take(20).map(|message| message.room).collect();
    followed.sort_unstable();
    followed.dedup();
    let mut version = 0;
    for part in parts(creation) {
        version = write(store, &part).await?;
    }
    store.set_following(administrator, &followed, true).await?;
    say(store, messages, version).await?;
    Ok(made)
}

/// In the order in which one needs the other, in pieces of a size that a transaction holds well.
fn parts(creation: Creation) -> Vec<Creation> {
    let Creation { domains, units, accounts, groups, categories, rooms, lists } = creation;
    let mut parts = vec![Creation { domains, units, ..Creation::default() }];
    parts.extend(pieces(accounts).map(|accounts| Creation { accounts, ..Creation::default() }));
    parts.extend(pieces(groups).map(|groups| Creation { groups, ..Creation::default() }));
    parts.extend(pieces(categories).map(|categories| Creation { categories, ..Creation::default() }));
    parts.extend(pieces(rooms).map(|rooms| Creation { rooms, ..Creation::default() }));
    parts.extend(pieces(lists).map(|lists| Creation { lists, ..Creation::default() }));
    parts
}

fn pieces<T>(items: Vec<T>) -> impl Iterator<Item = Vec<T>> {
    let mut items = items.into_iter();
    std::iter::from_fn(move || Some(items.by_ref().take(PART).collect::<Vec<T>>()).filter(|piece| !piece.is_empty()))
}

async fn write(store: &Arc<dyn Store>, part: &Creation) -> Result<AccessVersion, Failure> {
    let mut unit = store.begin(Actor { user: None, from: "stoa demo".to_owned() }, BEGAN).await?;
    unit.create(part).await?;
    let Creation { domains, units, accounts, groups, categories, rooms, lists } = part;
    let after = serde_json::json!({
        "domains": domains.len(), "units": units.len(), "people": accounts.len(), "groups": groups.len(), "categories": categories.len(),
        "rooms": rooms.len(), "entries": lists.iter().map(|(_, entries)| entries.len()).sum::<usize>(),
    });
    Ok(unit.commit(Audit { action: "demo.create", object: "pool".to_owned(), before: serde_json::Value::Null, after }).await?)
}

async fn say(store: &Arc<dyn Store>, mut messages: Vec<Append>, version: AccessVersion) -> Result<(), Failure> {
    for message in &mut messages {
        message.access_version = version;
    }
    for batch in messages.chunks(BATCH) {
        for done in store.append(batch, &[]).await? {
            done.map_err(|refused| Failure::new(format!("the sample company can't say something: {refused:?}")))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
