//! How the archive is handed to other products: in which form, where to and how often.

mod check;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::room::words;

pub use check::{SECONDS, is_name};

/// One way out of the archive. Several stand beside each other, each with its own position.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Adapter {
    /// What its files begin with: letters of ASCII, digits, dashes and underscores.
    pub name: String,
    #[serde(default = "yes")]
    pub enabled: bool,
    pub format: Format,
    pub destination: Destination,
    /// Seconds from run to run: 60 (a minute) to 2,592,000 (30 days).
    #[serde(default = "quarter")]
    pub interval: u32,
}

const fn yes() -> bool {
    true
}

const fn quarter() -> u32 {
    15 * 60
}

/// What its files look like. The schema of each stands in `server/exports/schemas`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Format {
    /// The XML of the original Group Chat.
    GroupChat(GroupChat),
    /// The XML that Actiance's products read.
    Actiance(Actiance),
    /// Mails, one for each room and day.
    Eml(Eml),
    /// A record on each line, with all that it says.
    JsonLines {},
    /// A record on each line, for spreadsheets too.
    Csv {},
}

words! {
    Dialect {
        /// Valid against the published schema. What that has no words for is listed in the manifest.
        Strict = "strict",
        /// With words of our own for all else.
        Extended = "extended",
    }
}

/// Its defaults are those of the original.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct GroupChat {
    pub dialect: Dialect,
    pub one_room_per_file: bool,
    /// People by their display names, with their addresses; else only by how they sign in.
    pub user_details: bool,
    /// Rooms by their names; else only by their addresses.
    pub room_details: bool,
    /// Uploaded files beside the XML, with a list that ends in `.ATTACH`.
    pub files: bool,
    /// A stylesheet in the server's folder of them, applied to each file: its name there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stylesheet: Option<String>,
}

impl Default for GroupChat {
    fn default() -> Self {
        Self { dialect: Dialect::Strict, one_room_per_file: false, user_details: false, room_details: false, files: false, stylesheet: None }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Actiance {
    pub one_room_per_file: bool,
    /// Uploaded files beside the XML.
    pub files: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stylesheet: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Eml {
    /// From which address; `compliance@` the pool's domain unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Uploaded files within the mails.
    pub attachments: bool,
}

/// Where files go. What only the server's administrator may say (folders of the machine, secrets) is
/// named here, and stands in the server's configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Destination {
    /// Below the server's folder of exports; empty for that folder itself.
    Folder {
        #[serde(default)]
        path: String,
    },
    S3(Bucket),
    /// A mail for each file of the format `eml`.
    Smtp(Mail),
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Bucket {
    pub bucket: String,
    /// `https://s3.example.com`; Amazon's own unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// What all names begin with there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// The name of the keys in the server's configuration; what the machine itself may unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials: Option<String>,
    /// Whether the bucket stands in the path, and not in the name of the host.
    #[serde(default)]
    pub path_style: bool,
}

words! {
    /// How a line to a mail server is kept secret.
    Security {
        /// From its first byte on.
        Tls = "tls",
        /// Before anything else is said.
        Starttls = "starttls",
        /// Not at all.
        None = "none",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Mail {
    pub host: String,
    /// 465 with `tls`, 587 with `starttls`, else 25, unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    #[serde(default = "starttls")]
    pub security: Security,
    /// The name of the account in the server's configuration; none where the server asks for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials: Option<String>,
    /// To whom the server gives them back if it can't deliver.
    pub from: String,
    pub to: Vec<String>,
}

const fn starttls() -> Security {
    Security::Starttls
}

impl Mail {
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.security {
            Security::Tls => 465,
            Security::Starttls => 587,
            Security::None => 25,
        })
    }
}

impl Format {
    /// Its word, as it stands in settings and manifests.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::GroupChat(_) => "group_chat",
            Self::Actiance(_) => "actiance",
            Self::Eml(_) => "eml",
            Self::JsonLines {} => "json_lines",
            Self::Csv {} => "csv",
        }
    }

    #[must_use]
    pub fn stylesheet(&self) -> Option<&str> {
        match self {
            Self::GroupChat(options) => options.stylesheet.as_deref(),
            Self::Actiance(options) => options.stylesheet.as_deref(),
            _ => None,
        }
    }

    /// Whether what people uploaded goes with it.
    #[must_use]
    pub const fn has_files(&self) -> bool {
        match self {
            Self::GroupChat(options) => options.files,
            Self::Actiance(options) => options.files,
            Self::Eml(options) => options.attachments,
            _ => false,
        }
    }
}

impl Destination {
    /// By which name the server's configuration knows the secret that it needs.
    #[must_use]
    pub fn credentials(&self) -> Option<&str> {
        match self {
            Self::Folder { .. } => None,
            Self::S3(bucket) => bucket.credentials.as_deref(),
            Self::Smtp(mail) => mail.credentials.as_deref(),
        }
    }
}
