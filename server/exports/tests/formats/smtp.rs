//! Mails to a real server (aiosmtpd), which does what it is told.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Stdio};

use serde_json::{Value, json};
use stoa_domain::archive::adapter::Adapter;
use stoa_exports::Staged;

use crate::sample::{Ground, one_of_each};
use crate::validators;

/// One that was free a moment ago.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Says each mail that it took on a line. Refuses the mail of this number, and everybody at `refused.example`.
const SERVER: &str = r#"
import asyncio, json, ssl, sys
from aiosmtpd.smtp import SMTP, AuthResult
refuse = int(sys.argv[2])
count = 0
class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.endswith("@refused.example"):
            return "550 5.1.1 nobody here\r\n of this name"
        envelope.rcpt_tos.append(address)
        return "250 OK"
    async def handle_DATA(self, server, session, envelope):
        global count
        count += 1
        if count == refuse:
            return "452 4.3.1 mailbox full"
        print(json.dumps({"from": envelope.mail_from, "to": envelope.rcpt_tos, "content": envelope.original_content.decode("ascii")}), flush=True)
        return "250 taken"
def login(server, session, envelope, mechanism, data):
    return AuthResult(success=data.login == b"stoa" and data.password == b"good", handled=False)
async def main():
    loop = asyncio.get_running_loop()
    extra = {"auth_required": True, "auth_require_tls": False, "authenticator": login} if sys.argv[3] == "auth" else {}
    safe, wrapped = None, None
    if sys.argv[4] != "none":
        safe = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        safe.load_cert_chain(sys.argv[5] + "/cert.pem", sys.argv[5] + "/key.pem")
    if sys.argv[4] == "starttls":
        extra |= {"tls_context": safe, "require_starttls": True}
    elif sys.argv[4] == "tls":
        wrapped = safe
    server = await loop.create_server(lambda: SMTP(Handler(), hostname="test", **extra), "127.0.0.1", int(sys.argv[1]), ssl=wrapped)
    print("ready", flush=True)
    await server.serve_forever()
asyncio.run(main())
"#;

struct Server {
    child: Child,
    lines: BufReader<ChildStdout>,
    port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Server {
    fn start(refuse: usize, auth: &str) -> Self {
        Self::safe(refuse, auth, "none", "")
    }

    /// With a certificate out of this folder.
    fn safe(refuse: usize, auth: &str, security: &str, folder: &str) -> Self {
        let port = free_port();
        let mut command = validators::python();
        command.arg("-c").arg(SERVER).args([&port.to_string(), &refuse.to_string(), auth, security, folder]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut server = Self { lines: BufReader::new(child.stdout.take().unwrap()), child, port };
        assert_eq!(server.line().trim(), "ready");
        server
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        line
    }

    fn mails(&mut self, count: usize) -> Vec<Value> {
        (0..count).map(|_| serde_json::from_str(&self.line()).unwrap()).collect()
    }

    fn adapter(&self, change: impl FnOnce(&mut Value)) -> Adapter {
        let mut destination = json!({ "kind": "smtp", "host": "127.0.0.1", "port": self.port, "security": "none", "from": "stoa@example.com", "to": ["journal@archive.example", "second@archive.example"] });
        change(&mut destination);
        serde_json::from_value(json!({ "name": "bank", "format": { "kind": "eml", "attachments": true }, "destination": destination })).unwrap()
    }
}

#[tokio::test]
async fn each_mail_is_sent_once_even_when_one_is_refused_meanwhile() {
    let mut server = Server::start(2, "open");
    let adapter = server.adapter(|_| ());
    let ground = Ground::new();
    let staged = ground.run(&adapter, &one_of_each()).unwrap();
    let failed = staged.deliver(&adapter.destination, &ground.site).await.unwrap_err();
    assert_eq!(failed.code(), "refused");
    assert!(failed.public().contains("mailbox full"), "{}", failed.public());
    // Also by a process that comes after the one that was refused.
    let again = Staged::reopen(&ground.folder.path().join("staging"), "example.com").unwrap().unwrap();
    let delivered = again.deliver(&adapter.destination, &ground.site).await.unwrap();
    assert_eq!((delivered.files, delivered.sent_before), (3, 1));
    let mails = server.mails(4);
    let mut ids = Vec::new();
    for mail in &mails {
        assert_eq!((&mail["from"], &mail["to"]), (&json!("stoa@example.com"), &json!(["journal@archive.example", "second@archive.example"])));
        ids.push(validators::mail(mail["content"].as_str().unwrap().as_bytes())["headers"]["Message-ID"].to_string());
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 4);
    // Exactly as it lies in staging, and the manifest last.
    let staged = std::fs::read(ground.folder.path().join("staging/out/x-01900000-0000-7000-8000-0000000003e9-2026-11-24.eml")).unwrap();
    assert_eq!(mails[0]["content"].as_str().unwrap().trim_end().as_bytes(), String::from_utf8(staged).unwrap().trim_end().as_bytes());
    let last = validators::mail(mails[3]["content"].as_str().unwrap().as_bytes());
    assert_eq!(last["attachments"][0], json!(["bank-000000000001-000000000027.manifest.json", "application/json", again.summary().manifest_sha256]));
    let delivered = again.deliver(&adapter.destination, &ground.site).await.unwrap();
    assert_eq!((delivered.files, delivered.sent_before), (0, 4));
}

#[tokio::test]
async fn a_server_that_refuses_says_why_and_one_that_is_gone_is_away() {
    let server = Server::start(0, "open");
    let ground = Ground::new();
    let adapter = server.adapter(|to| to["to"] = json!(["x@refused.example"]));
    let staged = ground.run(&adapter, &one_of_each()).unwrap();
    let failed = staged.deliver(&adapter.destination, &ground.site).await.unwrap_err();
    assert!(failed.code() == "refused" && failed.public().contains("nobody here"), "{}", failed.public());
    assert!(!failed.public().contains('\n'));
    let port = server.port;
    drop(server);
    let failed = staged.deliver(&adapter.destination, &ground.site).await.unwrap_err();
    assert_eq!((failed.code(), failed.public().as_str()), ("away", "The destination doesn't answer."), "port {port}");
}

#[tokio::test]
async fn nothing_goes_over_a_line_that_is_not_safe() {
    let ground = Ground::new();
    std::fs::write(ground.folder.path().join("secrets/mail"), "stoa\ngood\n").unwrap();
    for security in ["starttls", "tls"] {
        let server = Server::start(0, "auth");
        let adapter = server.adapter(|to| {
            to["security"] = json!(security);
            to["credentials"] = json!("mail");
        });
        let staged = ground.run(&adapter, &one_of_each()).unwrap();
        let failed = staged.deliver(&adapter.destination, &ground.site).await.unwrap_err();
        assert!(["refused", "away"].contains(&failed.code()), "{failed}");
        assert!(!failed.to_string().contains("good"));
        assert!(!ground.folder.path().join("staging/sent").exists() || std::fs::read(ground.folder.path().join("staging/sent")).unwrap().is_empty());
    }
    let server = Server::start(0, "auth");
    let open = server.adapter(|_| ());
    let staged = ground.run(&open, &one_of_each()).unwrap();
    assert_eq!(staged.deliver(&open.destination, &ground.site).await.unwrap_err().code(), "refused", "it wants a password");
}

/// The clock stands, and jumps as soon as nobody does anything but wait.
#[tokio::test(start_paused = true)]
async fn a_server_that_says_nothing_is_away() {
    let ground = Ground::new();
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let to = json!({ "kind": "smtp", "host": "127.0.0.1", "port": silent.local_addr().unwrap().port(), "security": "none", "from": "a@b.example", "to": ["c@d.example"] });
    let adapter: Adapter = serde_json::from_value(json!({ "name": "bank", "format": { "kind": "eml" }, "destination": to })).unwrap();
    let staged = ground.run(&adapter, &one_of_each()).unwrap();
    assert_eq!(staged.deliver(&adapter.destination, &ground.site).await.unwrap_err().code(), "away");
}

/// In a process that trusts a certificate of its own; here again with a word that says so.
#[tokio::test]
async fn a_safe_line_carries_the_password_and_the_mails() {
    let Ok(folder) = std::env::var("STOA_TEST_CERTIFICATE") else {
        let folder = tempfile::tempdir().unwrap();
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        std::fs::write(folder.path().join("cert.pem"), made.cert.pem()).unwrap();
        std::fs::write(folder.path().join("key.pem"), made.signing_key.serialize_pem()).unwrap();
        let mut command = std::process::Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "smtp::a_safe_line_carries_the_password_and_the_mails", "--nocapture"]);
        let output = command.env("STOA_TEST_CERTIFICATE", folder.path()).env("SSL_CERT_FILE", folder.path().join("cert.pem")).output().unwrap();
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && told.contains("1 passed"), "{told}{}", String::from_utf8_lossy(&output.stderr));
        return;
    };
    for security in ["starttls", "tls"] {
        let mut server = Server::safe(0, "auth", security, &folder);
        let ground = Ground::new();
        let adapter = |host: &str, credentials: &str| {
            server.adapter(|to| {
                to["host"] = json!(host);
                to["security"] = json!(security);
                to["credentials"] = json!(credentials);
            })
        };
        for (name, password) in [("good", "good"), ("bad", "bad-password")] {
            std::fs::write(ground.folder.path().join("secrets").join(name), format!("stoa\n{password}\n")).unwrap();
        }
        let (good, bad, elsewhere) = (adapter("localhost", "good"), adapter("localhost", "bad"), adapter("127.0.0.1", "good"));
        let staged = ground.run(&good, &one_of_each()).unwrap();
        let failed = staged.deliver(&bad.destination, &ground.site).await.unwrap_err();
        assert!(failed.code() == "refused" && !failed.to_string().contains("bad-password"), "{security}: {failed}");
        // The certificate is another's.
        let failed = staged.deliver(&elsewhere.destination, &ground.site).await.unwrap_err();
        assert_ne!(failed.code(), "settings", "{security}: {failed}");
        let delivered = staged.deliver(&good.destination, &ground.site).await.unwrap();
        assert_eq!((delivered.files, delivered.sent_before), (4, 0), "{security}");
        assert_eq!(server.mails(4).len(), 4);
    }
}
