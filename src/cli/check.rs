//! `genkan check`: every fault of the settings at once; of those in the database too, which is left as it is.
use super::{Failure, environment};
use crate::{
    app::{
        PasswordPolicy,
        settings::{Opened, sealer},
    },
    config::{Config, Fault, MasterKeySource},
    i18n::Message,
    keys::MasterKey,
    places::Places,
    storage::{self, settings::peek},
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
            stored(&config)
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

/// Says what is wrong with the settings in the database, if it can be reached and has any.
fn stored(config: &Config) -> ExitCode {
    let faults = match actix_web::rt::System::new().block_on(faults_of_database(config)) {
        Ok(faults) => faults,
        Err(why) => {
            println!("note: settings in the database are not checked: {why}");
            vec![]
        }
    };
    for fault in &faults {
        println!("in the database: {fault}");
    }
    if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn faults_of_database(config: &Config) -> Result<Vec<Fault>, Failure> {
    let (url, max_connections) = (config.database.url.clone(), config.database.max_connections);
    let document = peek(&storage::Options { url, max_connections }).await?;
    if document.sealed.is_none() {
        return Ok(vec![]);
    }
    let master = match &config.master_key {
        MasterKeySource::File(file) => MasterKey::read(file)?.ok_or("the master key is missing")?,
        MasterKeySource::Value(text) => MasterKey::parse("secrets.master_key", text.reveal())?,
    };
    Ok(match Opened::open(&sealer(&master)?, &document) {
        Some(opened) => config.follow_stored(&opened.stored).1,
        None => {
            vec![Fault { key: "settings".into(), problem: "fault-sealed".into() }]
        }
    })
}

/// What is wrong with the files that are read whole at the start.
fn faults_of_files(config: &Config) -> Vec<Fault> {
    let (policy, places) = (PasswordPolicy::open(&config.passwords), Places::open(config.places_file.as_deref()));
    let faults = [
        policy.err().map(|why| ("passwords.breached_file", why.to_string())),
        places.err().map(|why| ("sessions.places_file", why.to_string())),
    ];
    faults
        .into_iter()
        .flatten()
        .map(|(key, why)| Fault { key: key.into(), problem: Message::new("fault-told").with("why", why) })
        .collect()
}
