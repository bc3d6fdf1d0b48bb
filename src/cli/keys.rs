//! `genkan keys`: signing keys.
use super::Failure;
use crate::{
    admin::{Error, Operator, signing_keys as operations},
    app::{audit_chain, open, unlock},
    clock::Clock,
    config::Config,
    domain::{Event, KeyId},
    keys::{ensure, rotate, state},
    storage::signing_keys,
};
use clap::Subcommand;

#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// The next key of each algorithm becomes active
    Rotate,
    /// Print every key with its state
    List,
    /// End a key that somebody else may have, at once: whatever it signed is not good any more
    Retire {
        /// Its id, as `genkan keys list` prints it
        kid: String,
    },
}

/// Runs one of the commands.
pub async fn run(command: Command, config: &Config) -> Result<(), Failure> {
    let db = open(config).await?;
    let now = Clock::system().now();
    let master = unlock(config, &db).await?;
    ensure(&db, &master, now).await?;
    match command {
        Command::Rotate => {
            let event = Operator::command().event(Event::KeyRotated);
            for done in rotate(&db, &master, (&audit_chain(&db, &master).await?, &event), now).await? {
                let wait = done.at.since(now);
                let when =
                    if wait == 0 { "now".into() } else { format!("in {wait} s, when every cached key set knows it") };
                println!("{:<6} {} signs {when}", done.algorithm, done.kid);
            }
        }
        Command::Retire { kid } => {
            let chain = audit_chain(&db, &master).await?;
            match operations::retire(&db, (&master, &chain), &Operator::command(), &KeyId(kid), now).await {
                Err(Error::NotFound) => return Err("there is no such key; `genkan keys list` prints all".into()),
                other => other?,
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
