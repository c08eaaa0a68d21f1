use std::collections::{BinaryHeap, HashMap, HashSet};
use std::sync::Arc;

use stoa_domain::access::Snapshot;
use stoa_domain::id::UserId;
use stoa_domain::name::name_key;
use stoa_domain::principal::Principal;
use stoa_domain::wire::Page;
use stoa_domain::wire::principals::{FoundPrincipal, KnownLine, PrincipalKind, PrincipalQuery, Resolve, Resolved, UnknownLine, Unresolved};
use stoa_domain::wire::problem::Problem;

use super::groups::plans::sees;
use super::units::plans::path_up;
use crate::services::Core;
use crate::{Caller, Result, StoreProblem};

const LINES_LIMIT: usize = 10_000;

/// Whom lists can name.
pub struct Principals {
    core: Arc<Core>,
}

/// Whom somebody may name.
struct Sight {
    snapshot: Arc<Snapshot>,
    user: UserId,
    /// Sees all accounts and groups in the console.
    all: bool,
    /// A partner names only whom he meets, and his own domain.
    meets: Option<HashSet<UserId>>,
}

impl Principals {
    pub(crate) const fn new(core: Arc<Core>) -> Self {
        Self { core }
    }

    /// For whoever edits lists or sees them.
    fn sight(&self, caller: &Caller) -> Result<Sight> {
        let snapshot = self.core.access.vouched()?;
        let all = sees(&snapshot, caller.user);
        if !all && !snapshot.manages_something(caller.user) {
            return Err(Problem::forbidden().detail("Only those who manage something look up whom lists can name."));
        }
        let partner = snapshot.user(caller.user).is_some_and(|user| user.domain.is_some());
        let meets = (partner && !all).then(|| snapshot.meets(caller.user).into_iter().map(|user| user.id).collect());
        Ok(Sight { snapshot, user: caller.user, all, meets })
    }

    /// Those whose names fit best, words that begin so first.
    ///
    /// # Errors
    /// 403 to who manages nothing, 503 when the database is away.
    pub async fn find(&self, caller: &Caller, query: &PrincipalQuery) -> Result<Page<FoundPrincipal>> {
        let sight = self.sight(caller)?;
        let text = query.q.clone().unwrap_or_default();
        let limit = query.limit.unwrap_or(20).clamp(1, 200) as usize;
        let address = name_key(&text);
        let by_address = if address.contains('@') { self.core.store.accounts_by_email(&[address]).await.or_problem()? } else { Vec::new() };
        let kind = query.kind;
        let by_address: Vec<UserId> = by_address.into_iter().map(|(_, user)| user).filter(|user| sight.may_name(Principal::User(*user))).collect();
        let work = move || {
            let mut found = sight.search(&text, kind, limit);
            if kind.is_none_or(|kind| kind == PrincipalKind::User) {
                found.retain(|principal| !by_address.iter().any(|user| *principal == Principal::User(*user)));
                found.splice(..0, by_address.into_iter().map(Principal::User));
                found.truncate(limit);
            }
            (sight, found)
        };
        let (sight, found) = tokio::task::spawn_blocking(work).await.map_err(|_| Problem::internal())?;
        let people: Vec<UserId> = found.iter().filter_map(|principal| if let Principal::User(user) = principal { Some(*user) } else { None }).collect();
        let addresses = if sight.all { self.core.store.emails(&people).await.or_problem()?.into_iter().collect() } else { HashMap::new() };
        Ok(Page { items: found.into_iter().map(|principal| sight.shown(principal, &addresses)).collect(), next: None })
    }

    /// Whether the caller looks up whom lists can name.
    ///
    /// # Errors
    /// 403.
    pub fn may(&self, caller: &Caller) -> Result<()> {
        self.sight(caller).map(drop)
    }

    /// Recognises whom the lines name, as far as the caller may name them.
    ///
    /// # Errors
    /// 403 to who manages nothing, 422 for too many lines, 503 when the database is away.
    pub async fn resolve(&self, caller: &Caller, Resolve { lines }: Resolve) -> Result<Resolved> {
        let sight = self.sight(caller)?;
        if lines.len() > LINES_LIMIT {
            return Err(Problem::invalid().field("/lines", "too-many", format!("At most {LINES_LIMIT} lines.")));
        }
        let keys: Vec<String> = lines.iter().map(|line| name_key(address_of(line))).filter(|key| key.contains('@')).collect();
        let mut by_key: HashMap<String, Vec<Principal>> = HashMap::new();
        for (key, user) in self.core.store.accounts_by_email(&keys).await.or_problem()? {
            by_key.entry(key).or_default().push(Principal::User(user));
        }
        tokio::task::spawn_blocking(move || sight.resolve(lines, by_key)).await.map_err(|_| Problem::internal())
    }
}

/// Of `Name <address>` the address.
fn address_of(line: &str) -> &str {
    let line = line.trim();
    line.strip_suffix('>').and_then(|line| line.rsplit_once('<')).map_or(line, |(_, address)| address.trim())
}

impl Sight {
    fn may_name(&self, principal: Principal) -> bool {
        let snapshot = &self.snapshot;
        match principal {
            Principal::User(id) => match (snapshot.user(id), &self.meets) {
                (None, _) => false,
                (Some(user), None) => user.enabled || self.all,
                (Some(user), Some(meets)) => user.enabled && (id == self.user || meets.contains(&id)),
            },
            Principal::Domain(id) => {
                snapshot.domain(id).is_some() && (self.meets.is_none() || snapshot.user(self.user).is_some_and(|user| user.domain == Some(id)))
            }
            Principal::Group(_) | Principal::Unit(_) | Principal::Everyone => self.meets.is_none() && snapshot.exists(principal),
        }
    }

    /// By how well they fit, then by name.
    fn search(&self, text: &str, kind: Option<PrincipalKind>, limit: usize) -> Vec<Principal> {
        let snapshot = &self.snapshot;
        let words: Vec<String> = text.split_whitespace().map(name_key).collect();
        let wanted = |one: PrincipalKind| kind.is_none_or(|kind| kind == one);
        // The best ones so far, the worst of them on top.
        let mut best: BinaryHeap<(u32, String, Principal)> = BinaryHeap::new();
        let mut consider = |key: &str, name_at: usize, principal: Principal| {
            let Some(rank) = rank(key, &words) else { return };
            let worse = |(worst, worst_key, _): &(u32, String, Principal)| (rank, &key[name_at..]) >= (*worst, worst_key.as_str());
            if (best.len() == limit && best.peek().is_some_and(worse)) || !self.may_name(principal) {
                return;
            }
            best.push((rank, key[name_at..].to_owned(), principal));
            if best.len() > limit {
                best.pop();
            }
        };
        if wanted(PrincipalKind::User) {
            for (user, keys) in snapshot.named_users() {
                let display_name_at = keys.find('\n').map_or(0, |end| end + 1);
                consider(keys, display_name_at, Principal::User(user.id));
            }
        }
        if wanted(PrincipalKind::Group) {
            snapshot.named_groups().for_each(|(group, key)| consider(key, 0, Principal::Group(group.id)));
        }
        if wanted(PrincipalKind::Unit) {
            snapshot.units().for_each(|unit| consider(&name_key(&unit.name), 0, Principal::Unit(unit.id)));
        }
        if wanted(PrincipalKind::Domain) {
            snapshot.domains().for_each(|domain| consider(&name_key(&domain.name), 0, Principal::Domain(domain.id)));
        }
        if wanted(PrincipalKind::Everyone) {
            consider("everyone", 0, Principal::Everyone);
        }
        best.into_sorted_vec().into_iter().map(|(_, _, principal)| principal).collect()
    }

    fn shown(&self, principal: Principal, addresses: &HashMap<UserId, String>) -> FoundPrincipal {
        let snapshot = &self.snapshot;
        let detail = match principal {
            Principal::User(id) => {
                let name = snapshot.user(id).map(|user| user.name.clone()).unwrap_or_default();
                addresses.get(&id).map_or_else(|| name.clone(), |address| format!("{name} · {address}"))
            }
            Principal::Group(id) => snapshot.group(id).map(|group| group.description.clone()).unwrap_or_default(),
            Principal::Unit(id) => {
                let mut above: Vec<&str> = path_up(snapshot, id).skip(1).map(|unit| unit.name.as_str()).collect();
                above.reverse();
                above.join(" / ")
            }
            Principal::Domain(_) => String::from("all people of this partner"),
            Principal::Everyone => String::from("all internal people"),
        };
        let disabled = matches!(principal, Principal::User(id) if snapshot.user(id).is_some_and(|user| !user.enabled));
        FoundPrincipal { principal, name: snapshot.name(principal).unwrap_or_default().to_owned(), detail, disabled }
    }

    fn resolve(&self, lines: Vec<String>, mut by_key: HashMap<String, Vec<Principal>>) -> Resolved {
        let snapshot = &self.snapshot;
        if self.meets.is_none() {
            let wanted: HashSet<String> = lines.iter().map(|line| name_key(address_of(line))).collect();
            for (group, key) in snapshot.named_groups().filter(|(_, key)| wanted.contains(*key)) {
                by_key.entry(key.to_owned()).or_default().push(Principal::Group(group.id));
            }
            for unit in snapshot.units() {
                by_key.entry(name_key(&unit.name)).or_default().push(Principal::Unit(unit.id));
            }
        }
        for domain in snapshot.domains() {
            by_key.entry(name_key(&domain.name)).or_default().push(Principal::Domain(domain.id));
        }
        let mut resolved = Resolved { known: Vec::new(), unknown: Vec::new() };
        for line in lines.into_iter().filter(|line| !line.trim().is_empty()) {
            let mut named: Vec<Principal> = match line.trim().parse() {
                Ok(principal) => vec![principal],
                Err(_) => {
                    let key = name_key(address_of(&line));
                    let by_name = snapshot.user_by_key(&key).map(Principal::User);
                    by_key.get(&key).into_iter().flatten().copied().chain(by_name).collect()
                }
            };
            named.retain(|principal| self.may_name(*principal));
            named.sort_unstable();
            named.dedup();
            match named[..] {
                [principal] => {
                    let name = snapshot.name(principal).unwrap_or_default().to_owned();
                    resolved.known.push(KnownLine { line, principal, name });
                }
                [] => resolved.unknown.push(UnknownLine { line, reason: Unresolved::Unknown }),
                _ => resolved.unknown.push(UnknownLine { line, reason: Unresolved::Ambiguous }),
            }
        }
        resolved
    }
}

/// How well keys fit all words: each that only stands within a word makes it worse. None where one is missing.
fn rank(keys: &str, words: &[String]) -> Option<u32> {
    let mut rank = 0;
    for word in words {
        let mut within = false;
        let begins = keys.match_indices(word.as_str()).any(|(at, _)| {
            within = true;
            keys[..at].chars().next_back().is_none_or(|before| !before.is_alphanumeric())
        });
        if !within {
            return None;
        }
        rank += u32::from(!begins);
    }
    Some(rank)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_begin_so_come_first() {
        let words = |text: &str| text.split_whitespace().map(name_key).collect::<Vec<_>>();
        assert_eq!(rank("mira.kovac\nmira kovač", &words("Kova mi")), Some(0));
        assert_eq!(rank("mira.kovac\nmira kovač", &words("vač")), Some(1));
        assert_eq!(rank("mira.kovac\nmira kovač", &words("mira x")), None);
        assert_eq!(rank("a\nb", &words("")), Some(0));
        assert_eq!(rank("annan\nann an", &words("an")), Some(0), "also where an earlier place doesn't begin a word");
    }

    #[test]
    fn an_address_is_found_in_its_clothes() {
        for line in ["mira@example.org", "  mira@example.org ", "Mira Kovač <mira@example.org>", "<mira@example.org>"] {
            assert_eq!(address_of(line), "mira@example.org");
        }
        assert_eq!(address_of("a > b"), "a > b");
    }
}
