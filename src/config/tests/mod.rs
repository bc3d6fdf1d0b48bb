//! What the settings accept, refuse and say.
mod example;
mod faults;
mod live;
mod sources;

use super::{Config, Fault};
use std::fs;
use tempfile::TempDir;

/// Loads a file with this text, and these variables.
fn load(text: &str, environment: &[(&str, &str)]) -> Result<Config, Vec<Fault>> {
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("genkan.toml");
    fs::write(&file, text).unwrap();
    Config::load(Some(&file), variables(environment))
}

fn variables(environment: &[(&str, &str)]) -> impl Iterator<Item = (String, String)> {
    environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
}

/// The faults of a text, as the operator reads them.
fn told(text: &str) -> Vec<String> {
    said(load(text, &[]))
}

fn said(result: Result<Config, Vec<Fault>>) -> Vec<String> {
    result.err().unwrap_or_default().iter().map(ToString::to_string).collect()
}
