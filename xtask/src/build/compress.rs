//! Compressed copies of files, so that the server never compresses static files.

use std::{fs, io::Write, path::Path};

use anyhow::{Context, Result};
use brotli::enc::BrotliEncoderParams;
use flate2::{Compression, write::GzEncoder};

use crate::{files::appended, refresh::replace};

/// File name suffixes of the copies.
pub(super) const BROTLI: &str = ".br";
pub(super) const GZIP: &str = ".gz";

/// Writes `<file>.br` and `<file>.gz` at the highest compression level.
pub(super) fn compress(file: &Path) -> Result<()> {
    let content = fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    replace(&appended(file, BROTLI), &brotli(&content)?)?;
    replace(&appended(file, GZIP), &gzip(&content)?)
}

fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let params = BrotliEncoderParams {
        quality: 11,
        size_hint: content.len(),
        ..BrotliEncoderParams::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &*content, &mut compressed, &params)?;
    Ok(compressed)
}

fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn compressed_copies_round_trip() {
        let text = b"a line of text\n".repeat(1000);

        let mut unpacked = Vec::new();
        brotli::Decompressor::new(&*brotli(&text).unwrap(), 4096)
            .read_to_end(&mut unpacked)
            .unwrap();
        assert_eq!(unpacked, text);

        unpacked.clear();
        flate2::read::GzDecoder::new(&*gzip(&text).unwrap())
            .read_to_end(&mut unpacked)
            .unwrap();
        assert_eq!(unpacked, text);
    }
}
