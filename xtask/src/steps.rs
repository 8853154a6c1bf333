//! Long steps of the driver. Each prints a line at its start, with its usual duration, and one at its end.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use crate::{refresh, report, workspace::Workspace};

/// Folder in the build cache with the duration of the last run of each step in this checkout.
const DURATIONS: &str = "durations";

/// Step that can take more than a few seconds.
pub(crate) struct Step {
    /// Name of the file with the duration of the last run.
    key: &'static str,
    /// Text of the line at the start.
    doing: &'static str,
    /// Text of the line at the end.
    done: &'static str,
    /// Approximate seconds of the first run in a checkout, on two cores. Later runs print the last duration instead.
    first: u64,
}

pub(crate) static DATABASE: Step = Step {
    key: "database",
    doing: "preparing the database",
    done: "database ready",
    first: 10,
};
pub(crate) static BUILD_TOOLS: Step = Step {
    key: "build-tools",
    doing: "installing the npm packages of the build",
    done: "npm packages of the build installed",
    first: 15,
};
pub(crate) static BROWSER_TEST_PACKAGES: Step = Step {
    key: "browser-test-packages",
    doing: "installing the npm packages of the browser tests",
    done: "npm packages of the browser tests installed",
    first: 15,
};
pub(crate) static BROWSER_PACKAGE: Step = Step {
    key: "browser-package",
    doing: "compiling the browser package",
    done: "browser package compiled",
    first: 240,
};
pub(crate) static BROWSER_PACKAGE_RELEASE: Step = Step {
    key: "browser-package-release",
    doing: "compiling the browser package, optimised",
    done: "browser package compiled",
    first: 360,
};
pub(crate) static WASM_SPLIT: Step = Step {
    key: "wasm-split",
    doing: "splitting the wasm by screens",
    done: "wasm split",
    first: 15,
};
pub(crate) static WASM_BINDGEN: Step = Step {
    key: "wasm-bindgen",
    doing: "running wasm-bindgen",
    done: "wasm-bindgen run",
    first: 15,
};
pub(crate) static WASM_OPTIMISATION: Step = Step {
    key: "wasm-optimisation",
    doing: "optimising the wasm",
    done: "wasm optimised",
    first: 60,
};
pub(crate) static WASM_COMPRESSION: Step = Step {
    key: "wasm-compression",
    doing: "compressing the wasm and its scripts",
    done: "wasm and its scripts compressed",
    first: 30,
};
pub(crate) static SERVER: Step = Step {
    key: "server",
    doing: "compiling the server",
    done: "server compiled",
    first: 360,
};
pub(crate) static SERVER_RELEASE: Step = Step {
    key: "server-release",
    doing: "compiling the server, optimised",
    done: "server compiled",
    first: 660,
};
pub(crate) static DEBUG_INFORMATION: Step = Step {
    key: "debug-information",
    doing: "moving debug information out of the binary",
    done: "debug information moved out of the binary",
    first: 5,
};
pub(crate) static DEMO_USERS: Step = Step {
    key: "demo-users",
    doing: "migrating the database, with demo users if it is empty",
    done: "database migrated",
    first: 10,
};
pub(crate) static SCHEMATHESIS: Step = Step {
    key: "schemathesis",
    doing: "installing schemathesis",
    done: "schemathesis installed",
    first: 60,
};

/// Running step. A step that fails is dropped, so that its duration is not stored.
#[must_use = "a step ends with `finish`"]
pub(crate) struct StartedStep {
    step: &'static Step,
    started: Instant,
    /// File with the duration.
    file: PathBuf,
}

impl Step {
    /// Prints the line at the start.
    pub(crate) fn start(&'static self, workspace: &Workspace) -> StartedStep {
        self.start_in(&workspace.cache().join(DURATIONS))
    }

    /// Starts the step with the durations in `folder`.
    fn start_in(&'static self, folder: &Path) -> StartedStep {
        let file = folder.join(self.key);
        report::started(&self.opening(last(&file)));
        StartedStep {
            step: self,
            started: Instant::now(),
            file,
        }
    }

    /// Returns the line at the start, for a step whose last run in this checkout took `last`.
    fn opening(&self, last: Option<Duration>) -> String {
        let doing = self.doing;
        match last {
            Some(last) => format!("{doing} ({} last time)", in_words(last)),
            None => {
                let first = in_words(Duration::from_secs(self.first));
                format!("{doing} (about {first} the first time)")
            }
        }
    }
}

impl StartedStep {
    /// Prints the line at the end and stores the duration for the next run.
    pub(crate) fn finish(self) {
        let took = self.started.elapsed();
        report::step(self.step.done, self.started);
        // The build succeeds without this file.
        if let Err(error) = store(&self.file, took) {
            eprintln!("the duration of this step is not stored: {error:#}");
        }
    }
}

/// Returns the stored duration; `None` if there is none or it is damaged.
fn last(file: &Path) -> Option<Duration> {
    let milliseconds = fs::read_to_string(file).ok()?.trim().parse().ok()?;
    Some(Duration::from_millis(milliseconds))
}

/// Stores a duration in milliseconds.
fn store(file: &Path, took: Duration) -> Result<()> {
    fs::create_dir_all(file.parent().context("the file is in no folder")?)?;
    refresh::replace(file, took.as_millis().to_string().as_bytes())
}

/// Formats a duration as a user reads it: whole seconds below a minute, then minutes and seconds.
fn in_words(time: Duration) -> String {
    let seconds = (time + Duration::from_millis(500)).as_secs();
    match (seconds / 60, seconds % 60) {
        (0, 0) => "under 1 s".to_owned(),
        (0, seconds) => format!("{seconds} s"),
        (minutes, 0) => format!("{minutes} min"),
        (minutes, seconds) => format!("{minutes} min {seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_folder::TestFolder;

    static STEP: Step = Step {
        key: "test",
        doing: "testing the step",
        done: "step tested",
        first: 90,
    };

    #[test]
    fn durations_are_rounded_to_seconds() {
        for (milliseconds, text) in [
            (0, "under 1 s"),
            (499, "under 1 s"),
            (500, "1 s"),
            (12_400, "12 s"),
            (59_499, "59 s"),
            (59_500, "1 min"),
            (75_000, "1 min 15 s"),
            (623_000, "10 min 23 s"),
            (3_600_000, "60 min"),
        ] {
            assert_eq!(in_words(Duration::from_millis(milliseconds)), text);
        }
    }

    #[test]
    fn first_start_names_the_usual_duration_and_later_ones_the_last() {
        assert_eq!(
            STEP.opening(None),
            "testing the step (about 1 min 30 s the first time)"
        );
        assert_eq!(
            STEP.opening(Some(Duration::from_secs(20))),
            "testing the step (20 s last time)"
        );
    }

    #[test]
    fn stored_duration_is_read_by_the_next_run() {
        let folder = TestFolder::new();
        let file = folder.path().join(DURATIONS).join("test");
        assert_eq!(last(&file), None);

        store(&file, Duration::from_millis(403_900)).unwrap();
        assert_eq!(last(&file), Some(Duration::from_millis(403_900)));
        store(&file, Duration::from_secs(20)).unwrap();
        assert_eq!(last(&file), Some(Duration::from_secs(20)));

        fs::write(&file, "soon").unwrap();
        assert_eq!(last(&file), None);
    }

    #[test]
    fn only_a_finished_step_stores_its_duration() {
        let folder = TestFolder::new();
        let file = folder.path().join("test");

        drop(STEP.start_in(folder.path()));
        assert_eq!(last(&file), None);

        STEP.start_in(folder.path()).finish();
        assert!(last(&file).is_some());
    }
}
