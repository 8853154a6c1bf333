//! Paths of the repository and the build folder, and the settings in `Leptos.toml`.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, anyhow};
use cargo_metadata::MetadataCommand;
use leptos_config::get_configuration;
use serde::Deserialize;

use crate::files;

/// Repository and its settings.
pub(crate) struct Workspace {
    /// Folder of the root `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// Build folder of cargo.
    pub(crate) target: PathBuf,
    pub(crate) settings: Settings,
}

/// Settings of `Leptos.toml` with absolute paths.
pub(crate) struct Settings {
    /// File name stem of the browser files.
    pub(crate) output_name: String,
    /// Folder that the server serves files from.
    pub(crate) site_root: PathBuf,
    /// Folder in `site_root` for files with hashed names.
    pub(crate) pkg_dir: String,
    pub(crate) style_file: PathBuf,
    pub(crate) end2end_dir: PathBuf,
    pub(crate) names: Names,
}

/// Settings in `Leptos.toml` that `leptos_config` leaves to build tools.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Names {
    style_file: PathBuf,
    end2end_dir: PathBuf,
    /// Package of the server, and the name of its binary.
    pub(crate) bin_package: String,
    pub(crate) bin_target: String,
    /// Package that is compiled to wasm, and its cargo profile in release builds.
    pub(crate) lib_package: String,
    pub(crate) lib_profile_release: String,
}

/// Settings file of build and server.
pub(crate) const LEPTOS_FILE: &str = "Leptos.toml";

impl Workspace {
    /// Finds the workspace of the working directory and reads its settings.
    pub(crate) fn open() -> Result<Self> {
        let metadata = MetadataCommand::new().no_deps().exec()?;
        let root = metadata.workspace_root.into_std_path_buf();
        let settings = Settings::read(&root)?;
        Ok(Self {
            root,
            target: metadata.target_directory.into_std_path_buf(),
            settings,
        })
    }

    /// Returns a command that runs in the root of the repository.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        command
    }

    /// Returns a cargo command with the environment of a shell.
    ///
    /// `cargo run` describes xtask in environment variables. Some build scripts (of ring, for example) depend on
    /// these variables, so passing them on would rebuild half of the tree whenever the caller changes.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = self.command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        for (name, _) in env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
                command.env_remove(&name);
            }
        }
        command
    }

    /// Returns a cargo command that compiles native packages without optimisation.
    ///
    /// With [`lints_while_compiling`](Self::lints_while_compiling), clippy is the compiler of the workspace's packages, and each lint
    /// is an error.
    pub(crate) fn native_cargo(&self) -> Command {
        let mut cargo = self.cargo();
        if self.lints_while_compiling() {
            // As `cargo clippy -- --deny warnings` does, which only analyses.
            cargo.env("RUSTC_WORKSPACE_WRAPPER", "clippy-driver");
            cargo.env("CLIPPY_ARGS", "--deny__CLIPPY_HACKERY__warnings");
        }
        cargo
    }

    /// Reports whether the lints need no analysis of their own: in CI, which compiles each checkout once. On the machine of a
    /// developer, lints are often wanted without programs, and `cargo` without this program could not reuse what it has compiled.
    pub(crate) fn lints_while_compiling(&self) -> bool {
        env::var_os("CI").is_some()
    }

    /// Returns the folder of results that the build reuses in later runs.
    pub(crate) fn cache(&self) -> PathBuf {
        self.target.join("xtask")
    }

    /// Returns the folder of installed tools, which `scripts/build-cache` shares between checkouts.
    pub(crate) fn tools(&self) -> PathBuf {
        env::var_os("ROLLCALL_TOOLS").map_or_else(|| self.target.join("tools"), PathBuf::from)
    }
}

impl Settings {
    fn read(root: &Path) -> Result<Self> {
        let file = root.join(LEPTOS_FILE);
        let options = get_configuration(file.to_str())
            .with_context(|| format!("{} cannot be used", file.display()))?
            .leptos_options;
        let names: Names = leptos_table(&file)?.try_into()?;
        Ok(Self {
            output_name: options.output_name.to_string(),
            site_root: root.join(&*options.site_root),
            pkg_dir: options.site_pkg_dir.to_string(),
            style_file: root.join(&names.style_file),
            end2end_dir: root.join(&names.end2end_dir),
            names,
        })
    }
}

/// Returns the only `[[workspace.metadata.leptos]]` table of a file.
pub(crate) fn leptos_table(file: &Path) -> Result<toml::Value> {
    let document: toml::Value = toml::from_str(&files::text(file)?)
        .with_context(|| format!("{} is not TOML", file.display()))?;
    document
        .get("workspace")
        .and_then(|workspace| workspace.get("metadata")?.get("leptos")?.get(0))
        .cloned()
        .ok_or_else(|| anyhow!("{} has no [[workspace.metadata.leptos]]", file.display()))
}
