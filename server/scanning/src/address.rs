//! Where a scanner listens.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// `tcp://host:port`, or `unix:/path`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// Host and port, as they are connected to.
    Tcp(String),
    Unix(PathBuf),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected tcp://host:port or unix:/path")]
pub struct NoAddress;

impl FromStr for Address {
    type Err = NoAddress;

    fn from_str(text: &str) -> Result<Self, NoAddress> {
        if let Some(path) = text.strip_prefix("unix:") {
            let path = PathBuf::from(path.strip_prefix("//").unwrap_or(path));
            return if path.is_absolute() { Ok(Self::Unix(path)) } else { Err(NoAddress) };
        }
        let place = text.strip_prefix("tcp://").ok_or(NoAddress)?.trim_end_matches('/');
        let (host, port) = place.rsplit_once(':').ok_or(NoAddress)?;
        // What has colons of its own stands in brackets.
        let host_is_one = !host.is_empty() && !host.contains('/') && (!host.contains(':') || (host.starts_with('[') && host.ends_with(']')));
        let port_is_one = port.parse::<u16>().is_ok_and(|port| port > 0);
        if host_is_one && port_is_one { Ok(Self::Tcp(place.to_owned())) } else { Err(NoAddress) }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(place) => write!(f, "tcp://{place}"),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_written() {
        for text in ["tcp://127.0.0.1:3310", "tcp://clamav:3310", "tcp://[::1]:3310", "unix:/run/clamav/clamd.ctl"] {
            assert_eq!(text.parse::<Address>().unwrap().to_string(), text);
        }
        assert_eq!("unix:///run/clamd".parse::<Address>().unwrap(), Address::Unix("/run/clamd".into()));
        for text in [
            "",
            "clamav:3310",
            "tcp://clamav",
            "tcp://:3310",
            "tcp://a:0",
            "tcp://a:x",
            "tcp://::1:3310",
            "tcp://a/b:1",
            "unix:clamd.ctl",
            "unix:",
            "http://a:1",
        ] {
            assert_eq!(text.parse::<Address>(), Err(NoAddress), "{text}");
        }
    }
}
