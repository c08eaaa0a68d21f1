//! Verifying the log in slices: neither its length nor a slow reader holds a connection.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use stoa_domain::audit::{Fault, Finding, Hash, Head, Walk};
use stoa_domain::wire::audit::{AuditFinding, ChainHead, Verification, Verify};
use stoa_domain::wire::problem::Problem;
use stoa_store::{Store, StoreError};

use super::AuditLog;
use crate::{Caller, Result, StoreProblem};

/// Links, with their records, read at once.
const LINKS: u32 = 500;
/// Records whose place is asked for at once.
const RECORDS: u32 = 5_000;
/// Slices of one call.
const SLICES: usize = 20;

/// A log in which nothing is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whole {
    pub head: Head,
    pub records: i64,
    /// Of these, not yet linked.
    pub waiting: i64,
}

/// Looks at the whole log; the first break is in the inner result.
///
/// # Errors
/// When the database doesn't answer.
pub async fn verify_all(store: &dyn Store, expected: Option<Head>) -> Result<Result<Whole, Finding>, StoreError> {
    let mut progress = Progress { walk: Walk { expected, ..Walk::default() }, ..Progress::default() };
    loop {
        match progress.step(store).await? {
            Step::On => {}
            Step::Whole => return Ok(Ok(Whole { head: progress.walk.head, records: progress.records, waiting: progress.waiting })),
            Step::Broken(finding) => return Ok(Err(finding)),
        }
    }
}

/// Along the chain first; then over the records, for what stands outside of it.
#[derive(Debug, Default)]
struct Progress {
    walk: Walk,
    /// The last record that was counted, once the chain is done.
    counted: Option<i64>,
    records: i64,
    waiting: i64,
}

enum Step {
    On,
    Whole,
    Broken(Finding),
}

impl Progress {
    async fn step(&mut self, store: &dyn Store) -> Result<Step, StoreError> {
        match self.counted {
            None => self.along(store).await,
            Some(after) => self.count(store, after).await,
        }
    }

    async fn along(&mut self, store: &dyn Store) -> Result<Step, StoreError> {
        let links = store.audit_chain(self.walk.head.position, LINKS).await?;
        if self.walk.over(&links).is_err() {
            // Once more from the break on, so that what changed places with it is among what is looked at.
            let links = store.audit_chain(self.walk.head.position, LINKS).await?;
            if let Err(broken) = self.walk.over(&links) {
                let stands = match broken.asks() {
                    Some(hash) => store.audit_position(hash).await?,
                    None => None,
                };
                return Ok(Step::Broken(broken.finding(stands)));
            }
        }
        if links.is_empty() {
            match self.walk.end() {
                Ok(_) => self.counted = Some(i64::MIN),
                Err(finding) => return Ok(Step::Broken(finding)),
            }
        }
        Ok(Step::On)
    }

    async fn count(&mut self, store: &dyn Store, after: i64) -> Result<Step, StoreError> {
        let records = store.audit_standing(after, RECORDS).await?;
        for record in &records {
            match record.position {
                Some(position) if position > 0 => {}
                None if record.waits => self.waiting += 1,
                _ => return Ok(Step::Broken(Finding { fault: Fault::Inserted, position: None, record: Some(record.id) })),
            }
            self.records += 1;
            self.counted = Some(record.id);
        }
        Ok(if records.is_empty() { Step::Whole } else { Step::On })
    }

    fn cursor(&self) -> String {
        let Self { walk, counted, records, waiting } = self;
        let counted = counted.map_or_else(|| String::from("-"), |id| id.to_string());
        BASE64.encode(format!("verify {} {} {counted} {records} {waiting}", walk.head.position, walk.head.hash))
    }

    /// Who makes one up deceives himself alone.
    fn read(cursor: &str, expected: Option<Head>) -> Option<Self> {
        let text = String::from_utf8(BASE64.decode(cursor).ok()?).ok()?;
        let mut parts = text.strip_prefix("verify ")?.split(' ');
        let head = Head { position: parts.next()?.parse().ok()?, hash: Hash::parse(parts.next()?)? };
        let counted = match parts.next()? {
            "-" => None,
            id => Some(id.parse().ok()?),
        };
        let (records, waiting) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        let sound = head.position >= 0 && (0..=i64::from(u32::MAX)).contains(&records) && (0..=records).contains(&waiting) && parts.next().is_none();
        sound.then_some(Self { walk: Walk { head, expected }, counted, records, waiting })
    }
}

impl AuditLog {
    /// Looks at one slice of the log; `next` goes on from there.
    ///
    /// # Errors
    /// 403, 400 for a cursor that is made up, 422 for a head that can't be one.
    pub async fn verify(&self, caller: &Caller, verify: &Verify) -> Result<Verification> {
        self.seen(caller)?;
        let expected = verify.expect.as_ref().map(noted).transpose()?;
        let mut progress = match &verify.cursor {
            None => {
                self.core.looked(caller, "audit.verify", "audit".to_owned());
                Progress { walk: Walk { expected, ..Walk::default() }, ..Progress::default() }
            }
            Some(cursor) => Progress::read(cursor, expected).ok_or_else(Problem::bad_cursor)?,
        };
        let (mut finding, mut done) = (None, false);
        for _ in 0..SLICES {
            match progress.step(self.core.store.as_ref()).await.or_problem()? {
                Step::On => continue,
                Step::Whole => {}
                Step::Broken(broken) => finding = Some(broken),
            }
            done = true;
            break;
        }
        Ok(Verification {
            head: ChainHead { position: progress.walk.head.position, hash: progress.walk.head.hash.to_string() },
            records: progress.records,
            waiting: progress.waiting,
            finding: finding.map(|finding| AuditFinding {
                fault: finding.fault,
                position: finding.position,
                record: finding.record,
                text: finding.to_string(),
            }),
            next: (!done).then(|| progress.cursor()),
        })
    }
}

fn noted(head: &ChainHead) -> Result<Head> {
    if head.position < 0 {
        return Err(Problem::invalid().field("/expect/position", "out-of-range", "Positions begin with 1; 0 is before the first."));
    }
    let hash = Hash::parse(&head.hash).ok_or_else(|| Problem::invalid().field("/expect/hash", "not-a-hash", "A hash has 64 hexadecimal digits."))?;
    Ok(Head { position: head.position, hash })
}
