//! The server's side: starts the process, feeds it, and believes nothing of what it answers.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::Command;
use tokio::sync::Semaphore;

use crate::worker::{Answer, INPUT};
use crate::{EDGES, Failed, Preview, Previews};

/// For one image, with all that waits for the machine. An image that takes long by itself runs into the limit of its process.
const PATIENCE: Duration = Duration::from_secs(30);
/// The line before the previews.
const LINE: u64 = 16 * 1024;
/// All previews of one image.
const OUTPUT: u64 = 64 * 1024 * 1024;
/// What the process said when it failed.
const TOLD: u64 = 2_000;

/// SIGKILL.
const KILLED: i32 = 9;

/// Makes previews, a few at a time.
#[derive(Debug)]
pub struct Maker {
    program: PathBuf,
    arguments: Vec<OsString>,
    turns: Semaphore,
}

impl Maker {
    /// With the program that calls [`crate::work`], and how many may run at once.
    #[must_use]
    pub fn new(program: PathBuf, arguments: Vec<OsString>, at_once: usize) -> Self {
        Self { program, arguments, turns: Semaphore::new(at_once) }
    }

    /// The previews of an image, which is read only as the process takes it.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn make(&self, image: impl AsyncRead + Send + Unpin) -> Result<Previews, Failed> {
        let Ok(_turn) = self.turns.acquire().await else { return Err(Failed::Unavailable("it ends".to_owned())) };
        tokio::time::timeout(PATIENCE, self.run(image)).await.unwrap_or(Err(Failed::Late))
    }

    async fn run(&self, mut image: impl AsyncRead + Send + Unpin) -> Result<Previews, Failed> {
        // Nothing of the server's is handed down: neither its secrets in the environment, nor its folder.
        let mut child = Command::new(&self.program)
            .args(&self.arguments)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| Failed::Unavailable(error.to_string()))?;
        let (Some(mut input), Some(output), Some(errors)) = (child.stdin.take(), child.stdout.take(), child.stderr.take()) else {
            return Err(Failed::Unavailable("no pipes".to_owned()));
        };
        let fed = async move {
            let mut buffer = vec![0; 64 * 1024];
            let mut sent = 0;
            loop {
                let read = image.read(&mut buffer).await?;
                // One byte more than it takes has it say so.
                if read == 0 || sent > INPUT {
                    return Ok(());
                }
                sent += read as u64;
                // It may have seen enough already; what it says of that counts.
                if input.write_all(buffer.get(..read).unwrap_or_default()).await.is_err() {
                    return io::Result::Ok(());
                }
            }
        };
        let answered = answer(BufReader::new(output));
        let told = async {
            let mut told = Vec::new();
            let _ = errors.take(TOLD).read_to_end(&mut told).await;
            String::from_utf8_lossy(&told).trim().to_owned()
        };
        let (fed, answered, told) = tokio::join!(fed, answered, told);
        fed.map_err(|error| Failed::Unavailable(error.to_string()))?;
        let status = child.wait().await.map_err(|error| Failed::Unavailable(error.to_string()))?;
        match answered {
            Ok(answered) if status.success() => answered,
            // Its own limits end it in other ways: somebody did that, or a machine without memory.
            _ if status.signal() == Some(KILLED) => Err(Failed::Late),
            _ => {
                tracing::info!(%status, told, "a process that makes previews ended");
                Err(Failed::Ended(status.to_string()))
            }
        }
    }
}

/// What the process answered; the outer error is that it makes no sense.
async fn answer(mut output: impl AsyncBufReadExt + Send + Unpin) -> io::Result<Result<Previews, Failed>> {
    let mut line = Vec::new();
    (&mut output).take(LINE).read_until(b'\n', &mut line).await?;
    let answer: Answer = match serde_json::from_slice::<Result<Answer, Failed>>(&line)? {
        Ok(answer) => answer,
        Err(failed) => return Ok(Err(failed)),
    };
    if answer.sizes.len() > EDGES.len() || answer.sizes.iter().map(|size| size.length).fold(0, u64::saturating_add) > OUTPUT {
        return Err(io::Error::other("more than was asked for"));
    }
    let mut sizes = Vec::with_capacity(answer.sizes.len());
    for size in answer.sizes {
        let mut bytes = Vec::new();
        (&mut output).take(size.length).read_to_end(&mut bytes).await?;
        let content_type = if size.png { "image/png" } else { "image/jpeg" };
        // Its beginning is looked at, since it goes out under this type.
        let begins: &[u8] = if size.png { b"\x89PNG\r\n\x1a\n" } else { b"\xff\xd8\xff" };
        if bytes.len() as u64 != size.length || !bytes.starts_with(begins) || !EDGES.contains(&size.edge) {
            return Err(io::Error::other("another length or kind than it said"));
        }
        sizes.push(Preview { edge: size.edge, width: size.width, height: size.height, content_type, bytes });
    }
    Ok(Ok(Previews { width: answer.width, height: answer.height, sizes }))
}
