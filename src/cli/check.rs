//! `genkan check`: every fault of the settings at once.
use super::environment;
use crate::{
    app::PasswordPolicy,
    config::{Config, Fault},
    places::Places,
};
use std::{path::Path, process::ExitCode};

/// Prints what is wrong, or that all is right.
pub fn run(file: Option<&Path>) -> ExitCode {
    let place = file.map_or_else(|| "settings".to_owned(), |file| file.display().to_string());
    let loaded = Config::load(file, environment()).and_then(|config| {
        let faults = faults_of_files(&config);
        if faults.is_empty() { Ok(config) } else { Err(faults) }
    });
    match loaded {
        Ok(config) => {
            for warning in &config.warnings {
                println!("warning: {warning}");
            }
            println!("{place}: all is right");
            println!("  issuer    {}", config.issuer);
            println!("  listens   {}", config.server.listen);
            println!("  clients   {} in the settings", config.clients.len());
            ExitCode::SUCCESS
        }
        Err(faults) => {
            for fault in &faults {
                println!("{fault}");
            }
            println!(
                "{place}: {} to mend",
                if faults.len() == 1 { "1 fault".into() } else { format!("{} faults", faults.len()) }
            );
            ExitCode::FAILURE
        }
    }
}

/// What is wrong with the files that are read whole at the start.
fn faults_of_files(config: &Config) -> Vec<Fault> {
    let (policy, places) =
        (PasswordPolicy::open(&config.passwords), Places::open(config.sessions.places_file.as_deref()));
    let faults = [
        policy.err().map(|why| ("passwords.breached_file", why.to_string())),
        places.err().map(|why| ("sessions.places_file", why.to_string())),
    ];
    faults.into_iter().flatten().map(|(key, problem)| Fault { key: key.into(), problem }).collect()
}
