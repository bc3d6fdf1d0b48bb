//! `genkan check`: every fault of the settings at once.
use super::environment;
use crate::config::Config;
use std::{path::Path, process::ExitCode};

/// Prints what is wrong, or that all is right.
pub fn run(file: Option<&Path>) -> ExitCode {
    let place = file.map_or_else(|| "settings".to_owned(), |file| file.display().to_string());
    match Config::load(file, environment()) {
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
