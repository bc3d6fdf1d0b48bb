//! `genkan provider`: where else people sign in.
use super::Failure;
use crate::{
    app::{open, unlock},
    clock::Clock,
    config::{Config, parse_provider},
    domain::ProviderName,
    fetch::Fetcher,
    keys::Purpose,
    storage::providers,
    upstream::{Provider, Upstream},
};
use clap::Subcommand;
use std::{
    collections::BTreeMap,
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
    match command {
        Command::Set { name, file } => set(config, &name, file).await,
        Command::List => {
            for (provider, place) in all(config).await? {
                let redirect_uri = redirect_uri(config, &provider.name);
                println!("{}  {}  {place}  {redirect_uri}", provider.name, provider.kind.kind());
            }
            Ok(())
        }
        Command::Check { name } => check(config, name.as_deref()).await,
        Command::Remove { name } => {
            let removed = providers::remove(&open(config).await?, name.parse()?).await?;
            if removed { Ok(()) } else { Err("no command has set up a provider of this name".into()) }
        }
    }
}

async fn set(config: &Config, name: &str, file: Option<PathBuf>) -> Result<(), Failure> {
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
    if config.providers.contains_key(&name) {
        return Err(format!(
            "the settings file has a provider {name}, which goes before this one; choose another name"
        )
        .into());
    }
    let db = open(config).await?;
    let sealer = unlock(config, &db).await?.sealer(Purpose::Providers)?;
    providers::put(&db, name.clone(), sealer.seal(name.as_str(), text.as_bytes())?, Clock::system().now()).await?;
    println!("Register this redirect URI there: {}", redirect_uri(config, &name));
    Ok(())
}

/// Every provider, and where it is set up.
async fn all(config: &Config) -> Result<Vec<(Provider, &'static str)>, Failure> {
    let db = open(config).await?;
    let sealer = unlock(config, &db).await?.sealer(Purpose::Providers)?;
    let mut found: BTreeMap<_, _> =
        config.providers.iter().map(|(name, settings)| (name.clone(), (settings.clone(), "settings"))).collect();
    for (name, sealed) in providers::all(&db).await? {
        let text = sealer.open(&name, &sealed).and_then(|text| String::from_utf8(text).ok());
        let parsed = text.and_then(|text| parse_provider(&name, &text).ok());
        let (name, settings) = parsed.ok_or_else(|| format!("the provider {name} in the database cannot be read"))?;
        found.entry(name).or_insert((settings, "database"));
    }
    let made =
        found.into_iter().filter_map(|(name, (settings, place))| Some((Provider::new(name, settings).ok()?, place)));
    Ok(made.collect())
}

async fn check(config: &Config, name: Option<&str>) -> Result<(), Failure> {
    let (fetcher, now) = (Fetcher::new(&config.fetch)?, Clock::system().now());
    let (mut found, mut failed) = (false, false);
    for (provider, _) in all(config).await? {
        if name.is_some_and(|name| name != provider.name.as_str()) {
            continue;
        }
        found = true;
        println!("{}: redirect URI {}", provider.name, redirect_uri(config, &provider.name));
        let upstream = Upstream::new(provider, &fetcher);
        for checked in upstream.check(now).await {
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
