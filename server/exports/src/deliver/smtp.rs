//! Mails by SMTP, one for each file. Which the server has taken stands in the staging folder.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, SystemTime};

use lettre::address::Envelope;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::Credentials as Account;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use stoa_domain::archive::adapter::{Mail, Security};
use stoa_domain::time::Timestamp;

use super::credentials::Credentials;
use super::{Outgoing, blocking};
use crate::error::{ExportError, Result};
use crate::form::wrapped;
use crate::{Delivered, Site, Staged};

const CONNECT: Duration = Duration::from_secs(60);
/// For a whole mail, the answer included.
const SENDING: Duration = Duration::from_secs(600);
/// Within the staging folder: names of mails that were taken.
const SENT: &str = "sent";
/// Of an answer of the server, as much as is told.
const ANSWER: usize = 300;
/// A manifest that is larger stays here.
const MANIFEST: u64 = 10 * 1024 * 1024;

type Transport = AsyncSmtpTransport<Tokio1Executor>;

pub async fn deliver(staged: &Staged, mail: &Mail, site: &Site) -> Result<Delivered> {
    let transport = open(mail, site)?;
    let address = |text: &String| text.parse::<Address>().map_err(|_| ExportError::Settings(format!("{text} is no address")));
    let to = mail.to.iter().map(address).collect::<Result<Vec<_>>>()?;
    let envelope = Envelope::new(Some(address(&mail.from)?), to).map_err(|error| ExportError::Settings(error.to_string()))?;
    let folder = staged.folder.clone();
    let sent = blocking(move || Sent::open(&folder)).await?;
    let mut delivered = Delivered::default();
    for file in staged.all()? {
        let file = file?;
        if sent.has(&file.name) {
            delivered.sent_before += 1;
            continue;
        }
        let content = tokio::fs::read(&file.path).await?;
        send(&transport, &envelope, &content).await?;
        sent.add(&file, &mut delivered).await?;
    }
    let manifest = staged.manifest_out()?;
    if sent.has(&manifest.name) {
        delivered.sent_before += 1;
    } else if manifest.bytes <= MANIFEST {
        let content = tokio::fs::read(&manifest.path).await?;
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_millis());
        let at = Timestamp::from_millis(i64::try_from(now).unwrap_or_default());
        let to = mail.to.first().map(String::as_str).unwrap_or_default();
        send(&transport, &envelope, &wrapped(&mail.from, to, &manifest.name, &staged.host, at, &content)?).await?;
        sent.add(&manifest, &mut delivered).await?;
    }
    Ok(delivered)
}

fn open(mail: &Mail, site: &Site) -> Result<Transport> {
    // The client wants one before it speaks to anybody. It fails only if it was done already.
    drop(rustls::crypto::ring::default_provider().install_default());
    let settings = |error: Error| ExportError::Settings(error.to_string());
    let tls = match mail.security {
        Security::None => Tls::None,
        // Never without: a server that doesn't offer it gets no mail.
        Security::Starttls => Tls::Required(TlsParameters::new(mail.host.clone()).map_err(settings)?),
        Security::Tls => Tls::Wrapper(TlsParameters::new(mail.host.clone()).map_err(settings)?),
    };
    let mut builder = Transport::builder_dangerous(&mail.host).port(mail.port()).timeout(Some(CONNECT)).tls(tls);
    if let Some(found) = Credentials::find(site, mail.credentials.as_deref())? {
        builder = builder.credentials(Account::new(found.user, found.secret));
    }
    Ok(builder.build())
}

async fn send(transport: &Transport, envelope: &Envelope, content: &[u8]) -> Result<()> {
    // The client itself waits for an answer as long as the line is there.
    match tokio::time::timeout(SENDING, transport.send_raw(envelope, content)).await {
        Ok(sent) => sent.map(drop).map_err(failed),
        Err(late) => Err(ExportError::Away(late.into())),
    }
}

fn failed(error: Error) -> ExportError {
    let told = || text_of(&error);
    if error.is_permanent() || error.is_transient() {
        // Both are an answer: the second one only says that another one may come later.
        ExportError::Refused(told())
    } else if error.is_tls() || error.is_client() {
        ExportError::Refused(format!("no line that is safe comes about: {}", told()))
    } else {
        ExportError::Away(error.into())
    }
}

/// What it says and why, on one line.
fn text_of(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let why = cause.to_string();
        if !text.contains(&why) {
            text = format!("{text}: {why}");
        }
        source = cause.source();
    }
    crate::text::line(&text).chars().take(ANSWER).collect()
}

/// What was taken: written down after each mail, before the next one is sent.
struct Sent {
    names: HashSet<String>,
    file: File,
}

impl Sent {
    fn open(folder: &Path) -> Result<Self> {
        let path = folder.join(SENT);
        let before = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error.into()),
        };
        // A line that broke off isn't a name.
        let whole = before.rfind('\n').map_or(0, |end| end + 1);
        let names = before[..whole].lines().map(ToOwned::to_owned).collect();
        let mut file = File::options().create(true).append(true).open(path)?;
        if whole < before.len() {
            file.write_all(b"\n")?;
        }
        Ok(Self { names, file })
    }

    fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    async fn add(&self, file: &Outgoing, delivered: &mut Delivered) -> Result<()> {
        let (mut into, line) = (self.file.try_clone()?, format!("{}\n", file.name));
        blocking(move || {
            into.write_all(line.as_bytes())?;
            Ok(into.sync_data()?)
        })
        .await?;
        delivered.files += 1;
        delivered.bytes += file.bytes;
        Ok(())
    }
}
