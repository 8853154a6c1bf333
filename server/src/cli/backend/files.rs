//! Files that are written chunk by chunk, because they may be larger than memory.

use std::io::{Read as _, Write};

use service::exports::Pieces;

use crate::{
    cli::{error::CliError, remote::Remote},
    failure::BoxError,
};

/// Bytes of a download that are in memory at once.
const PIECE: usize = 64 * 1024;

/// Writes the pieces of an export.
pub(super) async fn write_pieces(
    pieces: &mut Pieces,
    out: &mut impl Write,
) -> Result<(), BoxError> {
    while let Some(piece) = pieces.recv().await {
        out.write_all(piece.map_err(CliError::from)?.as_bytes())?;
    }
    Ok(())
}

/// Writes a file of a server.
pub(super) fn download(
    remote: &Remote,
    path: &str,
    query: &[(&str, &str)],
    out: &mut impl Write,
) -> Result<(), BoxError> {
    let mut file = remote.file(path, query)?;
    let mut piece = vec![0; PIECE];
    loop {
        let read = file
            .read(&mut piece)
            .map_err(|error| remote.broken(&error))?;
        let Some(read) = piece.get(..read).filter(|read| !read.is_empty()) else {
            return Ok(());
        };
        out.write_all(read)?;
    }
}
