//! `genkan keys`: signing keys.
use super::Failure;
use crate::{
    app::{open, unlock},
    clock::Clock,
    config::Config,
    keys::{ensure, rotate, state},
    storage::signing_keys,
};
use clap::Subcommand;

#[derive(Debug, Clone, Copy, Subcommand)]
pub enum Command {
    /// The next key of each algorithm becomes active
    Rotate,
    /// Print every key with its state
    List,
}

/// Runs one of the commands.
pub async fn run(command: Command, config: &Config) -> Result<(), Failure> {
    let db = open(config).await?;
    let now = Clock::system().now();
    let master = unlock(config, &db).await?;
    ensure(&db, &master, now).await?;
    match command {
        Command::Rotate => {
            for done in rotate(&db, &master, now).await? {
                let wait = done.at.since(now);
                let when =
                    if wait == 0 { "now".into() } else { format!("in {wait} s, when every cached key set knows it") };
                println!("{:<6} {} signs {when}", done.algorithm, done.kid);
            }
        }
        Command::List => {
            let mut keys = signing_keys::all(&db).await?;
            keys.sort_by_key(|key| (key.algorithm, key.created_at, key.activated_at.is_none()));
            for key in &keys {
                let made = key.created_at.in_utc();
                println!("{:<6} {:<8} {}  made {made}", key.algorithm, state(key, &keys, now), key.kid);
            }
        }
    }
    Ok(())
}
