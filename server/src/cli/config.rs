//! `stoa config …`.

use crate::config::{Config, Overrides};
use crate::failure::Failure;

#[derive(Debug, clap::Subcommand)]
pub enum ConfigCommand {
    /// Says whether the settings can be used, and if not, where they are wrong.
    Check,
    /// Shows all settings, each with where it came from; secrets are masked.
    Show,
}

impl ConfigCommand {
    pub fn run(self, overrides: &Overrides) -> Result<(), Failure> {
        let loaded = Config::load(overrides, serde_json::json!({}))?;
        match self {
            Self::Check => {
                crate::tls::check(&loaded.config.tls)?;
                let from = loaded.file().map_or_else(|| "no file, so defaults".to_owned(), |file| file.display().to_string());
                println!("The settings are fine ({from}).");
            }
            Self::Show => print!("{}", loaded.show()),
        }
        Ok(())
    }
}
