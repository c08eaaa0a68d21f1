//! The previews that were made, kept on this server's disk: they can be made again at any time, so
//! they are in no store, no backup and no count of what files take. What there is none for is kept, too.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tokio::io::AsyncRead;
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::late::Late;
use crate::worker::Answer;
use crate::{Failed, Maker, Preview, Previews};

/// More than are ever decoded at once.
const LOCKS: usize = 16;

/// One file an image: what the process answered, a line of JSON and the bytes behind it.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    maker: Maker,
    /// Bytes that it may take; what nobody has looked at for longest goes first.
    most: u64,
    /// Who asks for what is being made waits for that; several images share a lock.
    making: [Mutex<()>; LOCKS],
    late: Late,
}

/// What is known of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    pub width: u32,
    pub height: u32,
}

type Kept = Result<Answer, Failed>;

impl Cache {
    /// In a folder of its own, made where it is missing.
    ///
    /// # Errors
    /// When it can't be made.
    pub fn new(folder: PathBuf, maker: Maker, most: u64) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        Ok(Self { folder, maker, most, making: Default::default(), late: Late::default() })
    }

    fn place(&self, id: Uuid) -> PathBuf {
        self.folder.join(id.to_string())
    }

    /// How large the image is, if its previews were made.
    pub async fn extent(&self, id: Uuid) -> Option<Extent> {
        let place = self.place(id);
        let kept = blocking(move || Ok(open(&place)?.map(|(kept, _)| kept))).await.ok()??;
        kept.ok().map(|Answer { width, height, .. }| Extent { width, height })
    }

    /// The preview for an edge: the largest that isn't larger. Made first where it is missing.
    ///
    /// # Errors
    /// [`Failed`]; that nothing can be made of the image is remembered.
    pub async fn get<I: AsyncRead + Send + Unpin>(&self, id: Uuid, edge: u32, image: impl Future<Output = io::Result<I>>) -> Result<Preview, Failed> {
        if let Some(found) = self.find(id, edge).await? {
            return found;
        }
        // The last byte of an id is random.
        let _turn = self.making[usize::from(id.as_bytes()[15]) % LOCKS].lock().await;
        // Whoever was before made it.
        if let Some(found) = self.find(id, edge).await? {
            return found;
        }
        if self.late.waits(id) {
            return Err(Failed::Late);
        }
        let image = image.await.map_err(|error| Failed::Unavailable(error.to_string()))?;
        let made = self.maker.make(image).await;
        if let Err(failed @ (Failed::Unavailable(_) | Failed::Late)) = made {
            if failed == Failed::Late {
                self.late.again(id);
            }
            return Err(failed);
        }
        self.late.done(id);
        let (kept, folder, place) = (made.clone(), self.folder.clone(), self.place(id));
        if let Err(error) = blocking(move || keep(&folder, &place, &kept)).await {
            tracing::warn!(%error, "a preview can't be kept");
        }
        pick(made?, edge)
    }

    async fn find(&self, id: Uuid, edge: u32) -> Result<Option<Result<Preview, Failed>>, Failed> {
        let place = self.place(id);
        blocking(move || read(&place, edge)).await.map_err(|error| Failed::Unavailable(error.to_string()))
    }

    /// Forgets what was made of an image.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn forget(&self, id: Uuid) -> io::Result<()> {
        let place = self.place(id);
        blocking(move || match fs::remove_file(place) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        })
        .await
    }

    /// The images of which something is kept.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn all(&self) -> io::Result<Vec<Uuid>> {
        let folder = self.folder.clone();
        blocking(move || Ok(entries(&folder)?.into_iter().map(|(id, ..)| id).collect())).await
    }

    /// Makes room, beginning with what nobody has looked at for longest.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn trim(&self) -> io::Result<()> {
        let (folder, most) = (self.folder.clone(), self.most);
        blocking(move || {
            let mut all = entries(&folder)?;
            all.sort_by_key(|(.., seen)| *seen);
            let mut taken: u64 = all.iter().map(|(_, size, _)| size).sum();
            for (id, size, _) in all {
                if taken <= most {
                    break;
                }
                fs::remove_file(folder.join(id.to_string()))?;
                taken -= size;
            }
            Ok(())
        })
        .await
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}

fn entries(folder: &Path) -> io::Result<Vec<(Uuid, u64, SystemTime)>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        // What is gone meanwhile isn't there.
        let Ok(data) = entry.metadata() else { continue };
        all.push((id, data.len(), data.modified()?));
    }
    Ok(all)
}

/// What is kept of an image, with the file behind its line. What can't be understood isn't there.
fn open(place: &Path) -> io::Result<Option<(Kept, BufReader<fs::File>)>> {
    let file = match fs::File::open(place) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut file = BufReader::new(file);
    let mut line = Vec::new();
    file.read_until(b'\n', &mut line)?;
    Ok(serde_json::from_slice(&line).ok().map(|kept| (kept, file)))
}

fn read(place: &Path, edge: u32) -> io::Result<Option<Result<Preview, Failed>>> {
    let Some((kept, mut file)) = open(place)? else { return Ok(None) };
    let answer = match kept {
        Ok(answer) => answer,
        Err(failed) => return Ok(Some(Err(failed))),
    };
    let Some(chosen) = chosen(&answer.sizes.iter().map(|size| size.edge).collect::<Vec<_>>(), edge) else { return Ok(None) };
    let before: u64 = answer.sizes.iter().take(chosen).map(|size| size.length).sum();
    let Some(size) = answer.sizes.get(chosen) else { return Ok(None) };
    file.seek_relative(i64::try_from(before).map_err(io::Error::other)?)?;
    let mut bytes = Vec::new();
    (&mut file).take(size.length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 != size.length {
        return Ok(None);
    }
    // When it was last looked at.
    drop(file.get_ref().set_modified(SystemTime::now()));
    let content_type = if size.png { "image/png" } else { "image/jpeg" };
    Ok(Some(Ok(Preview { edge: size.edge, width: size.width, height: size.height, content_type, bytes })))
}

fn keep(folder: &Path, place: &Path, made: &Result<Previews, Failed>) -> io::Result<()> {
    let new = folder.join(format!(".{}", place.file_name().and_then(|name| name.to_str()).unwrap_or_default()));
    let mut file = fs::File::create(&new)?;
    serde_json::to_writer(&mut file, &made.as_ref().map(Answer::of))?;
    file.write_all(b"\n")?;
    for size in made.iter().flat_map(|made| &made.sizes) {
        file.write_all(&size.bytes)?;
    }
    // Whole or not at all.
    fs::rename(new, place)
}

/// Of edges from the smallest on.
fn chosen(edges: &[u32], edge: u32) -> Option<usize> {
    edges.iter().rposition(|known| *known <= edge).or(if edges.is_empty() { None } else { Some(0) })
}

fn pick(mut made: Previews, edge: u32) -> Result<Preview, Failed> {
    let at = chosen(&made.sizes.iter().map(|size| size.edge).collect::<Vec<_>>(), edge);
    at.map(|at| made.sizes.swap_remove(at)).ok_or(Failed::Unknown)
}
