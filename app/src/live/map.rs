//! A map as a sorted list: small in code, quick for the few hundred things that it holds, and what is
//! added mostly comes at its end.

#[derive(Debug, Clone)]
pub struct Map<K, V>(Vec<(K, V)>);

impl<K: Ord, V> Map<K, V> {
    pub const fn new() -> Self {
        Self(Vec::new())
    }
    pub fn get(&self, key: &K) -> Option<&V> {
        self.place(key).ok().map(|index| &self.0[index].1)
    }
    pub fn insert(&mut self, key: K, value: V) {
        match self.place(&key) {
            Ok(index) => self.0[index].1 = value,
            Err(index) => self.0.insert(index, (key, value)),
        }
    }
    pub fn remove(&mut self, key: &K) -> Option<V> {
        self.place(key).ok().map(|index| self.0.remove(index).1)
    }
    pub fn retain(&mut self, mut keep: impl FnMut(&K, &V) -> bool) {
        self.0.retain(|(key, value)| keep(key, value));
    }
    pub fn into_iter(self) -> impl Iterator<Item = (K, V)> {
        self.0.into_iter()
    }
    pub fn iter(&self) -> impl Iterator<Item = &(K, V)> {
        self.0.iter()
    }
    fn place(&self, key: &K) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| known.cmp(key))
    }
}

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::Map;

    #[test]
    fn it_keeps_the_last_value_of_a_key() {
        let mut map = Map::new();
        for (key, value) in [(3, "c"), (1, "a"), (2, "b"), (1, "z")] {
            map.insert(key, value);
        }
        assert_eq!(map.iter().copied().collect::<Vec<_>>(), [(1, "z"), (2, "b"), (3, "c")]);
        assert_eq!((map.get(&2), map.get(&4)), (Some(&"b"), None));
        assert_eq!(map.remove(&2), Some("b"));
        map.retain(|key, _| *key == 3);
        assert_eq!(map.iter().count(), 1);
    }
}
