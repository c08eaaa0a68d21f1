//! The targets on what is known to be interesting, and on a few thousand mutations of it, the
//! same ones each time. On any compiler; cargo-fuzz looks longer, and where it hasn't been.

#![allow(clippy::unwrap_used)]

use std::path::Path;

/// Mutations of each target's corpus.
const ROUNDS: usize = 8_000;
/// What is put in by a mutation: what means something to one of the parsers.
const WORDS: [&[u8]; 37] = [
    b"{",
    b"}",
    b"\"",
    b"[",
    b"]",
    b":",
    b",",
    b"null",
    b"-1",
    b"9223372036854775808",
    b"\\u0000",
    b"\"op\":\"ping\"",
    b"\"ev\":",
    b"<",
    b"](",
    b"&",
    b"**",
    b"`",
    b"\n> ",
    b"\n- ",
    b"@mira",
    b"https://",
    b"\xe2\x80\xae",
    b"\xcc\x81",
    b"\xff",
    b"\x81\xfe",
    b"\x88\x80",
    b"\x00\x80",
    b"\r\n--XX",
    b"\r\n\r\n",
    b"filename=\"",
    b"filename*=UTF-8''%C3",
    b"bytes=0-",
    b"18446744073709551616",
    b"sha256 ",
    b", sha-256=:",
    b"=:,",
];

/// SplitMix64: no dependency, and the same numbers everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    /// A number below `end`; 0 below 0.
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.roll() % (end.max(1) as u64)).unwrap()
    }
}

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{target} has no corpus");
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

fn mutated(dice: &mut Dice, corpus: &[Vec<u8>]) -> Vec<u8> {
    let mut data = corpus[dice.below(corpus.len())].clone();
    for _ in 0..=dice.below(6) {
        let at = dice.below(data.len() + 1);
        let end = (at + dice.below(40)).min(data.len());
        match dice.below(7) {
            0 if at < data.len() => data[at] ^= 1 << dice.below(8),
            1 if at < data.len() => data[at] = dice.roll().to_le_bytes()[0],
            2 => drop(data.drain(at..end)),
            3 => {
                let again = data[at..end].to_vec();
                data.splice(at..at, again);
            }
            4 => {
                let other = &corpus[dice.below(corpus.len())];
                data.truncate(at);
                data.extend_from_slice(&other[dice.below(other.len() + 1)..]);
            }
            _ => drop(data.splice(at..at, WORDS[dice.below(WORDS.len())].iter().copied())),
        }
    }
    data
}

fn run(target: &str) {
    let (_, check) = stoa_fuzz::TARGETS.into_iter().find(|(name, _)| *name == target).unwrap();
    let corpus = corpus(target);
    corpus.iter().for_each(|data| check(data));
    let mut dice = Dice(1);
    for round in 0..ROUNDS {
        let data = mutated(&mut dice, &corpus);
        // Without a message of its own a failure would not tell by what.
        let caught = std::panic::catch_unwind(|| check(&data));
        assert!(caught.is_ok(), "{target}, mutation {round}: {:?}", String::from_utf8_lossy(&data));
    }
}

#[test]
fn frames() {
    run("frame");
}

#[test]
fn markdown() {
    run("markdown");
}

#[test]
fn names() {
    run("name");
}

#[test]
fn ranges() {
    run("range");
}

#[test]
fn sockets() {
    run("socket");
}

#[test]
fn uploads_in_parts() {
    run("tus");
}

#[test]
fn uploads() {
    run("upload");
}

/// A target that nobody runs finds nothing.
#[test]
fn every_target_is_run() {
    let here = include_str!("corpus.rs");
    for (name, _) in stoa_fuzz::TARGETS {
        assert!(here.contains(&format!("run(\"{name}\")")), "{name}");
    }
}
