//! The process that makes previews: within its limits, and nothing that comes of it is believed.

use std::ffi::OsString;
use std::io::Cursor;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use stoa_previews::{Failed, Maker};

fn maker() -> Maker {
    Maker::new(PathBuf::from(env!("CARGO_BIN_EXE_stoa")), vec![OsString::from("preview")], 2)
}

/// A program that does something else instead.
fn instead(folder: &Path, script: &str) -> Maker {
    let program = folder.join("program");
    std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
    Maker::new(program, Vec::new(), 1)
}

/// The smallest PNG: one pixel.
const PIXEL: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0, 0x3a, 0x7e, 0x9b, 0x55, 0, 0,
    0, 10, b'I', b'D', b'A', b'T', 0x78, 0x9c, 0x63, 0x60, 0, 0, 0, 2, 0, 1, 0x48, 0xaf, 0xa4, 0x71, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60,
    0x82,
];

#[tokio::test]
async fn the_process_makes_what_the_server_asks_for() {
    let made = maker().make(Cursor::new(PIXEL)).await.unwrap();
    assert_eq!((made.width, made.height, made.sizes.len(), made.sizes[0].content_type), (1, 1, 1, "image/jpeg"));
    assert_eq!(maker().make(Cursor::new("<svg/>")).await, Err(Failed::Unknown));
    assert!(matches!(maker().make(Cursor::new(&PIXEL[..40])).await, Err(Failed::Broken(_))));
    // More than it takes; and it has answered long before the last byte.
    let endless = tokio::io::AsyncReadExt::take(tokio::io::repeat(0), 1 << 40);
    assert!(matches!(maker().make(endless).await, Err(Failed::TooLarge(_))));
}

#[tokio::test]
async fn a_process_that_goes_wrong_is_only_that() {
    let folder = tempfile::tempdir().unwrap();
    let image = || Cursor::new(PIXEL);
    let ended = |failed| matches!(failed, Err(Failed::Ended(_)));
    let line = r#"{"Ok":{"width":1,"height":1,"sizes":[{"edge":320,"width":1,"height":1,"png":true,"length":LENGTH}]}}"#;
    let said = |length: &str, bytes: &str| format!("cat >/dev/null; printf '%s\\n' '{}'; printf '{bytes}'", line.replace("LENGTH", length));
    for script in [
        "exit 1".to_owned(),
        "kill -SEGV $$".to_owned(),
        "cat >/dev/null; echo nonsense".to_owned(),
        "cat >/dev/null; head -c 100000 /dev/zero".to_owned(),
        said("8", "<script>"),
        said("20", r"\211PNG\r\n\032\n"),
        said("18446744073709551615", r"\211PNG\r\n\032\n"),
        format!("{}; exit 3", said("8", r"\211PNG\r\n\032\n")),
    ] {
        assert!(ended(instead(folder.path(), &script).make(image()).await), "{script}");
    }
    assert!(instead(folder.path(), &said("8", r"\211PNG\r\n\032\n")).make(image()).await.is_ok(), "the same that makes sense");
    let nowhere = Maker::new(folder.path().join("nothing"), Vec::new(), 1);
    assert!(matches!(nowhere.make(image()).await, Err(Failed::Unavailable(_))));
    // Whoever gives up waiting leaves no process behind.
    let pid = folder.path().join("pid");
    let sleeping = instead(folder.path(), &format!("echo $$ > {}.new; mv {0}.new {0}; exec sleep 600", pid.display()));
    let begun = async {
        while !pid.exists() {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        made = sleeping.make(image()) => panic!("{made:?}"),
        () = begun => {}
    }
    let process = PathBuf::from("/proc").join(std::fs::read_to_string(&pid).unwrap().trim());
    let since = Instant::now();
    while std::fs::read_to_string(process.join("stat")).is_ok_and(|stat| !stat.contains(") Z ")) {
        assert!(since.elapsed() < Duration::from_secs(10), "still there");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn the_process_gets_nothing_of_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let told = folder.path().join("told");
    let script = format!("cat >/dev/null; (pwd; env) > {}; exit 1", told.display());
    assert!(instead(folder.path(), &script).make(Cursor::new(PIXEL)).await.is_err());
    let told = std::fs::read_to_string(told).unwrap();
    assert_eq!(told.lines().next(), Some("/"));
    // What the shell itself sets.
    assert!(told.lines().skip(1).all(|line| ["PWD=", "OLDPWD=", "SHLVL=", "_="].iter().any(|own| line.starts_with(own))), "{told}");
}
