//! Pages of lists that are made from the snapshot.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use stoa_domain::wire::problem::Problem;
use stoa_domain::wire::{Page, PageQuery};

use crate::Result;

/// An item under the key by which its list is sorted. Keys are unique within a list.
pub(crate) struct Keyed<T> {
    pub key: String,
    pub item: T,
}

/// The page that follows the cursor.
pub(crate) fn paginate<T>(mut items: Vec<Keyed<T>>, query: &PageQuery) -> Result<Page<T>> {
    let limit = query.limit.unwrap_or(50).clamp(1, 200) as usize;
    let after = query.cursor.as_deref().map(read).transpose()?;
    items.sort_unstable_by(|one, other| one.key.cmp(&other.key));
    let start = after.map_or(0, |after| items.partition_point(|item| item.key <= after));
    let more = items.len() > start + limit;
    let mut last = None;
    let items = items
        .into_iter()
        .skip(start)
        .take(limit)
        .map(|Keyed { key, item }| {
            last = Some(key);
            item
        })
        .collect();
    Ok(Page { items, next: last.filter(|_| more).map(|key| BASE64.encode(key)) })
}

fn read(cursor: &str) -> Result<String> {
    let bytes = BASE64.decode(cursor).map_err(|_| Problem::bad_cursor())?;
    let key = String::from_utf8(bytes).map_err(|_| Problem::bad_cursor())?;
    // Every key ends with an id; what doesn't is made up.
    let id = key.rsplit(' ').next().unwrap_or_default();
    if id.parse::<uuid::Uuid>().is_err() && id != "everyone" {
        return Err(Problem::bad_cursor());
    }
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_each_other_without_gap() {
        let items = || (0..7_u128).map(|n| Keyed { key: format!("room {n} {}", uuid::Uuid::from_u128(n)), item: n }).collect::<Vec<_>>();
        let mut seen = Vec::new();
        let mut query = PageQuery { cursor: None, limit: Some(3) };
        loop {
            let page = paginate(items(), &query).unwrap();
            seen.extend(page.items);
            match page.next {
                Some(next) => query.cursor = Some(next),
                None => break,
            }
        }
        assert_eq!(seen, (0..7).collect::<Vec<_>>());
        for made_up in ["x", "bm9uc2Vuc2U", "%%"] {
            assert!(paginate(items(), &PageQuery { cursor: Some(made_up.into()), limit: None }).is_err());
        }
    }
}
