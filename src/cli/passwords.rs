//! `genkan passwords`: the list of passwords that have been in a data leak.
use super::{Failure, print_json};
use crate::{
    breached::{Breached, Builder, Form},
    config::Config,
    domain::Password,
};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;
use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::{Path, PathBuf},
};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Build the list that `passwords.breached_file` names, from "Pwned Passwords" or lists of words
    Build(Build),
    /// Read a password from standard input and tell whether it is in the list
    Check {
        /// The list, if not the one that the settings name
        #[arg(long)]
        file: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub struct Build {
    /// What to read; `-` is standard input
    #[arg(required = true)]
    input: Vec<PathBuf>,
    /// Where the list goes
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
    /// What the lines are; without it, the first line of each input shows
    #[arg(long)]
    format: Option<Format>,
    /// Leave out hashes that leaked less often
    #[arg(long, value_name = "N", default_value_t = 0)]
    min_count: u64,
    /// Keep so many: of hashes those that leaked most often, of words the first
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// SHA-1 in hexadecimal digits, and perhaps a colon and a count
    Sha1,
    /// A password a line
    Plain,
}

/// Runs one of the commands; building needs no settings.
pub fn run(command: &Command, settings: impl FnOnce() -> Result<Config, Failure>) -> Result<(), Failure> {
    match command {
        Command::Build(arguments) => build(arguments),
        Command::Check { file: Some(file) } => check(file),
        Command::Check { file: None } => {
            let file = settings()?.passwords.breached_file;
            check(&file.ok_or("passwords.breached_file is not set; give --file")?)
        }
    }
}

fn build(arguments: &Build) -> Result<(), Failure> {
    let form = arguments.format.map(|format| match format {
        Format::Sha1 => Form::Sha1,
        Format::Plain => Form::Plain,
    });
    let mut builder = Builder::new(arguments.min_count, arguments.limit);
    for input in &arguments.input {
        let taken = match input.to_str() {
            Some("-") => builder.take(io::stdin().lock(), form),
            _ => File::open(input).and_then(|file| builder.take(BufReader::with_capacity(1 << 20, file), form)),
        };
        taken.map_err(|why| format!("{}: {why}", input.display()))?;
    }
    let output = &arguments.output;
    let (entries, bytes) = builder.write(output).map_err(|why| format!("{}: {why}", output.display()))?;
    print_json(&json!({ "entries": entries, "bytes": bytes }));
    Ok(())
}

fn check(file: &Path) -> Result<(), Failure> {
    let list = Breached::open(file).map_err(|why| format!("{}: {why}", file.display()))?;
    let mut typed = String::new();
    io::stdin().read_to_string(&mut typed)?;
    let password = Password::attempt(typed.trim_end_matches(['\r', '\n']))?;
    print_json(&json!({ "breached": list.has(&password), "entries": list.entries() }));
    Ok(())
}
