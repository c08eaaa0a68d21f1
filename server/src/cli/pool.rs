//! `stoa pool get` and `stoa pool set`: settings of the whole pool. They are in the database, so
//! every server has them within a second, and each change is audited.

use serde_json::{Map, Value};
use stoa_domain::settings::PoolSettings;
use stoa_services::Environment;
use stoa_store::{Actor, Audit, Store};

use crate::config::Overrides;
use crate::failure::Failure;
use crate::start::open_store;

#[derive(Debug, clap::Subcommand)]
pub enum Pool {
    /// Shows the settings, or one of them.
    Get {
        #[arg(value_name = "KEY")]
        key: Option<String>,
    },
    /// Changes settings; all or none.
    Set {
        #[arg(value_name = "KEY=VALUE", required = true)]
        changes: Vec<String>,
    },
}

impl Pool {
    pub fn run(self, overrides: &Overrides) -> Result<(), Failure> {
        let config = super::load_quietly(overrides)?.config;
        super::block_on(async move {
            let store = open_store(&config).await?;
            let done = self.carry_out(store.as_ref()).await;
            store.close().await;
            print!("{}", done?);
            Ok(())
        })
    }

    async fn carry_out(self, store: &dyn Store) -> Result<String, Failure> {
        match self {
            Self::Get { key } => {
                let settings = object(&store.settings().await?);
                match key {
                    Some(key) => settings.get(&key).map(line).ok_or_else(|| unknown(&key, &settings)),
                    None => Ok(settings.iter().map(|(key, value)| format!("{key}={}", line(value))).collect()),
                }
            }
            Self::Set { changes } => {
                // Begun before the settings are read: nobody changes them in between.
                let actor = Actor { user: None, from: "command line".to_owned() };
                let mut unit = store.begin(actor, Environment::system().now()).await?;
                let before = store.settings().await?;
                let after = changed(&before, &changes)?;
                unit.set_settings(&after).await?;
                let audit =
                    Audit { action: "pool.set", object: "pool".to_owned(), before: Value::Object(object(&before)), after: Value::Object(object(&after)) };
                unit.commit(audit).await?;
                Ok("Set; every server has it within a second.\n".to_owned())
            }
        }
    }
}

fn object(settings: &PoolSettings) -> Map<String, Value> {
    match serde_json::to_value(settings) {
        Ok(Value::Object(object)) => object,
        _ => Map::new(),
    }
}

fn line(value: &Value) -> String {
    value.as_str().map_or_else(|| format!("{value}\n"), |text| format!("{text}\n"))
}

fn unknown(key: &str, settings: &Map<String, Value>) -> Failure {
    let known: Vec<_> = settings.keys().map(String::as_str).collect();
    Failure::new(format!("there is no pool-wide setting {key}; there are: {}", known.join(", ")))
}

fn changed(before: &PoolSettings, changes: &[String]) -> Result<PoolSettings, Failure> {
    let mut settings = object(before);
    for change in changes {
        let (key, text) = change.split_once('=').ok_or_else(|| Failure::new(format!("{change:?} is no KEY=VALUE")))?;
        let Some(value) = settings.get_mut(key) else { return Err(unknown(key, &settings)) };
        *value = if value.is_string() {
            Value::from(text)
        } else {
            let number: u64 = text.parse().map_err(|_| Failure::new(format!("{key}: a number was expected, found {text:?}")))?;
            Value::from(number)
        };
    }
    let after: PoolSettings = serde_json::from_value(Value::Object(settings)).map_err(|error| Failure::new(error.to_string()))?;
    after.check().map_err(|(key, why)| Failure::new(format!("{key}: {why}")))?;
    Ok(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_checked_as_a_whole() {
        let set = |changes: &[&str]| {
            let changes: Vec<_> = changes.iter().map(|change| (*change).to_owned()).collect();
            changed(&PoolSettings::default(), &changes).map_err(|failure| failure.to_string())
        };
        let after = set(&["name=Acme = Sons", "history_chunk=50"]).unwrap();
        assert_eq!((after.name.as_str(), after.history_chunk), ("Acme = Sons", 50));
        assert_eq!(set(&["history_chunk=0"]).unwrap_err(), "history_chunk: 1 to 500, not 0");
        assert_eq!(set(&["history_chunk=ten"]).unwrap_err(), "history_chunk: a number was expected, found \"ten\"");
        assert!(set(&["colour=red"]).unwrap_err().starts_with("there is no pool-wide setting colour"));
        assert!(set(&["name"]).unwrap_err().contains("KEY=VALUE"));
    }
}
