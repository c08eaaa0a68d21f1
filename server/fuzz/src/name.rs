use stoa_domain::message::mention_spans;
use stoa_domain::name::{ACCOUNT_NAME_LIMIT, NAME_LIMIT, check_account_name, check_name, is_forbidden, name_key};

/// Names: a checked one stays as it is, a key is its own key, and spellings share it.
pub fn name(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let key = name_key(&text);
    assert_eq!(name_key(&key), key, "the key of a key");
    assert_eq!(name_key(&format!(" {text}\t")), key, "white space around it");
    if let Ok(name) = check_name(&text) {
        assert_eq!(check_name(&name).as_ref(), Ok(&name));
        assert!((1..=NAME_LIMIT).contains(&name.chars().count()) && !name.chars().any(is_forbidden) && name.trim() == name);
        assert_eq!(name_key(&name), key);
    }
    if let Ok(name) = check_account_name(&text) {
        assert_eq!(check_account_name(&name).as_ref(), Ok(&name));
        assert_eq!(check_name(&name).as_ref(), Ok(&name), "also one that may be shown");
        assert!(name.chars().count() <= ACCOUNT_NAME_LIMIT);
        let said = format!("(@{name}, and so on)");
        assert_eq!(mention_spans(&said).collect::<Vec<_>>(), [(1, name.as_str())], "whoever has a name can be mentioned");
    }
}
