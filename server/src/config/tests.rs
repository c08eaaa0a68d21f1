use super::*;

fn load(file: Option<&str>, environment: &[(&str, &str)]) -> Result<Loaded, String> {
    load_in(&tempfile::tempdir().unwrap(), file, environment)
}

fn load_in(folder: &tempfile::TempDir, file: Option<&str>, environment: &[(&str, &str)]) -> Result<Loaded, String> {
    let path = folder.path().join("stoa.toml");
    let overrides = Overrides { config: file.is_some().then(|| path.clone()), data: None };
    if let Some(text) = file {
        std::fs::write(&path, text).unwrap();
    }
    let environment = environment.iter().map(|(name, value)| ((*name).into(), (*value).into()));
    Config::load_with(&overrides, serde_json::json!({}), environment).map_err(|error| error.to_string().replace(&folder.path().display().to_string(), ""))
}

#[test]
fn every_setting_is_known_by_name() {
    let mut keys = Vec::new();
    let defaults = serde_json::to_value(Config::default()).unwrap();
    for (key, value) in defaults.as_object().unwrap() {
        match value.as_object() {
            Some(section) => keys.extend(section.keys().map(|inner| format!("{key}.{inner}"))),
            None => keys.push(key.clone()),
        }
    }
    keys.sort();
    let mut known = source::KEYS.to_vec();
    known.sort_unstable();
    assert_eq!(keys, known);
}

#[test]
fn the_environment_stands_over_the_file() {
    let file = "listen = \"127.0.0.1:1\"\ndrain = 9\n[proxy]\ntrusted = [\"10.0.0.0/8\", \"::1\"]\n";
    let folder = tempfile::tempdir().unwrap();
    let environment = [
        ("STOA_LISTEN", "0.0.0.0:2"),
        ("STOA_LIMITS_CONNECTIONS", "7"),
        ("STOA_SERVICES", "lookup, channel"),
        ("STOA_BENCH_PASSWORD", "x"),
        ("STOA_BIN", "x"),
        ("STOA_PORT_8080_TCP", "x"),
        ("OTHER", "x"),
    ];
    let loaded = load_in(&folder, Some(file), &environment).unwrap();
    assert_eq!(loaded.config.listen.as_str(), "0.0.0.0:2");
    assert_eq!(loaded.config.drain, 9);
    assert_eq!(loaded.config.limits.connections, 7);
    assert_eq!(loaded.config.services, [Service::Lookup, Service::Channel]);
    assert!(loaded.config.proxy.trusts([10, 1, 2, 3].into()));
    assert!(!loaded.config.proxy.trusts([11, 1, 2, 3].into()));
    let shown = loaded.show();
    assert!(shown.contains("environment variable STOA_LISTEN"), "{shown}");
    assert!(shown.contains("stoa.toml, line 2"), "{shown}");
    assert!(shown.contains("# default"), "{shown}");
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let wrong = |file, expected: &str| {
        let told = load(Some(file), &[]).err().unwrap();
        assert!(told.starts_with(expected), "{told}");
    };
    wrong("data = \"x\"\nlistne = \"y\"\n", "/stoa.toml, line 2: listne: there is no such setting (expected one of: listen, ");
    wrong("[tls]\n\ncertificat = \"y\"\n", "/stoa.toml, line 3: tls.certificat: there is no such setting");
    wrong("[limits]\nconnections = \"many\"\n", "/stoa.toml, line 2: limits.connections: expected usize, found string \"many\"");
    wrong("listen = \"here\"\n", "/stoa.toml, line 1: listen: \"here\" is no ADDRESS:PORT");
    wrong("services = [\"lookup\", \"tea\"]\n", "/stoa.toml, line 1: services");
    wrong("[tls]\nkey = \"k\"\n", "/stoa.toml, line 2: tls.key: needs tls.certificate");
    wrong("a = [\n\nb", "/stoa.toml, line 3: no TOML");
    wrong("public_url = \"https://a/b\"", "/stoa.toml, line 1: public_url: \"https://a/b\" is no address such as");
    wrong("[s3]\nbucket = \"a/b\"", "/stoa.toml, line 2: s3.bucket: expected the name of a bucket");
    wrong("[s3]\nregion = \"r\"", "/stoa.toml, line 2: s3.region: needs s3.bucket beside it");
    let s3 = |more: &str, expected: &str| {
        let told = load(Some(&format!("[s3]\nbucket = \"b\"\n{more}")), &[]).err().unwrap();
        assert!(told.starts_with(&format!("/stoa.toml, line 3: {expected}")), "{told}");
    };
    s3("endpoint = \"s3.example\"", "s3.endpoint: expected an address such as https://s3.example.com");
    s3("endpoint = \"https://k:s3cret@s3.example\"", "s3.endpoint: expected an address");
    s3("endpoint = \"http://s3.example\"", "s3.endpoint: would be spoken to without TLS");
    s3("prefix = \"/a/../b\"", "s3.prefix: expected names with slashes");
    s3("access_key = \"k\"", "s3.access_key: needs s3.secret_key or s3.secret_key_file");
    s3("secret_key = \"s\"", "s3.secret_key: needs s3.access_key");
    s3("path_style = \"maybe\"", "s3.path_style: expected a boolean, found string \"maybe\"");
    s3("timeout = 0", "s3.timeout: expected at least 1 second");
    wrong("[database]\nurl = \"mysql://x\"", "/stoa.toml, line 2: database.url: expected an address such as postgres://");
    let told = load(None, &[("STOA_LOG_FORMAT", "xml")]).err().unwrap();
    assert!(told.starts_with("environment variable STOA_LOG_FORMAT: log.format: \"xml\" is not one of"), "{told}");
    let told = load(None, &[("STOA_LISTNE", "0.0.0.0:2")]).err().unwrap();
    assert_eq!(told, "environment variable STOA_LISTNE: there is no such setting");
    let told = load(Some("[database]\nurl_file = \"url\"\n"), &[("STOA_DATABASE_URL", "postgres://db/stoa")]).err().unwrap();
    assert_eq!(told, "database.url_file: stands beside database.url; set only one of them");
}

#[test]
fn an_environment_that_is_no_text_is_borne() {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt as _;
    let bytes = || OsString::from_vec(vec![b'a', 0xff]);
    let load = |name: OsString| Config::load_with(&Overrides::default(), serde_json::json!({}), [(name, bytes())]);
    assert!(load("PATH".into()).is_ok() && load(bytes()).is_ok(), "what others set is none of our business");
    assert_eq!(load("STOA_DATA".into()).err().unwrap().to_string(), "environment variable STOA_DATA: its value isn't UTF-8");
}

#[test]
fn a_password_is_never_shown() {
    let loaded = load(Some("[database]\nurl = \"postgres://stoa:s3cret@db:5432/stoa?sslpassword=s3cret\"\n"), &[]).unwrap();
    assert!(!loaded.show().contains("s3cret"));
    assert!(!format!("{:?}", loaded.config).contains("s3cret"));
    assert!(loaded.show().contains("postgres://stoa:***@db:5432/stoa?***"));
}

#[test]
fn the_key_of_a_store_is_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    std::fs::write(&file, "s3cret\n").unwrap();
    let settings = format!("[s3]\nbucket = \"b\"\nendpoint = \"http://127.0.0.1:9000/\"\naccess_key = \"k\"\nsecret_key_file = {:?}\n", file.display());
    let loaded = load_in(&folder, Some(&settings), &[("STOA_S3_TIMEOUT", "7"), ("STOA_S3_PATH_STYLE", "false")]).unwrap();
    let store = loaded.config.s3.store().unwrap();
    assert_eq!(store.keys.as_ref().map(|keys| (keys.access.as_str(), keys.secret.as_str())), Some(("k", "s3cret")));
    assert_eq!((store.timeout.as_secs(), store.path_style, store.endpoint.as_deref()), (7, false, Some("http://127.0.0.1:9000")));
    let shown = loaded.show();
    assert!(!shown.contains("s3cret") && !format!("{:?}{store:?}", loaded.config).contains("s3cret"), "{shown}");
    let line = shown.lines().find(|line| line.starts_with("s3.secret_key = \"***\"")).unwrap();
    assert!(line.contains("stoa.toml, line 5"), "{line}");
    let both = [("STOA_S3_SECRET_KEY", "x")];
    assert_eq!(load_in(&folder, Some(&settings), &both).err().unwrap(), "s3.secret_key_file: stands beside s3.secret_key; set only one of them");
    std::fs::write(&file, " \n").unwrap();
    assert!(load_in(&folder, Some(&settings), &[]).err().unwrap().starts_with("s3.secret_key_file: "));
    let keys = [("STOA_S3_BUCKET", "b"), ("STOA_S3_ACCESS_KEY", "k"), ("STOA_S3_SECRET_KEY", "s")];
    let store = load(None, &keys).unwrap().config.s3.store().unwrap();
    assert!(!store.path_style && store.endpoint.is_none() && store.open().is_ok());
    assert!(load(None, &[]).unwrap().config.s3.store().is_none());
}

#[test]
fn a_public_url_is_an_origin() {
    let origin = |text: &str| PublicUrl::try_from(text.to_owned()).map(|url| url.to_string());
    assert_eq!(origin("https://Chat.Example.com:443/").as_deref(), Ok("https://chat.example.com"));
    assert_eq!(origin("http://chat:8080").as_deref(), Ok("http://chat:8080"));
    assert!(origin("ftp://chat").is_err() && origin("https://u@chat").is_err() && origin("chat").is_err());
}
