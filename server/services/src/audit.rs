//! The audit log: who reads it, how it is searched, exported and verified; its chain, and the records
//! of looks. Changes are recorded by the unit of work that makes them.

mod chain;
mod export;
mod looks;
mod verify;

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use stoa_domain::access::Snapshot;
use stoa_domain::id::{CategoryId, RoomId};
use stoa_domain::name::name_key;
use stoa_domain::person::Role;
use stoa_domain::principal::Principal;
use stoa_domain::wire::Page;
use stoa_domain::wire::audit::{AuditQuery, AuditRecord};
use stoa_domain::wire::problem::Problem;
use stoa_store::{AuditFilter, Audited};

pub(crate) use chain::{Chainer, keep_chain};
pub use export::Export;
pub(crate) use looks::{Looks, is_own};
pub use verify::{Whole, verify_all};

use crate::access::person;
use crate::services::Core;
use crate::{Caller, Result, StoreProblem};

/// Read at once while words are looked for.
const SLICE: u32 = 500;
/// The most that is read for one page while words are looked for; the next page goes on from there.
const SEARCHED: usize = 10_000;

pub struct AuditLog {
    core: Arc<Core>,
}

impl AuditLog {
    pub(crate) const fn new(core: Arc<Core>) -> Self {
        Self { core }
    }

    /// The snapshot, for who sees the log.
    fn seen(&self, caller: &Caller) -> Result<Arc<Snapshot>> {
        let snapshot = self.core.access.vouched()?;
        let sees = [Role::Administrator, Role::Auditor].into_iter().any(|role| snapshot.holds(caller.user, role));
        if sees { Ok(snapshot) } else { Err(Problem::forbidden().detail("Only administrators and auditors see the audit log.")) }
    }

    /// What is asked of a caller whose request is bad: that he sees the log.
    ///
    /// # Errors
    /// 403.
    pub fn may_see(&self, caller: &Caller) -> Result<()> {
        self.seen(caller).map(drop)
    }

    /// The newest records that fit.
    ///
    /// # Errors
    /// 403, 400 for a cursor that is made up.
    pub async fn list(&self, caller: &Caller, query: &AuditQuery) -> Result<Page<AuditRecord>> {
        let snapshot = self.seen(caller)?;
        let search = Search::new(query);
        let before = query.cursor.as_deref().map(read_cursor).transpose()?;
        let limit = query.limit.unwrap_or(50).clamp(1, 200) as usize;
        let (found, next) = self.find(&search, before, limit).await?;
        self.core.looked_for(caller, "audit.look", "audit".to_owned(), asked(query));
        let items = found.into_iter().map(|audited| shown(&snapshot, audited)).collect();
        Ok(Page { items, next: next.map(|id| BASE64.encode(format!("audit\n{id}"))) })
    }

    /// One record.
    ///
    /// # Errors
    /// 404 also to who doesn't see the log.
    pub async fn get(&self, caller: &Caller, id: i64) -> Result<AuditRecord> {
        let snapshot = self.seen(caller).map_err(|problem| if problem.status == 403 { Problem::not_found() } else { problem })?;
        let audited = self.core.store.audit_record(id).await.or_problem()?.ok_or_else(Problem::not_found)?;
        self.core.looked_for(caller, "audit.look", "audit".to_owned(), serde_json::json!({ "id": id }));
        Ok(shown(&snapshot, audited))
    }

    /// Up to so many records older than one, and behind which the search goes on.
    async fn find(&self, search: &Search, mut before: Option<i64>, limit: usize) -> Result<(Vec<Audited>, Option<i64>)> {
        let (mut found, mut read) = (Vec::new(), 0);
        loop {
            let slice = if search.words.is_empty() { u32::try_from(limit - found.len()).unwrap_or(SLICE).saturating_add(1) } else { SLICE };
            let records = self.core.store.audit_page(&search.filter, before, slice).await.or_problem()?;
            let last = records.len() < slice as usize;
            for audited in records {
                if found.len() == limit {
                    return Ok((found, before));
                }
                before = Some(audited.record.id);
                read += 1;
                if search.fits(&audited) {
                    found.push(audited);
                }
            }
            if last {
                return Ok((found, None));
            }
            if read >= SEARCHED {
                return Ok((found, before));
            }
        }
    }
}

/// What the database finds, and what is looked for in what it found.
pub(super) struct Search {
    filter: AuditFilter,
    words: Vec<String>,
}

impl Search {
    fn new(query: &AuditQuery) -> Self {
        let text = |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        let AuditQuery { by, from, to, .. } = *query;
        let filter = AuditFilter { by, action: text(&query.action), object: text(&query.object), from, to, place: text(&query.place) };
        let words = query.q.as_deref().unwrap_or_default().split_whitespace().map(|word| {
            // As it stands within JSON, but for the quotes around it.
            let quoted = serde_json::Value::from(word).to_string();
            name_key(quoted.get(1..quoted.len() - 1).unwrap_or_default())
        });
        Self { filter, words: words.collect() }
    }

    fn fits(&self, audited: &Audited) -> bool {
        if self.words.is_empty() {
            return true;
        }
        let texts = [name_key(&audited.record.before), name_key(&audited.record.after)];
        self.words.iter().all(|word| texts.iter().any(|text| text.contains(word.as_str())))
    }
}

/// What a look at the log was after, without which page of it.
fn asked(query: &AuditQuery) -> serde_json::Value {
    let filters = AuditQuery { cursor: None, limit: None, ..query.clone() };
    serde_json::to_value(filters).unwrap_or_default()
}

fn read_cursor(cursor: &str) -> Result<i64> {
    let bytes = BASE64.decode(cursor).ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    text.as_deref().and_then(|text| text.strip_prefix("audit\n")?.parse().ok()).ok_or_else(Problem::bad_cursor)
}

fn shown(snapshot: &Snapshot, Audited { record, link }: Audited) -> AuditRecord {
    // What isn't JSON wasn't written by us: the verification says so, and here it is shown as it is.
    let json = |text: String| serde_json::from_str(&text).unwrap_or(serde_json::Value::String(text));
    let (before, after) = (json(record.before), json(record.after));
    AuditRecord {
        id: record.id,
        at: record.at,
        by: record.by.map(|user| person(snapshot, user)),
        from: record.from,
        object_name: name_of(snapshot, &record.object, [&after, &before]),
        action: record.action,
        object: record.object,
        before,
        after,
        version: record.version,
        position: link.map(|link| link.position),
        hash: link.map(|link| link.hash.to_string()),
    }
}

fn name_of(snapshot: &Snapshot, object: &str, told: [&serde_json::Value; 2]) -> Option<String> {
    let (kind, rest) = object.split_once(':')?;
    let id: Option<uuid::Uuid> = rest.split('/').next().and_then(|id| id.parse().ok());
    let now = id.and_then(|id| match kind {
        "room" => snapshot.room(RoomId(id)).map(|room| room.name.as_str()),
        "category" => snapshot.category(CategoryId(id)).map(|category| category.name.as_str()),
        "user" => snapshot.name(Principal::User(id.into())),
        "group" => snapshot.name(Principal::Group(id.into())),
        "unit" => snapshot.name(Principal::Unit(id.into())),
        "domain" => snapshot.name(Principal::Domain(id.into())),
        _ => None,
    });
    let then = || told.iter().find_map(|told| ["display_name", "name"].into_iter().find_map(|field| told[field].as_str()));
    now.or_else(then).map(str::to_owned)
}
