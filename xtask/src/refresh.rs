//! Build steps that are skipped if their inputs have not changed.

use std::{fs, fs::File, io, path::Path};

use anyhow::{Context, Result};

use crate::files;

const STAMP: &str = ".stamp";

/// Runs `produce` for `folder` unless the folder was produced with the same `key`.
///
/// `produce` writes to a new folder that replaces the old one only after success, so an incomplete result is never
/// used. Returns whether `produce` ran.
pub(crate) fn refresh(
    folder: &Path,
    key: &str,
    produce: impl FnOnce(&Path) -> Result<()>,
) -> Result<bool> {
    if fs::read_to_string(folder.join(STAMP)).is_ok_and(|found| found == key) {
        return Ok(false);
    }
    let fresh = folder.with_extension("new");
    clear(&fresh)?;
    fs::create_dir_all(&fresh).with_context(|| format!("{} cannot be created", fresh.display()))?;
    produce(&fresh)?;
    fs::write(fresh.join(STAMP), key)?;
    // If the run stops between these two, the folder is missing and the next run produces it again.
    clear(folder)?;
    fs::rename(&fresh, folder)?;
    Ok(true)
}

/// Locks the build folder until the returned file is dropped.
pub(crate) fn lock(cache: &Path) -> Result<File> {
    fs::create_dir_all(cache)?;
    let file = File::create(cache.join("lock"))?;
    file.lock().context("the build folder cannot be locked")?;
    Ok(file)
}

/// Deletes a folder if it exists.
pub(crate) fn clear(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{} cannot be removed", folder.display()))
        }
        _ => Ok(()),
    }
}

/// Writes `content` to `path` atomically: a reader sees the old or the new content.
pub(crate) fn replace(path: &Path, content: &[u8]) -> Result<()> {
    let beside = files::appended(path, ".new");
    fs::write(&beside, content)
        .and_then(|()| fs::rename(&beside, path))
        .with_context(|| format!("{} cannot be written", path.display()))
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;
    use crate::test_folder::TestFolder;

    #[test]
    fn same_key_does_nothing_and_another_replaces() {
        let place = TestFolder::new();
        let folder = place.path().join("step");
        let write =
            |name: &'static str| move |folder: &Path| Ok(fs::write(folder.join(name), name)?);

        assert!(refresh(&folder, "1", write("one")).unwrap());
        assert!(!refresh(&folder, "1", |_| bail!("must not run")).unwrap());
        assert!(refresh(&folder, "2", write("two")).unwrap());

        assert!(!folder.join("one").exists());
        assert!(folder.join("two").exists());
    }

    #[test]
    fn failure_keeps_the_previous_result() {
        let place = TestFolder::new();
        let folder = place.path().join("step");
        refresh(&folder, "1", |folder| Ok(fs::write(folder.join("a"), "1")?)).unwrap();

        let failed = refresh(&folder, "2", |folder| {
            fs::write(folder.join("a"), "half")?;
            bail!("interrupted")
        });

        assert!(failed.is_err());
        assert_eq!(fs::read_to_string(folder.join("a")).unwrap(), "1");
        assert!(!refresh(&folder, "1", |_| bail!("must not run")).unwrap());
    }
}
