//! Commands. Each takes `--config FILE`, works on the database directly, also while the server
//! runs, and tells what is wrong in words.
mod api_key;
mod audit;
mod backup;
mod check;
mod client;
mod keys;
mod manifest;
mod passwords;
mod provider;
mod serve;
mod settings;
mod user;

use crate::config::Config;
use clap::{Parser, Subcommand};
use std::{path::PathBuf, process::ExitCode};

/// A self-hosted OpenID Connect provider.
#[derive(Debug, Parser)]
#[command(name = "genkan", version)]
struct Arguments {
    /// The settings file; without one the defaults hold (see config.example.toml)
    #[arg(long, value_name = "FILE", global = true, env = "GENKAN_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the provider (what `genkan` alone does)
    Serve,
    /// Report every fault of the settings at once
    Check,
    /// Create people
    #[command(subcommand)]
    User(user::Command),
    /// Register apps
    #[command(subcommand)]
    Client(client::Command),
    /// Set up where else people sign in
    #[command(subcommand)]
    Provider(provider::Command),
    /// Change settings while the server runs
    #[command(subcommand)]
    Settings(settings::Command),
    /// Rotate and list signing keys
    #[command(subcommand)]
    Keys(keys::Command),
    /// Make and revoke keys to the administration, for programs
    #[command(subcommand, name = "apikey")]
    ApiKey(api_key::Command),
    /// Write settings, apps, providers, groups and roles as a file, for version control
    Export(manifest::Export),
    /// Show what applying such a file would change
    Plan(manifest::Planned),
    /// Make the instance what such a file says, all of it or nothing
    Apply(manifest::Apply),
    /// Verify and export the audit trail
    #[command(subcommand)]
    Audit(audit::Command),
    /// Build the list of passwords that have leaked, and ask it
    #[command(subcommand)]
    Passwords(passwords::Command),
    /// Write a consistent copy of the database, also while the server runs (`SQLite`)
    Backup {
        /// Where to; it must not exist
        file: PathBuf,
    },
    /// Put a copy in the place of the database (`SQLite`); the server must not run
    Restore {
        /// What `genkan backup` wrote
        file: PathBuf,
        /// Replace a database that is there
        #[arg(long)]
        force: bool,
    },
}

/// Why a command failed, in words for whoever typed it.
type Failure = Box<dyn std::error::Error>;

/// Runs the command that the arguments name.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    if matches!(arguments.command, Some(Command::Check)) {
        return check::run(arguments.config.as_deref());
    }
    if let Some(Command::Passwords(command)) = &arguments.command {
        return ended(passwords::run(command, || load(&arguments)).map(|()| ExitCode::SUCCESS));
    }
    let outcome = load(&arguments).and_then(|config| {
        if !matches!(arguments.command, None | Some(Command::Serve)) {
            // Not among what scripts read: which database a command in a wrong folder would change.
            eprintln!("database: {}", database(&config));
        }
        actix_web::rt::System::new().block_on(dispatch(arguments.command.unwrap_or(Command::Serve), config))
    });
    ended(outcome)
}

fn ended(outcome: Result<ExitCode, Failure>) -> ExitCode {
    match outcome {
        Ok(code) => code,
        Err(why) => {
            eprintln!("genkan: {why}");
            ExitCode::FAILURE
        }
    }
}

async fn dispatch(command: Command, config: Config) -> Result<ExitCode, Failure> {
    let outcome = match command {
        // The one that has more than two ways to end.
        Command::Plan(arguments) => return manifest::plan(arguments, &config).await,
        Command::Serve => serve::run(config).await,
        // Handled before the settings are known to be right.
        Command::Check | Command::Passwords(_) => Ok(()),
        Command::User(command) => user::run(command, &config).await,
        Command::Client(command) => client::run(command, &config).await,
        Command::Provider(command) => provider::run(command, &config).await,
        Command::ApiKey(command) => api_key::run(command, &config).await,
        Command::Audit(command) => audit::run(command, &config).await,
        Command::Settings(command) => settings::run(command, &config).await,
        Command::Keys(command) => keys::run(command, &config).await,
        Command::Export(arguments) => manifest::export(arguments, &config).await,
        Command::Apply(arguments) => manifest::apply(arguments, &config).await,
        Command::Backup { file } => backup::backup(&config, &file).await,
        Command::Restore { file, force } => backup::restore(&config, &file, force).await,
    };
    outcome.map(|()| ExitCode::SUCCESS)
}

fn load(arguments: &Arguments) -> Result<Config, Failure> {
    Config::load(arguments.config.as_deref(), environment()).map_err(|faults| {
        let faults: Vec<_> = faults.iter().map(|fault| format!("  {fault}")).collect();
        format!("the settings have faults:\n{}", faults.join("\n")).into()
    })
}

/// The variables whose names and values are texts.
fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

/// Where the data is, without any password.
fn database(config: &Config) -> String {
    let url = config.database.url.reveal();
    match url.strip_prefix("sqlite:") {
        Some(path) => std::path::absolute(path).unwrap_or_else(|_| path.into()).display().to_string(),
        None => "PostgreSQL".into(),
    }
}

/// Prints a value as one line of JSON, for scripts.
fn print_json(value: &serde_json::Value) {
    println!("{value}");
}
