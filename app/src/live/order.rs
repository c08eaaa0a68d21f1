//! Sorting, once: every sort of another type would be compiled again.

/// Brings items into the order of a text that is made for each.
pub fn by_text<T>(items: Vec<T>, mut key: impl FnMut(&T) -> String) -> Vec<T> {
    let mut keys: Vec<(String, usize)> = items.iter().enumerate().map(|(index, item)| (key(item), index)).collect();
    keys.sort();
    let mut items: Vec<Option<T>> = items.into_iter().map(Some).collect();
    keys.into_iter().filter_map(|(_, index)| items[index].take()).collect()
}

/// Items for which something holds come first; the others follow, each in the order they had.
pub fn first<T>(items: Vec<T>, mut first: impl FnMut(&T) -> bool) -> Vec<T> {
    let (mut before, after): (Vec<T>, Vec<T>) = items.into_iter().partition(|item| first(item));
    before.extend(after);
    before
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_stable() {
        assert_eq!(by_text(vec!["b2", "a", "b1"], |text| text[..1].to_owned()), ["a", "b2", "b1"]);
        assert_eq!(first(vec![1, 2, 3, 4], |n| n % 2 == 0), [2, 4, 1, 3]);
    }
}
