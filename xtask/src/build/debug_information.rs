//! Debug information of the release binary, in a file of its own.

use std::{ffi::OsString, fs, path::Path, process::Command};

use anyhow::{Context, Result};

use crate::{files, process, refresh, report, steps, workspace::Workspace};

/// Programs that copy binaries with changes: those of GNU binutils and of LLVM have the same options.
const OBJCOPY: &[&str] = &["objcopy", "llvm-objcopy"];

/// File name suffix of the debug information.
const SUFFIX: &str = ".debug";

/// Moves the debug information of `binary` into `<binary>.debug`.
///
/// The binary contains the name of that file, and Rust's standard library looks for it in the folder of the binary when
/// it prints a backtrace. Without objcopy, the binary remains as it is.
pub(super) fn separate(workspace: &Workspace, binary: &Path) -> Result<()> {
    let Some(objcopy) = process::find(OBJCOPY) else {
        report::skipped("binary with its debug information: objcopy (binutils) is not installed");
        return Ok(());
    };
    let step = steps::DEBUG_INFORMATION.start(workspace);
    let folder = workspace.cache().join("debug-information");
    split(&objcopy, binary, &folder)?;
    step.finish();
    Ok(())
}

/// Replaces `binary` by a copy without debug information, and writes the information beside it. `scratch` is on the
/// same file system.
///
/// Cargo's own file in `deps` is the same file under another name, so that it must not be written to. The next build
/// of cargo links its file here again.
fn split(objcopy: &Path, binary: &Path, scratch: &Path) -> Result<()> {
    refresh::clear(scratch)?;
    fs::create_dir_all(scratch)?;
    // The name becomes part of the binary, so the files have their final names from the start.
    let stripped = scratch.join(binary.file_name().context("the binary has no name")?);
    let information = files::appended(&stripped, SUFFIX);
    process::output(
        Command::new(objcopy)
            .arg("--only-keep-debug")
            .arg(binary)
            .arg(&information),
    )?;
    let mut link = OsString::from("--add-gnu-debuglink=");
    link.push(&information);
    process::output(
        Command::new(objcopy)
            .arg("--strip-all")
            .arg(link)
            .arg(binary)
            .arg(&stripped),
    )?;
    fs::rename(&information, files::appended(binary, SUFFIX))?;
    fs::rename(&stripped, binary)?;
    refresh::clear(scratch)
}

#[cfg(test)]
mod tests {
    use std::{env, path::PathBuf};

    use super::*;
    use crate::test_folder::TestFolder;

    fn size(file: &Path) -> u64 {
        fs::metadata(file).unwrap().len()
    }

    /// Copies the binary of these tests to a name that cargo gives its own file, and links the program to it.
    fn linked(folder: &Path) -> (PathBuf, PathBuf) {
        let own = folder.join("program-0123456789abcdef");
        let binary = folder.join("program");
        fs::copy(env::current_exe().unwrap(), &own).unwrap();
        fs::hard_link(&own, &binary).unwrap();
        (own, binary)
    }

    #[test]
    fn information_is_beside_a_binary_that_names_it() {
        let folder = TestFolder::new();
        let (own, binary) = linked(folder.path());
        let before = size(&own);
        let objcopy = process::find(OBJCOPY).unwrap();

        split(&objcopy, &binary, &folder.path().join("scratch")).unwrap();

        assert_eq!(size(&own), before);
        assert!(size(&binary) < before);
        assert!(size(&folder.path().join("program.debug")) > 0);
        process::output(Command::new(&binary).arg("--list")).unwrap();
        let link = folder.path().join("link");
        let mut dump = OsString::from("--dump-section=.gnu_debuglink=");
        dump.push(&link);
        process::output(
            Command::new(objcopy)
                .arg(dump)
                .arg(&binary)
                .arg(folder.path().join("copy")),
        )
        .unwrap();
        assert!(fs::read(link).unwrap().starts_with(b"program.debug\0"));
    }

    #[test]
    fn another_build_is_separated_again() {
        let folder = TestFolder::new();
        let (own, binary) = linked(folder.path());
        let scratch = folder.path().join("scratch");
        let objcopy = process::find(OBJCOPY).unwrap();
        split(&objcopy, &binary, &scratch).unwrap();
        let (stripped, information) = (size(&binary), size(&folder.path().join("program.debug")));

        // Cargo links its file again, even if nothing has changed.
        fs::remove_file(&binary).unwrap();
        fs::hard_link(&own, &binary).unwrap();
        split(&objcopy, &binary, &scratch).unwrap();

        assert_eq!(size(&binary), stripped);
        assert_eq!(size(&folder.path().join("program.debug")), information);
    }
}
