pub fn to_html(_: &str) -> String { String::new() }
