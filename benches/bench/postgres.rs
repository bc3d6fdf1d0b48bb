//! A PostgreSQL of our own: in a temporary directory, durable as it comes, gone afterwards.
use crate::{Result, machine, server};
use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use tempfile::TempDir;

/// A running cluster.
pub struct Cluster {
    pub url: String,
    programs: PathBuf,
    directory: TempDir,
}

impl Cluster {
    /// Starts one, when PostgreSQL is installed.
    pub fn start() -> Result<Option<Self>> {
        let Some(programs) = programs() else { return Ok(None) };
        let directory = tempfile::Builder::new().prefix("genkan-bench-postgres-").tempdir()?;
        if machine::is_root() {
            succeed(Command::new("chown").arg("postgres:").arg(directory.path()))?;
        }
        let port = server::free_port()?;
        let url = format!("postgres://genkan@127.0.0.1:{port}/postgres");
        let cluster = Self { url, programs, directory };
        let data = cluster.data();
        succeed(cluster.program("initdb").args(["--auth=trust", "--username=genkan", "--pgdata"]).arg(&data))?;
        let options = format!(
            "-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={}",
            cluster.directory.path().display()
        );
        let log = cluster.directory.path().join("log");
        succeed(cluster.pg_ctl().args(["start", "--wait", "--options", &options, "--log"]).arg(log))?;
        Ok(Some(cluster))
    }

    fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    fn pg_ctl(&self) -> Command {
        let mut command = self.program("pg_ctl");
        command.arg("--pgdata").arg(self.data());
        command
    }

    /// One of PostgreSQL's programs; they refuse to be run by root.
    fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        let mut command = if machine::is_root() {
            let mut command = Command::new("runuser");
            command.args([OsStr::new("-u"), OsStr::new("postgres"), OsStr::new("--"), program.as_os_str()]);
            command
        } else {
            Command::new(program)
        };
        command.current_dir(self.directory.path());
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Err(why) = succeed(self.pg_ctl().args(["stop", "--mode=immediate"])) {
            eprintln!("bench: PostgreSQL does not stop: {why}");
        }
    }
}

/// Where `initdb` is: on the path, or where Debian puts the newest version.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut installed: Vec<_> = versions.map(|version| version.path().join("bin")).collect();
    installed.sort_by_key(|bin| std::cmp::Reverse(version(bin)));
    std::env::split_paths(&path).chain(installed).find(|bin| bin.join("initdb").is_file())
}

fn version(bin: &Path) -> Option<u32> {
    bin.parent()?.file_name()?.to_str()?.parse().ok()
}

fn succeed(command: &mut Command) -> Result<()> {
    // The server that pg_ctl starts would keep a pipe open.
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status()?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} failed: {status}").into()) }
}
