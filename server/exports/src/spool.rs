//! Texts that belong together though they come apart: many *lanes*, of which each is read again as one.
//! All of them lie in one file, as chunks of which each knows the one before, so that neither a handle nor
//! much memory is needed for a lane.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;

/// What all lanes together keep in memory.
const BUDGET: usize = 16 * 1024 * 1024;
/// What one does, so that a busy one doesn't send all others to the disk.
const CHUNK: usize = 64 * 1024;
/// Before the bytes of a chunk: where the one before begins, or [`NONE`], and how many bytes follow.
const HEAD: usize = 12;
const NONE: u64 = u64::MAX;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lane(usize);

struct Kept {
    buffer: Vec<u8>,
    /// Where its last chunk begins.
    last: u64,
    length: u64,
}

pub struct Spool {
    file: BufWriter<File>,
    end: u64,
    lanes: Vec<Kept>,
    buffered: usize,
}

impl Spool {
    pub fn create(path: &Path) -> io::Result<Self> {
        let file = File::options().read(true).write(true).create(true).truncate(true).open(path)?;
        Ok(Self { file: BufWriter::with_capacity(256 * 1024, file), end: 0, lanes: Vec::new(), buffered: 0 })
    }

    pub fn lane(&mut self) -> Lane {
        self.lanes.push(Kept { buffer: Vec::new(), last: NONE, length: 0 });
        Lane(self.lanes.len() - 1)
    }

    pub fn length(&self, lane: Lane) -> u64 {
        self.lanes[lane.0].length
    }

    pub fn write(&mut self, lane: Lane, bytes: &[u8]) -> io::Result<()> {
        let kept = &mut self.lanes[lane.0];
        kept.buffer.extend_from_slice(bytes);
        kept.length += bytes.len() as u64;
        self.buffered += bytes.len();
        if kept.buffer.len() >= CHUNK {
            self.put(lane.0)?;
        } else if self.buffered >= BUDGET {
            (0..self.lanes.len()).try_for_each(|lane| self.put(lane))?;
        }
        Ok(())
    }

    fn put(&mut self, lane: usize) -> io::Result<()> {
        let kept = &mut self.lanes[lane];
        // Taken, so that its memory is free again.
        let bytes = std::mem::take(&mut kept.buffer);
        if bytes.is_empty() {
            return Ok(());
        }
        let count = u32::try_from(bytes.len()).map_err(io::Error::other)?;
        self.file.write_all(&kept.last.to_be_bytes())?;
        self.file.write_all(&count.to_be_bytes())?;
        self.file.write_all(&bytes)?;
        kept.last = self.end;
        self.end += (HEAD + bytes.len()) as u64;
        self.buffered -= bytes.len();
        Ok(())
    }

    /// All that was written to a lane, from its beginning.
    pub fn read(&mut self, lane: Lane) -> io::Result<Reading> {
        self.file.flush()?;
        let kept = &self.lanes[lane.0];
        let file = self.file.get_ref();
        let mut chunks = Vec::new();
        let mut at = kept.last;
        while at != NONE {
            let mut before = [0; 8];
            let mut count = [0; 4];
            file.read_exact_at(&mut before, at)?;
            file.read_exact_at(&mut count, at + 8)?;
            chunks.push((at + HEAD as u64, u32::from_be_bytes(count) as usize));
            at = u64::from_be_bytes(before);
        }
        Ok(Reading { file: file.try_clone()?, chunks, rest: kept.buffer.clone(), piece: Vec::new(), taken: 0, ended: false })
    }
}

pub struct Reading {
    file: File,
    /// The last one first.
    chunks: Vec<(u64, usize)>,
    rest: Vec<u8>,
    piece: Vec<u8>,
    taken: usize,
    ended: bool,
}

impl Read for Reading {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.piece.len() && !self.ended {
            self.taken = 0;
            match self.chunks.pop() {
                Some((at, count)) => {
                    self.piece.resize(count, 0);
                    self.file.read_exact_at(&mut self.piece, at)?;
                }
                None => {
                    self.piece = std::mem::take(&mut self.rest);
                    self.ended = true;
                }
            }
        }
        let count = into.len().min(self.piece.len() - self.taken);
        into[..count].copy_from_slice(&self.piece[self.taken..self.taken + count]);
        self.taken += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_come_back_whole_whatever_was_written_between() {
        let folder = tempfile::tempdir().unwrap();
        let mut spool = Spool::create(&folder.path().join("spool")).unwrap();
        let lanes: Vec<_> = (0..300).map(|_| spool.lane()).collect();
        let mut expected = vec![Vec::new(); lanes.len()];
        // More than the budget, and one lane that is far busier than the others.
        for round in 0..400_usize {
            for (place, lane) in lanes.iter().enumerate().filter(|(place, _)| round % (place % 7 + 1) == 0) {
                let bytes = vec![u8::try_from((round + place) % 251).unwrap(); if place == 0 { 9_000 } else { 600 }];
                spool.write(*lane, &bytes).unwrap();
                expected[place].extend_from_slice(&bytes);
            }
        }
        assert!(spool.end > BUDGET as u64, "something lies in the file");
        assert!(spool.lanes.iter().map(|kept| kept.buffer.len()).sum::<usize>() == spool.buffered && spool.buffered < BUDGET);
        for (lane, expected) in lanes.iter().zip(&expected) {
            let mut came = Vec::new();
            spool.read(*lane).unwrap().read_to_end(&mut came).unwrap();
            assert!(came == *expected && spool.length(*lane) == came.len() as u64);
        }
        let empty = spool.lane();
        assert_eq!(spool.read(empty).unwrap().read(&mut [0; 8]).unwrap(), 0);
    }
}
