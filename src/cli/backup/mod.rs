//! `genkan backup` and `genkan restore`, for the embedded database.
mod progress;

use super::Failure;
use crate::{
    admin::Operator,
    app::{audit_chain, open, unlock},
    clock::Clock,
    config::Config,
    domain::{Event, Secret},
    storage::{
        Db, Options, audit,
        copies::{self, Held},
    },
};
use progress::Progress;
use serde_json::json;
use std::{
    fs::{self, File, OpenOptions},
    io::{Read, Write},
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::time::interval;

const NOT_SQLITE: &str = "this is for SQLite; use pg_dump and pg_restore for PostgreSQL";
/// How much is copied at once, in bytes.
const PIECE: usize = 1024 * 1024;
/// How often it is looked how far a copy is.
const LOOK: Duration = Duration::from_millis(200);

/// Writes a consistent copy.
pub async fn backup(config: &Config, file: &Path) -> Result<(), Failure> {
    sqlite_file(config)?;
    if file.exists() {
        return Err(format!("{} exists already", file.display()).into());
    }
    let db = open(config).await?;
    create_private(file)?;
    if let Err(why) = copy_out(config, &db, file).await {
        // Half a copy must not be taken for one.
        let _ = fs::remove_file(file);
        return Err(why);
    }
    println!("{} holds a copy. It opens with the master key alone: keep a copy of that too, elsewhere", file.display());
    Ok(())
}

async fn copy_out(config: &Config, db: &Db, file: &Path) -> Result<(), Failure> {
    // First, so that no copy is made without it; and each ends by telling when it was made.
    record(config, db, Event::BackupMade, file).await?;
    let mut progress = Progress::new("copying", db.size().await?);
    let (mut copying, mut looking) = (Box::pin(db.backup(file)), interval(LOOK));
    loop {
        tokio::select! {
            outcome = &mut copying => break outcome?,
            _ = looking.tick() => progress.at(fs::metadata(file).map_or(0, |found| found.len())),
        }
    }
    progress.end();
    eprintln!("verifying the copy");
    copies::check(file).await?;
    Ok(File::open(file)?.sync_all()?)
}

/// Puts a copy in the place of the database.
pub async fn restore(config: &Config, file: &Path, force: bool) -> Result<(), Failure> {
    let target = sqlite_file(config)?;
    copies::check(file).await.map_err(|why| format!("{} is not a copy of a database: {why}", file.display()))?;
    if target.exists() && !force {
        return Err(
            format!("{} exists already; stop the server and say --force to replace it", target.display()).into()
        );
    }
    let held = hold(&target).await?;
    if let Some(folder) = folder(&target) {
        fs::create_dir_all(folder)?;
    }
    // Beside it first, so that at no time there is half a database.
    let beside = target.with_extension("restored");
    copy_in(file, &beside)?;
    eprintln!("verifying the copy");
    copies::check(&beside).await.map_err(|why| format!("it could not be copied whole: {why}"))?;
    tell(config, &beside, file).await?;
    replace(held, &beside, &target).await?;
    println!("{} is restored", target.display());
    Ok(())
}

/// Has what was copied tell that it was put back, before it takes its place: what this master key or this version cannot
/// open replaces nothing.
async fn tell(config: &Config, beside: &Path, file: &Path) -> Result<(), Failure> {
    let url = Secret::from(format!("sqlite:{}", beside.display()));
    let db = Db::open(&Options { url, max_connections: 1 }).await?;
    let told = record(config, &db, Event::BackupRestored, file).await;
    db.settle().await;
    told
}

/// Writes down what is done with a whole database, in its own trail.
async fn record(config: &Config, db: &Db, event: Event, file: &Path) -> Result<(), Failure> {
    let chain = audit_chain(db, &unlock(config, db).await?).await?;
    let file = std::path::absolute(file)?;
    let event = Operator::command().event(event).with(json!({ "file": file.display().to_string() }));
    Ok(audit::insert(db, &chain, event, Clock::system().now()).await?)
}

/// Keeps everybody else out of what is to be replaced. What is no database any more has nobody in it.
async fn hold(target: &Path) -> Result<Option<Held>, Failure> {
    if !target.exists() {
        return Ok(None);
    }
    match Held::take(target).await {
        Ok(Some(held)) => Ok(Some(held)),
        Ok(None) => {
            Err(format!("{} is in use: stop the server, or the command, that has it open", target.display()).into())
        }
        Err(why) => {
            eprintln!("what is there cannot be opened ({why}), and is replaced");
            Ok(None)
        }
    }
}

fn copy_in(file: &Path, beside: &Path) -> Result<(), Failure> {
    if beside.exists() {
        // Of a restore that was broken off.
        fs::remove_file(beside)?;
    }
    remove_log(beside)?;
    let (mut from, mut to) = (File::open(file)?, create_private(beside)?);
    let (mut progress, mut done) = (Progress::new("copying", from.metadata()?.len()), 0);
    let mut piece = vec![0; PIECE];
    loop {
        progress.at(done);
        let length = from.read(&mut piece)?;
        let Some(read) = piece.get(..length).filter(|read| !read.is_empty()) else { break };
        to.write_all(read)?;
        done += u64::try_from(length)?;
    }
    to.sync_all()?;
    progress.end();
    Ok(())
}

/// Puts one file in the place of another, whose log must not be taken for that of the new one.
async fn replace(mut held: Option<Held>, beside: &Path, target: &Path) -> Result<(), Failure> {
    if let Some(held) = &mut held {
        held.settle().await?;
    }
    remove_log(target)?;
    fs::rename(beside, target)?;
    if let Some(folder) = folder(target) {
        File::open(folder)?.sync_all()?;
    }
    if let Some(held) = held {
        held.release().await?;
    }
    Ok(())
}

fn remove_log(database: &Path) -> std::io::Result<()> {
    for log in ["-wal", "-shm"] {
        let mut name = database.as_os_str().to_owned();
        name.push(log);
        if Path::new(&name).exists() {
            fs::remove_file(&name)?;
        }
    }
    Ok(())
}

/// A new file, for its owner's eyes alone.
fn create_private(file: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)
}

fn folder(file: &Path) -> Option<&Path> {
    file.parent().filter(|folder| !folder.as_os_str().is_empty())
}

fn sqlite_file(config: &Config) -> Result<PathBuf, Failure> {
    let path = config.database.url.reveal().strip_prefix("sqlite:").ok_or(NOT_SQLITE)?;
    Ok(path.trim_start_matches("//").split('?').next().unwrap_or_default().into())
}
