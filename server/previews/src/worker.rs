//! The process that decodes one image: it takes the image from standard input, and answers on
//! standard output with a line of JSON and the previews' bytes one behind the other.

use std::io::{self, Read, Write};

use rlimit::Resource;
use serde::{Deserialize, Serialize};

use crate::{Failed, Preview, Previews, decode};

/// The most bytes of an image that are read.
pub const INPUT: u64 = 128 * 1024 * 1024;
/// Memory of the whole process.
const MEMORY: u64 = 1536 * 1024 * 1024;
const CPU_SECONDS: u64 = 20;
/// Should that not end it.
const MORE_SECONDS: u64 = 5;

#[derive(Debug, Serialize, Deserialize)]
pub struct Answer {
    pub width: u32,
    pub height: u32,
    pub sizes: Vec<Size>,
}

/// A preview, but for its bytes.
#[derive(Debug, Serialize, Deserialize)]
pub struct Size {
    pub edge: u32,
    pub width: u32,
    pub height: u32,
    pub png: bool,
    pub length: u64,
}

/// All that the process does.
///
/// # Errors
/// Where the limits can't be set, or one of the streams is gone. An image that can't be read is an answer.
pub fn work() -> io::Result<()> {
    limit()?;
    let mut image = Vec::new();
    let read = io::stdin().lock().take(INPUT + 1).read_to_end(&mut image)?;
    let made = if read as u64 > INPUT { Err(Failed::TooLarge(format!("more than {INPUT} bytes"))) } else { decode::make(&image) };
    drop(image);
    let answer = made.as_ref().map(Answer::of);
    let mut output = io::stdout().lock();
    serde_json::to_writer(&mut output, &answer)?;
    output.write_all(b"\n")?;
    for size in made.iter().flat_map(|made| &made.sizes) {
        output.write_all(&size.bytes)?;
    }
    output.flush()
}

/// It can write no file, start no process, and takes only so much of the machine.
fn limit() -> io::Result<()> {
    for (resource, most) in [(Resource::AS, MEMORY), (Resource::FSIZE, 0), (Resource::CORE, 0), (Resource::NOFILE, 16)] {
        rlimit::setrlimit(resource, most, most)?;
    }
    // A limit that says of itself that it was the processor: SIGXCPU comes before SIGKILL.
    rlimit::setrlimit(Resource::CPU, CPU_SECONDS, CPU_SECONDS + MORE_SECONDS)
}

impl Answer {
    pub fn of(made: &Previews) -> Self {
        let size = |preview: &Preview| Size {
            edge: preview.edge,
            width: preview.width,
            height: preview.height,
            png: preview.content_type == "image/png",
            length: preview.bytes.len() as u64,
        };
        Self { width: made.width, height: made.height, sizes: made.sizes.iter().map(size).collect() }
    }
}
