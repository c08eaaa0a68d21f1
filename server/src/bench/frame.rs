//! WebSocket frames, as far as the generator and the limit need them: whole frames, walked in
//! place. No fragments, no extensions.

use super::failure::{Result, fail};

pub const TEXT: u8 = 0x1;
pub const CLOSE: u8 = 0x8;
pub const PING: u8 = 0x9;
pub const PONG: u8 = 0xA;

const FIN: u8 = 0x80;
const MASKED: u8 = 0x80;

/// Where a frame stands at the beginning of some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    pub opcode: u8,
    pub mask: Option<[u8; 4]>,
    pub start: usize,
    pub end: usize,
}

/// Reads the header at the beginning of the bytes; none as long as the frame isn't whole.
pub fn head(bytes: &[u8]) -> Result<Option<Head>> {
    let [first, second, ..] = *bytes else { return Ok(None) };
    if first & FIN == 0 {
        return Err(fail("a fragmented frame, which this benchmark doesn't read"));
    }
    let (length, after) = match second & !MASKED {
        126 => match bytes.get(2..4) {
            Some(&[a, b]) => (usize::from(u16::from_be_bytes([a, b])), 4),
            _ => return Ok(None),
        },
        127 => match bytes.get(2..10).and_then(|b| <[u8; 8]>::try_from(b).ok()) {
            Some(b) => (usize::try_from(u64::from_be_bytes(b))?, 10),
            None => return Ok(None),
        },
        short => (usize::from(short), 2),
    };
    let (mask, start) = if second & MASKED == 0 {
        (None, after)
    } else {
        match bytes.get(after..after + 4).and_then(|b| <[u8; 4]>::try_from(b).ok()) {
            Some(key) => (Some(key), after + 4),
            None => return Ok(None),
        }
    };
    let end = start.checked_add(length).ok_or_else(|| fail("a frame of impossible length"))?;
    Ok((end <= bytes.len()).then_some(Head { opcode: first & 0x0F, mask, start, end }))
}

/// Appends a server's frame.
pub fn push(out: &mut Vec<u8>, opcode: u8, payload: &[u8]) {
    push_head(out, opcode, payload.len(), 0);
    out.extend_from_slice(payload);
}

/// Appends a client's frame. The mask is zero: allowed, as much work for the server as any
/// other, and none for the generator.
pub fn push_masked(out: &mut Vec<u8>, opcode: u8, payload: &[u8]) {
    push_head(out, opcode, payload.len(), MASKED);
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(payload);
}

fn push_head(out: &mut Vec<u8>, opcode: u8, length: usize, masked: u8) {
    out.push(FIN | opcode);
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short), _) if short < 126 => out.push(masked | short),
        (_, Ok(medium)) => {
            out.push(masked | 126);
            out.extend_from_slice(&medium.to_be_bytes());
        }
        _ => {
            out.push(masked | 127);
            out.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_every_length_are_walked() {
        for length in [0, 1, 125, 126, 127, 65_535, 65_536] {
            let payload = vec![b'x'; length];
            for masked in [false, true] {
                let mut out = Vec::new();
                if masked {
                    push_masked(&mut out, TEXT, &payload)
                } else {
                    push(&mut out, TEXT, &payload)
                }
                let whole = head(&out).unwrap().unwrap();
                assert_eq!((whole.end, whole.end - whole.start, whole.mask.is_some()), (out.len(), length, masked));
                for cut in [0, 1, 2, 3, out.len() - 1].into_iter().filter(|cut| *cut < out.len()) {
                    assert_eq!(head(&out[..cut]).unwrap(), None, "{length} cut at {cut}");
                }
            }
        }
        assert!(head(&[TEXT, 0]).is_err());
    }
}
