mod call;

use std::sync::Arc;

use sha2::{Digest, Sha256};
use stoa_domain::access::{Changed, Count, Place, Snapshot};
use stoa_domain::id::{RoomId, UserId};
use stoa_domain::settings::PoolSettings;
use stoa_domain::time::Timestamp;
use stoa_domain::wire::preview::{NamedRoom, Preview, Previewed, PreviewedAccess};
use stoa_domain::wire::problem::{FieldError, Problem};
use tokio::sync::Semaphore;

use super::explain::{may_know, told};
use super::plan::Given;
use crate::access::person;
use crate::paging::{cursor_at, read_cursor};
use crate::services::Core;
use crate::{Caller, Result, StoreProblem, problem};

/// Calls of one preview.
const CHANGES_LIMIT: usize = 1_000;
/// How many are worked out at once: each takes a core for as long as it lasts.
const AT_ONCE: usize = 2;

/// What changes would do, before they are made.
pub struct Previews {
    core: Arc<Core>,
    turns: Semaphore,
}

impl Previews {
    pub(crate) const fn new(core: Arc<Core>) -> Self {
        Self { core, turns: Semaphore::const_new(AT_ONCE) }
    }

    /// Who would gain and lose what by these calls, made one after the other, in the rooms that the
    /// caller sees in the console now. Nothing is written.
    ///
    /// # Errors
    /// What the first call that would be refused is answered, with its place; 422 for what no preview knows.
    pub async fn preview(&self, caller: &Caller, asked: Preview) -> Result<Previewed> {
        if asked.changes.len() > CHANGES_LIMIT {
            return Err(Problem::invalid().field("/changes", "too-many", format!("At most {CHANGES_LIMIT} changes.")));
        }
        self.core.access.refresh().await.or_problem()?;
        let _turn = self.turns.acquire().await.map_err(|_| Problem::unavailable())?;
        let proposal =
            Proposal { before: self.core.access.vouched()?, user: caller.user, now: self.core.environment.now(), settings: self.core.access.settings(), asked };
        let calls: Vec<_> = proposal.asked.changes.iter().map(|change| format!("{} {}", change.method.as_str(), change.path)).collect();
        let previewed = tokio::task::spawn_blocking(move || proposal.work_out()).await.map_err(|_| Problem::internal())??;
        // It tells who may enter where, whether anything is made of it or not.
        self.core.looked_for(caller, "preview.look", "access".to_owned(), serde_json::json!({ "changes": calls }));
        Ok(previewed)
    }
}

struct Proposal {
    before: Arc<Snapshot>,
    user: UserId,
    now: Timestamp,
    settings: Arc<PoolSettings>,
    asked: Preview,
}

impl Proposal {
    fn work_out(self) -> Result<Previewed> {
        // A cursor leads on in the preview of the same calls only.
        let calls: String = Sha256::digest(serde_json::to_vec(&self.asked.changes).unwrap_or_default()).iter().map(|byte| format!("{byte:02x}")).collect();
        let list = format!("preview {calls}");
        let behind = self.asked.cursor.as_deref().map(|cursor| Behind::read(&read_cursor(&list, cursor)?)).transpose()?;
        let limit = self.asked.limit.unwrap_or(50).clamp(1, 200) as usize;
        let after = self.after()?;
        let (count, items, more) = self.compare(&after, behind.as_ref(), limit);
        let version = self.before.version;
        let next = items.last().filter(|_| more).map(|last| {
            let Count { gained, lost, rooms } = count;
            cursor_at(&list, &format!("{version} {gained} {lost} {rooms} {} {}", last.room, last.user))
        });
        Ok(Previewed {
            version: version.to_string(),
            gained: count.gained,
            lost: count.lost,
            rooms: count.rooms,
            items: items.into_iter().map(|changed| self.shown(&after, changed)).collect(),
            next,
        })
    }

    /// The snapshot behind all calls.
    fn after(&self) -> Result<Arc<Snapshot>> {
        let mut draft = Arc::clone(&self.before);
        for (place, proposed) in self.asked.changes.iter().enumerate() {
            let given = Given { snapshot: &draft, user: self.user, now: self.now, settings: &self.settings };
            let plan = call::plan(&given, proposed).map_err(|problem| placed(problem, place))?;
            if let Some(plan) = plan {
                draft = Arc::new(plan.draft(&draft).map_err(|error| placed(problem(error).below("/body"), place))?);
            }
        }
        Ok(draft)
    }

    fn compare(&self, after: &Arc<Snapshot>, behind: Option<&Behind>, limit: usize) -> (Count, Vec<Changed>, bool) {
        if Arc::ptr_eq(&self.before, after) {
            return (Count::default(), Vec::new(), false);
        }
        let sees = |room: RoomId| self.before.decide(self.user, room).rights.see_in_console;
        let place = behind.map(|behind| behind.place);
        if self.before.user(self.user).is_some_and(|user| user.domain.is_some()) {
            // A partner, who manages few rooms, is told of the people only whom he may know of.
            let (mut all, _) = self.before.changes(after, None, usize::MAX, sees);
            all.retain(|changed| may_know(&self.before, self.user, changed.user, changed.room));
            let count = counted(&all);
            all.retain(|changed| place.is_none_or(|place| place < Place { room: changed.room, user: changed.user }));
            let more = all.len() > limit;
            all.truncate(limit);
            return (count, all, more);
        }
        // What was counted for the first page holds for the others, as long as nothing moved.
        let known = behind.filter(|behind| behind.version == self.before.version).map(|behind| behind.count);
        let count = known.unwrap_or_else(|| self.before.count_changes(after, sees));
        let (items, more) = self.before.changes(after, place, limit, sees);
        (count, items, more)
    }

    fn shown(&self, after: &Snapshot, changed: Changed) -> PreviewedAccess {
        let Changed { user, room, gained, lost } = changed;
        let name = [after, &self.before].into_iter().find_map(|snapshot| snapshot.room(room)).map(|room| room.name.clone()).unwrap_or_default();
        let because = after.explain(user, room).map(|explanation| explanation.because).unwrap_or_default();
        PreviewedAccess {
            user: person(after, user),
            room: NamedRoom { id: room, name },
            gained: gained.words(),
            lost: lost.words(),
            because: because.into_iter().map(|reason| told(after, reason)).collect(),
        }
    }
}

/// Where a page begins, and what was counted for the one before.
struct Behind {
    version: i64,
    count: Count,
    place: Place,
}

impl Behind {
    fn read(key: &str) -> Result<Self> {
        let read = || {
            let mut parts = key.split(' ');
            let version = parts.next()?.parse().ok()?;
            let mut number = || parts.next()?.parse().ok();
            let count = Count { gained: number()?, lost: number()?, rooms: number()? };
            let place = Place { room: parts.next()?.parse().ok()?, user: parts.next()?.parse().ok()? };
            Some(Self { version, count, place })
        };
        read().ok_or_else(Problem::bad_cursor)
    }
}

fn counted(all: &[Changed]) -> Count {
    let distinct = |some: &dyn Fn(&Changed) -> bool| {
        let users: std::collections::HashSet<UserId> = all.iter().filter(|changed| some(changed)).map(|changed| changed.user).collect();
        users.len() as u64
    };
    let rooms: std::collections::HashSet<RoomId> = all.iter().map(|changed| changed.room).collect();
    Count {
        gained: distinct(&|changed| !changed.gained.words().is_empty()),
        lost: distinct(&|changed| !changed.lost.words().is_empty()),
        rooms: rooms.len() as u64,
    }
}

/// A call's refusal, with the place of the call.
fn placed(problem: Problem, place: usize) -> Problem {
    let at = format!("/changes/{place}");
    let mut problem = problem.below(&at);
    if problem.errors.is_empty() {
        let (code, message) = (problem.slug().to_owned().into(), problem.text().to_owned());
        problem.errors.push(FieldError { field: at.into(), code, message });
    }
    problem
}
