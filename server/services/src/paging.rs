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

/// The page of this list that follows the cursor.
pub(crate) fn paginate<T>(list: &str, items: Vec<Keyed<T>>, query: &PageQuery) -> Result<Page<T>> {
    paginate_towards(list, items, query, false)
}

/// The same from the other end.
pub(crate) fn paginate_towards<T>(list: &str, mut items: Vec<Keyed<T>>, query: &PageQuery, descending: bool) -> Result<Page<T>> {
    let limit = query.limit.unwrap_or(50).clamp(1, 200) as usize;
    let after = query.cursor.as_deref().map(|cursor| read_cursor(list, cursor)).transpose()?;
    items.sort_unstable_by(|one, other| if descending { other.key.cmp(&one.key) } else { one.key.cmp(&other.key) });
    let start = after.map_or(0, |after| items.partition_point(|item| if descending { item.key >= after } else { item.key <= after }));
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
    Ok(Page { items, next: last.filter(|_| more).map(|key| cursor_at(list, &key)) })
}

/// The key behind which the asked page begins.
pub(crate) fn behind(list: &str, query: &PageQuery) -> Result<Option<String>> {
    query.cursor.as_deref().map(|cursor| read_cursor(list, cursor)).transpose()
}

/// The page of items that come in order, each with its key. No more of them are looked at than it takes.
pub(crate) fn page_of<K: AsRef<str>, T>(list: &str, query: &PageQuery, mut items: impl Iterator<Item = (K, T)>) -> Page<T> {
    let limit = query.limit.unwrap_or(50).clamp(1, 200) as usize;
    let (mut page, mut last) = (Vec::new(), None);
    for (key, item) in items.by_ref().take(limit) {
        last = Some(key);
        page.push(item);
    }
    let next = last.filter(|_| page.len() == limit && items.next().is_some()).map(|key| cursor_at(list, key.as_ref()));
    Page { items: page, next }
}

/// The cursor behind a key of this list. Another list's cursor would lead to some place here, too,
/// and nobody would see that it's the wrong one.
pub(crate) fn cursor_at(list: &str, key: &str) -> String {
    BASE64.encode(format!("{list}\n{key}"))
}

/// The key in a cursor that this list gave.
pub(crate) fn read_cursor(list: &str, cursor: &str) -> Result<String> {
    let bytes = BASE64.decode(cursor).map_err(|_| Problem::bad_cursor())?;
    let text = String::from_utf8(bytes).map_err(|_| Problem::bad_cursor())?;
    let key = text.strip_prefix(list).and_then(|rest| rest.strip_prefix('\n')).ok_or_else(Problem::bad_cursor)?;
    // Every key ends with an id; what doesn't is made up.
    let id = key.rsplit(' ').next().unwrap_or_default();
    if id.parse::<uuid::Uuid>().is_err() && id != "everyone" {
        return Err(Problem::bad_cursor());
    }
    Ok(key.to_owned())
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
            let page = paginate("numbers", items(), &query).unwrap();
            seen.extend(page.items);
            match page.next {
                Some(next) => query.cursor = Some(next),
                None => break,
            }
        }
        assert_eq!(seen, (0..7).collect::<Vec<_>>());
        let first = paginate_towards("numbers", items(), &PageQuery { cursor: None, limit: Some(5) }, true).unwrap();
        assert_eq!(first.items, [6, 5, 4, 3, 2]);
        let rest = paginate_towards("numbers", items(), &PageQuery { cursor: first.next, limit: Some(5) }, true).unwrap();
        assert_eq!((rest.items, rest.next), (vec![1, 0], None));
        let first = paginate("numbers", items(), &PageQuery { cursor: None, limit: Some(1) }).unwrap().next.unwrap();
        for (list, limit) in [("numbers", true), ("letters", false), ("number", false)] {
            assert_eq!(paginate(list, items(), &PageQuery { cursor: Some(first.clone()), limit: None }).is_ok(), limit, "a cursor of another list: {list}");
        }
        for made_up in ["x", "bm9uc2Vuc2U", "%%"] {
            assert!(paginate("numbers", items(), &PageQuery { cursor: Some(made_up.into()), limit: None }).is_err());
        }
    }
}
