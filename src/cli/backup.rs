//! `genkan backup` and `genkan restore`, for the embedded database.
use super::Failure;
use crate::{app::open, config::Config, storage::check_copy};
use std::path::{Path, PathBuf};

const NOT_SQLITE: &str = "this is for SQLite; use pg_dump and pg_restore for PostgreSQL";

/// Writes a consistent copy.
pub async fn backup(config: &Config, file: &Path) -> Result<(), Failure> {
    sqlite_file(config)?;
    if file.exists() {
        return Err(format!("{} exists already", file.display()).into());
    }
    open(config).await?.backup(file).await?;
    println!("{} holds a copy. It opens with the master key alone: keep a copy of that too, elsewhere", file.display());
    Ok(())
}

/// Puts a copy in the place of the database.
pub async fn restore(config: &Config, file: &Path, force: bool) -> Result<(), Failure> {
    let target = sqlite_file(config)?;
    check_copy(file).await.map_err(|why| format!("{} is not a copy of a database: {why}", file.display()))?;
    if target.exists() && !force {
        return Err(
            format!("{} exists already; stop the server and say --force to replace it", target.display()).into()
        );
    }
    if let Some(folder) = target.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    // Beside it first, so that at no time there is half a database.
    let beside = target.with_extension("restored");
    std::fs::copy(file, &beside)?;
    for log in ["-wal", "-shm"] {
        let mut name = target.clone().into_os_string();
        name.push(log);
        if Path::new(&name).exists() {
            std::fs::remove_file(&name)?;
        }
    }
    std::fs::rename(&beside, &target)?;
    println!("{} is restored", target.display());
    Ok(())
}

fn sqlite_file(config: &Config) -> Result<PathBuf, Failure> {
    let path = config.database.url.reveal().strip_prefix("sqlite:").ok_or(NOT_SQLITE)?;
    Ok(path.trim_start_matches("//").split('?').next().unwrap_or_default().into())
}
