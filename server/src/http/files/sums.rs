//! Numbers and sums in the headers of uploads: pure, text in, values out.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

/// It can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bad;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sum {
    Sha256([u8; 32]),
    Sha1([u8; 20]),
}

/// Digits and nothing else, and no more than fits.
pub fn number(text: &str) -> Result<u64, Bad> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten().ok_or(Bad)
}

/// What an `Upload-Checksum` says.
pub fn checksum(header: &str) -> Result<Sum, Bad> {
    let (algorithm, sum) = header.split_once(' ').ok_or(Bad)?;
    let sum = BASE64.decode(sum.trim()).map_err(|_| Bad)?;
    match algorithm {
        "sha256" => sum.try_into().map(Sum::Sha256).map_err(|_| Bad),
        "sha1" => sum.try_into().map(Sum::Sha1).map_err(|_| Bad),
        _ => Err(Bad),
    }
}

/// The SHA-256 in a `Repr-Digest` or `Content-Digest` (RFC 9530), `sha-256=:…:`; none where it has others only.
pub fn digest(header: &str) -> Result<Option<Sum>, Bad> {
    let mut parts = header.split(',').filter_map(|part| part.trim().split_once('='));
    let Some((_, value)) = parts.find(|(algorithm, _)| algorithm.trim().eq_ignore_ascii_case("sha-256")) else { return Ok(None) };
    let sum = value.trim().strip_prefix(':').and_then(|value| value.strip_suffix(':')).and_then(|value| BASE64.decode(value).ok());
    let sum = sum.and_then(|sum| sum.try_into().ok());
    sum.map(|sum| Some(Sum::Sha256(sum))).ok_or(Bad)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_have_their_length() {
        let sum = BASE64.encode([7; 32]);
        assert_eq!(checksum(&format!("sha256 {sum}")), Ok(Sum::Sha256([7; 32])));
        assert_eq!(checksum(&format!("sha1 {}", BASE64.encode([7; 20]))), Ok(Sum::Sha1([7; 20])));
        assert_eq!(digest(&format!("md5=:x:, sha-256=:{sum}:")), Ok(Some(Sum::Sha256([7; 32]))));
        assert_eq!(digest("md5=:x:"), Ok(None));
        for wrong in ["sha256", "sha256 AAAA", "md5 AAAA", "sha1 %%"] {
            assert_eq!(checksum(wrong), Err(Bad), "{wrong}");
        }
        assert!(digest("sha-256=AAAA").is_err() && digest("sha-256=:AAAA:").is_err());
    }

    #[test]
    fn numbers_are_digits() {
        assert_eq!((number("0"), number("0018446744073709551615")), (Ok(0), Ok(u64::MAX)));
        for wrong in ["", "+1", "-1", " 1", "1.0", "18446744073709551616", "٣"] {
            assert_eq!(number(wrong), Err(Bad), "{wrong}");
        }
    }
}
