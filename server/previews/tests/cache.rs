//! What was made is made once, is found again, and goes when it is to.

#![allow(clippy::unwrap_used)]

use std::io::Cursor;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use stoa_previews::{Cache, Failed, Maker};
use uuid::Uuid;

/// A program that writes down that it ran, and answers this.
fn cache(folder: &Path, answer: &str, most: u64) -> Cache {
    let program = folder.join("program");
    std::fs::write(&program, format!("#!/bin/sh\ncat >/dev/null\necho ran >> {}/runs\n{answer}\n", folder.display())).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
    Cache::new(folder.join("kept"), Maker::new(program, Vec::new(), 2), most).unwrap()
}

fn runs(folder: &Path) -> usize {
    std::fs::read_to_string(folder.join("runs")).unwrap_or_default().lines().count()
}

async fn get(cache: &Cache, id: u128, edge: u32) -> Result<(u32, usize), Failed> {
    let image = async { Ok(Cursor::new(b"image")) };
    cache.get(Uuid::from_u128(id), edge, image).await.map(|preview| (preview.edge, preview.bytes.len()))
}

const TWO: &str = r#"printf '%s\n' '{"Ok":{"width":900,"height":600,"sizes":[{"edge":320,"width":320,"height":213,"png":false,"length":4},{"edge":960,"width":900,"height":600,"png":false,"length":6}]}}'
printf '\377\330\377a\377\330\377bcd'"#;

#[tokio::test(flavor = "multi_thread")]
async fn it_is_made_once_for_all_who_ask() {
    let folder = tempfile::tempdir().unwrap();
    let cache = cache(folder.path(), TWO, u64::MAX);
    assert_eq!(cache.extent(Uuid::from_u128(1)).await, None);
    let (one, two, three, four) = tokio::join!(get(&cache, 1, 320), get(&cache, 1, 960), get(&cache, 1, 1_920), get(&cache, 1, 320));
    assert_eq!([one, two, three, four], [Ok((320, 4)), Ok((960, 6)), Ok((960, 6)), Ok((320, 4))]);
    assert_eq!(runs(folder.path()), 1);
    let extent = cache.extent(Uuid::from_u128(1)).await.unwrap();
    assert_eq!((extent.width, extent.height), (900, 600));

    // What was cut off isn't there, and is made again.
    let kept = folder.path().join("kept").join(Uuid::from_u128(1).to_string());
    let bytes = std::fs::read(&kept).unwrap();
    std::fs::write(&kept, &bytes[..bytes.len() - 1]).unwrap();
    assert_eq!(get(&cache, 1, 960).await, Ok((960, 6)));
    assert_eq!(runs(folder.path()), 2);
    cache.forget(Uuid::from_u128(1)).await.unwrap();
    cache.forget(Uuid::from_u128(1)).await.unwrap();
    assert_eq!((cache.all().await.unwrap(), cache.extent(Uuid::from_u128(1)).await), (vec![], None));
}

#[tokio::test]
async fn what_there_is_none_of_is_remembered_but_not_what_went_wrong_here() {
    let folder = tempfile::tempdir().unwrap();
    let none = cache(folder.path(), r#"printf '%s\n' '{"Err":{"Broken":"x"}}'"#, u64::MAX);
    for _ in 0..2 {
        assert_eq!(get(&none, 1, 320).await, Err(Failed::Broken("x".to_owned())));
    }
    assert_eq!(runs(folder.path()), 1);
    let away = none.get(Uuid::from_u128(2), 320, async { Err::<Cursor<&[u8]>, _>(std::io::Error::other("the store is away")) }).await;
    assert_eq!(away, Err(Failed::Unavailable("the store is away".to_owned())));
    assert_eq!(none.all().await.unwrap(), [Uuid::from_u128(1)]);
}

/// The clock is stopped, and leaps over whatever is waited for: there is never time enough.
#[tokio::test(start_paused = true)]
async fn what_there_was_no_time_for_is_tried_again_later() {
    let folder = tempfile::tempdir().unwrap();
    let slow = folder.path().join("slow");
    std::fs::write(&slow, "").unwrap();
    let busy = format!("while [ -e {} ]; do sleep 0.01; done\n{TWO}", slow.display());
    let cache = cache(folder.path(), &busy, u64::MAX);
    assert_eq!(get(&cache, 1, 320).await, Err(Failed::Late));
    assert!(cache.all().await.unwrap().is_empty(), "nothing is known of the image");
    std::fs::remove_file(slow).unwrap();
    assert_eq!(get(&cache, 1, 320).await, Err(Failed::Late), "not at once");
    tokio::time::advance(std::time::Duration::from_secs(61)).await;
    tokio::time::resume();
    assert_eq!(get(&cache, 1, 320).await, Ok((320, 4)));
    let killed = folder.path().join("killed");
    std::fs::create_dir(&killed).unwrap();
    let cache = self::cache(&killed, "kill -KILL $$", u64::MAX);
    assert_eq!(get(&cache, 1, 320).await, Err(Failed::Late), "whoever did that, it wasn't the image");
    assert!(cache.all().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_nobody_has_looked_at_for_longest_goes_first() {
    let folder = tempfile::tempdir().unwrap();
    let cache = cache(folder.path(), TWO, 500);
    for id in 1..=3 {
        get(&cache, id, 320).await.unwrap();
        let file = std::fs::File::open(folder.path().join("kept").join(Uuid::from_u128(id).to_string())).unwrap();
        let age = std::time::Duration::from_secs(if id == 1 { 10 } else { 100 * u64::try_from(id).unwrap() });
        file.set_modified(std::time::SystemTime::now() - age).unwrap();
    }
    cache.trim().await.unwrap();
    let mut left = cache.all().await.unwrap();
    left.sort_unstable();
    assert_eq!(left, [Uuid::from_u128(1), Uuid::from_u128(2)]);
}
