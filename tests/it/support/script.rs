//! Programs in other languages: the clients in `tests/clients`.
use super::{Database, eventually_within};
use std::{
    fs::File,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

/// A script with its surroundings.
#[derive(Debug)]
pub struct Script(Command);

impl Script {
    /// One for Node.js.
    pub fn node(file: &str) -> Self {
        Self::new(Path::new("node"), &clients().join("node_modules"), file)
    }

    /// One for Python.
    pub fn python(file: &str) -> Self {
        let environment = clients().join(".venv");
        Self::new(&environment.join("bin/python"), &environment, file)
    }

    fn new(interpreter: &Path, libraries: &Path, file: &str) -> Self {
        assert!(libraries.exists(), "{} is missing: `tests/run` installs what the tests need", libraries.display());
        let mut command = Command::new(interpreter);
        // Whatever goes over a proxy elsewhere, this does not.
        command.arg(clients().join(file)).env("NO_PROXY", "127.0.0.1,localhost").stdin(Stdio::null());
        Self(command)
    }

    /// With a variable of the environment.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.0.env(name, value);
        self
    }

    /// With pages looked at in half of the ways that there are, so that the two databases together see all.
    #[must_use]
    pub fn looking_at_pages(self, database: Database) -> Self {
        self.with(
            "LOOKS",
            if database == Database::Sqlite { "wide-light narrow-dark" } else { "wide-dark narrow-light" },
        )
    }

    /// Runs it; fails, telling all that it said, unless it succeeds.
    pub async fn succeeds(mut self) {
        let folder = tempfile::tempdir().unwrap();
        let said = folder.path().join("said");
        let file = File::create(&said).unwrap();
        self.0.stdout(file.try_clone().unwrap()).stderr(file);
        let mut running = Running(self.0.spawn().expect("the interpreter is installed: `tests/run` sees to that"));
        let ends = async || running.0.try_wait().unwrap();
        let status = eventually_within(Duration::from_mins(10), "the script ends", ends).await;
        assert!(status.success(), "{:?} ended with {status}:\n{}", self.0, std::fs::read_to_string(said).unwrap());
    }
}

/// Killed when nobody waits for it any more.
struct Running(std::process::Child);

impl Drop for Running {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

fn clients() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients")
}
