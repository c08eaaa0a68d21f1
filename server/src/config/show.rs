//! The settings for a person to read: each with where it came from, secrets masked.

use std::fmt::Write;

use super::{Loaded, database, error, source};

impl Loaded {
    /// `stoa config show`.
    #[must_use]
    pub fn show(&self) -> String {
        let values = serde_json::to_value(&self.config).unwrap_or_default();
        let mut lines: Vec<(String, String)> = Vec::new();
        for key in source::KEYS {
            let value = key.split('.').try_fold(&values, |value, part| value.get(part));
            let text = match value {
                None | Some(serde_json::Value::Null) => "(none)".to_owned(),
                Some(serde_json::Value::String(url)) if matches!(*key, "database.url" | "archive.url") => format!("{:?}", database::masked(url)),
                Some(_) if *key == "s3.secret_key" => "\"***\"".to_owned(),
                Some(value) => value.to_string(),
            };
            lines.push((format!("{key} = {text}"), self.came_from(key)));
        }
        let width = lines.iter().map(|(line, _)| line.chars().count()).max().unwrap_or(0).min(60);
        let mut text = String::new();
        for (line, from) in lines {
            // Writing to a String can't fail.
            let _ = writeln!(text, "{line:width$}  # {from}");
        }
        text
    }

    fn came_from(&self, key: &str) -> String {
        let secrets = [
            ("database.url", "database.url_file", &self.config.database.url),
            ("archive.url", "archive.url_file", &self.config.archive.url),
            ("s3.secret_key", "s3.secret_key_file", &self.config.s3.secret_key),
        ];
        for (_, file, _) in secrets.iter().filter(|(secret, _, value)| *secret == key && value.is_some()) {
            if self.figment.extract_inner::<String>(key).is_err() {
                return self.came_from(file);
            }
        }
        let from = self.figment.find_metadata(key).map_or(source::DEFAULTS, |metadata| metadata.name.as_ref());
        let path: Vec<String> = key.split('.').map(str::to_owned).collect();
        error::place(from, &path, self.file.as_deref())
    }

    /// The file that was read.
    #[must_use]
    pub fn file(&self) -> Option<&std::path::Path> {
        self.file.as_deref()
    }
}
