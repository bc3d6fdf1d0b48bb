//! `genkan provider`: where else people sign in.
use super::Failure;
use crate::{
    admin::{
        self, Fault, Operator,
        providers::{self, Entry, Expected, Place, Register},
    },
    app::{audit_chain, open, unlock},
    clock::Clock,
    config::{Config, parse_provider},
    domain::ProviderName,
    fetch::Fetcher,
    i18n::{Language, Words},
    keys::Purpose,
    upstream::Provider,
};
use clap::Subcommand;
use std::{
    io::{IsTerminal, Read},
    path::PathBuf,
};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Set one up, or anew, without a restart: from a file with what stands below [providers.NAME], or standard input
    Set {
        /// Its name here
        name: String,
        /// The file
        file: Option<PathBuf>,
    },
    /// Print each: its name, its kind, where it is set up, and the redirect URI to register there
    List,
    /// Look whether it can be signed in with: discovery, keys, secret
    Check {
        /// Its name; all without
        name: Option<String>,
    },
    /// Remove one that was set up by a command; accounts keep what they have
    Remove {
        /// Its name
        name: String,
    },
}

/// Runs one of the commands.
pub async fn run(command: Command, config: &Config) -> Result<(), Failure> {
    let db = open(config).await?;
    let master = unlock(config, &db).await?;
    let (sealer, chain) = (master.sealer(Purpose::Providers)?, audit_chain(&db, &master).await?);
    let register = Register { config, db: &db, sealer: &sealer, chain: &chain };
    match command {
        Command::Set { name, file } => set(&register, &name, file).await,
        Command::List => {
            for entry in register.all().await? {
                let Some(provider) = readable(&entry) else { continue };
                let place = if entry.place == Place::File { "settings" } else { "database" };
                println!("{}  {}  {place}  {}", entry.name, provider.kind.kind(), redirect_uri(config, &entry.name));
            }
            Ok(())
        }
        Command::Check { name } => check(&register, name.as_deref()).await,
        Command::Remove { name } => {
            let now = Clock::system().now();
            match register.remove(&Operator::command(), &name.parse()?, &Expected::Anything, now).await {
                Err(admin::Error::NotFound | admin::Error::Impossible(_)) => {
                    Err("the database has no provider of this name".into())
                }
                other => Ok(other?),
            }
        }
    }
}

async fn set(register: &Register<'_>, name: &str, file: Option<PathBuf>) -> Result<(), Failure> {
    let text = match file {
        Some(file) => std::fs::read_to_string(&file).map_err(|why| format!("{}: {why}", file.display()))?,
        None if std::io::stdin().is_terminal() => {
            return Err("name a file, or send its contents to standard input".into());
        }
        None => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text)?;
            text
        }
    };
    let (name, _) = parse_provider(name, &text).map_err(|faults| {
        let faults: Vec<_> = faults.iter().map(|fault| format!("  {fault}")).collect();
        format!("the provider has faults:\n{}", faults.join("\n"))
    })?;
    if register.config.providers.contains_key(&name) {
        return Err(format!(
            "the settings file has a provider {name}, which goes before this one; choose another name"
        )
        .into());
    }
    let (section, now) = (text.parse()?, Clock::system().now());
    register.save(&Operator::command(), name.as_str(), &section, &Expected::Anything, now).await.map_err(|why| {
        match why {
            admin::Error::Invalid(faults) => worded(&faults).into(),
            other => Failure::from(other),
        }
    })?;
    println!("Register this redirect URI there: {}", redirect_uri(register.config, &name));
    Ok(())
}

/// Faults, a line each.
fn worded(faults: &[Fault]) -> String {
    let words = Words::new(Language::En);
    let lines = faults.iter().map(|fault| format!("\n  {}: {}", fault.field, words.say(&fault.message)));
    format!("the provider has faults:{}", lines.collect::<String>())
}

/// The provider; one that cannot be read is complained of, and costs no other.
fn readable(entry: &Entry) -> Option<&Provider> {
    if entry.provider.is_none() {
        eprintln!("the provider {} in the database cannot be read", entry.name);
    }
    entry.provider.as_ref()
}

async fn check(register: &Register<'_>, name: Option<&str>) -> Result<(), Failure> {
    let (fetcher, now) = (Fetcher::new(&register.config.fetch)?, Clock::system().now());
    let (mut found, mut failed) = (false, false);
    for entry in register.all().await? {
        if name.is_some_and(|name| name != entry.name.as_str()) {
            continue;
        }
        found = true;
        println!("{}: redirect URI {}", entry.name, redirect_uri(register.config, &entry.name));
        let Some(provider) = readable(&entry) else {
            failed = true;
            continue;
        };
        for checked in providers::check(&fetcher, provider.clone(), now).await {
            failed |= checked.outcome.is_err();
            match checked.outcome {
                Ok(found) => println!("  {:<10} good   {found}", checked.what),
                Err(why) => println!("  {:<10} WRONG  {why}", checked.what),
            }
        }
    }
    match (found, failed) {
        (false, _) => Err("there is no such provider".into()),
        (true, true) => Err("something is wrong".into()),
        (true, false) => Ok(()),
    }
}

/// Where its answers go.
fn redirect_uri(config: &Config, name: &ProviderName) -> String {
    config.issuer.url(&crate::upstream::callback_path(name))
}
