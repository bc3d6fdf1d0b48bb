//! `genkan settings`: what can be changed while the server runs.
use super::Failure;
use crate::{
    admin::{Error, Operator, settings::Office},
    app::{
        audit_chain, open,
        settings::{read, sealer},
        unlock,
    },
    clock::Clock,
    config::{
        Config,
        live::{Change, Entry, Key, Origin},
    },
    i18n::{Language, Words},
    keys::Sealer,
    storage::Db,
};
use clap::Subcommand;
use std::io::{IsTerminal, Read};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print each: its name, its value (never a secret), and where that comes from
    List,
    /// Change one; running servers follow within a second
    Set {
        /// Its name, such as instance.name
        key: String,
        /// Its value, the items of a list parted by commas; without it, from standard input: for secrets
        value: Option<String>,
    },
    /// Have one again what it is without the database
    Unset {
        /// Its name
        key: String,
    },
}

/// Runs one of the commands.
pub async fn run(command: Command, config: &Config) -> Result<(), Failure> {
    let db = open(config).await?;
    let sealer = sealer(&unlock(config, &db).await?)?;
    match command {
        Command::List => list(config, &db, &sealer).await,
        Command::Set { key, value } => {
            let value = match value {
                Some(value) => value,
                None => typed(&key)?,
            };
            change(config, &db, &sealer, Change { key, value: Some(value.into()) }).await
        }
        Command::Unset { key } => change(config, &db, &sealer, Change { key, value: None }).await,
    }
}

async fn list(config: &Config, db: &Db, sealer: &Sealer) -> Result<(), Failure> {
    let opened = read(db, sealer).await?;
    for entry in config.entries(&opened.stored) {
        println!("{}  {}  {}", entry.key.name, shown(&entry), origin(&entry.origin));
    }
    let (_, faults) = config.follow_stored(&opened.stored);
    for fault in faults {
        eprintln!("left out: {fault}");
    }
    Ok(())
}

fn shown(entry: &Entry) -> String {
    match (entry.key.is_secret() && entry.is_set, &entry.value) {
        (true, _) => "(secret)".into(),
        (false, Some(value)) => value.to_string(),
        (false, None) => "-".into(),
    }
}

fn origin(origin: &Origin) -> &str {
    match origin {
        Origin::Variable(variable) => variable,
        Origin::File => "file",
        Origin::Database => "database",
        Origin::Default => "default",
    }
}

fn typed(key: &str) -> Result<String, Failure> {
    if std::io::stdin().is_terminal() {
        return Err(format!("give a value for {key}, or send it to standard input").into());
    }
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    Ok(text.trim_end_matches(['\r', '\n']).into())
}

async fn change(config: &Config, db: &Db, sealer: &Sealer, change: Change) -> Result<(), Failure> {
    let locked = Key::find(&change.key).is_some_and(|key| config.written.rules(key));
    let chain = audit_chain(db, &unlock(config, db).await?).await?;
    let office = Office { config, db, sealer, chain: &chain };
    let saved = office.save(&Operator::command(), &[change], None, Clock::system().now()).await.map_err(told)?;
    for warning in saved.warnings {
        eprintln!("warning: {warning}");
    }
    if locked {
        eprintln!("the settings file, or a variable, goes on to set it, and rules");
    }
    Ok(())
}

fn told(why: Error) -> Failure {
    let Error::Invalid(faults) = why else { return why.into() };
    let words = Words::new(Language::En);
    let faults: Vec<_> =
        faults.iter().map(|fault| format!("  {}: {}", fault.field, words.say(&fault.message))).collect();
    format!("nothing is changed:\n{}", faults.join("\n")).into()
}
