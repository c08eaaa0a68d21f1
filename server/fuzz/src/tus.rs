use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::metadata;
use crate::sums::{Sum, checksum, digest, number};

/// The headers of uploads in parts: what is read is what stands there, and what was written is read again.
pub fn tus(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(number) = number(&text) {
        let digits = text.trim_start_matches('0');
        assert_eq!(number.to_string(), if digits.is_empty() { "0" } else { digits });
    }
    if let Ok(sum) = checksum(&text) {
        assert_eq!(checksum(&written(&sum)), Ok(sum));
    }
    if let Ok(Some(sum)) = digest(&text) {
        let Sum::Sha256(bytes) = sum else { panic!("{sum:?}") };
        assert_eq!(digest(&format!("sha-256=:{}:", BASE64.encode(bytes))), Ok(Some(sum)));
    }
    let whole: Option<[u8; 32]> = data.get(..32).and_then(|bytes| bytes.try_into().ok());
    if let Some(sum) = whole.map(Sum::Sha256) {
        assert_eq!(checksum(&written(&sum)), Ok(sum));
    }
    // Whatever a file is called, its name arrives.
    let metadata = format!("filetype dGV4dA==,filename {}", BASE64.encode(text.as_bytes()));
    let fits = metadata.len() <= 32 * 1024;
    assert_eq!(metadata::name_in(&metadata).ok().flatten(), fits.then(|| text.clone().into_owned()));
}

fn written(sum: &Sum) -> String {
    match sum {
        Sum::Sha256(bytes) => format!("sha256 {}", BASE64.encode(bytes)),
        Sum::Sha1(bytes) => format!("sha1 {}", BASE64.encode(bytes)),
    }
}
