//! The settings: one value that is right by construction, or every fault at once.
//!
//! A setting is added in the file of its section (`service`, `accounts`, `branding`, `mail`, `clients`): a field, and the
//! line that reads it with its default; then in `config.example.toml`, which a test compares. One that can be changed
//! while Genkan runs is a line of `live/keys.rs` as well.
mod accounts;
mod branding;
mod clients;
pub mod live;
mod mail;
mod mail_domains;
mod manifest;
mod providers;
mod reader;
mod report;
mod service;
mod source;
#[cfg(test)]
mod tests;

pub use accounts::{
    Accounts, Keys, Limits, PasswordRules, Passwords, Registration, SecondFactor, Sessions, SignUp, Tokens,
};
pub use branding::{Accent, Instance, InvalidAccent, Shades};
pub use live::LiveSettings;
pub use mail::{Mail, MailWay};
pub use manifest::{GroupName, Manifest};
pub use providers::{Providers, describe as describe_provider, parse as parse_provider};
pub use report::Fault;
pub use service::{Audit, Database, Log, LogFormat, MasterKeySource, Metrics, Server, Telemetry, Tls};

use crate::{
    domain::{Client, Issuer},
    fetch,
};
use live::{AtStart, Written};
use reader::Section;
use report::Report;
use source::Source;
use std::path::{Path, PathBuf};

/// All settings. `Debug` prints no secret.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The URL people and apps reach this provider at.
    pub issuer: Issuer,
    /// Where it listens.
    pub server: Server,
    /// Where it stores.
    pub database: Database,
    /// Where the key comes from that seals signing keys.
    pub master_key: MasterKeySource,
    /// When signing keys change.
    pub keys: Keys,
    /// What hashing a password costs.
    pub passwords: Passwords,
    /// A MaxMind DB that tells where an address is.
    pub places_file: Option<PathBuf>,
    /// How often somebody may try.
    pub limits: Limits,
    /// What becomes of the audit trail.
    pub audit: Audit,
    /// What the operator sees.
    pub log: Log,
    /// Who may read what is counted.
    pub metrics: Metrics,
    /// Where traces go.
    pub telemetry: Telemetry,
    /// What may be fetched from elsewhere.
    pub fetch: fetch::Settings,
    /// Where else people sign in.
    pub providers: Providers,
    /// The relying parties that the settings register; their ids are distinct.
    pub clients: Vec<Client>,
    /// The settings that may change while Genkan runs, as they are where the database says nothing.
    pub live: LiveSettings,
    /// What the file and the environment say of those.
    pub written: Written,
    /// What the operator should know although the settings are valid; one sentence each.
    pub warnings: Vec<String>,
}

impl Config {
    /// Reads the file, if there is one, and over it the variables that begin with `GENKAN_`.
    pub fn load(file: Option<&Path>, environment: impl Iterator<Item = (String, String)>) -> Result<Self, Vec<Fault>> {
        let source = Source::gather(file, environment)?;
        let written = Written::of(&source);
        let (config, report) = Self::read(source);
        let (warnings, faults) = report.close();
        match config {
            Some(config) if faults.is_empty() => Ok(Self { written, warnings, ..config }),
            _ => Err(faults),
        }
    }

    /// The settings as far as they can be read; nothing when a fault left a value without a stand-in.
    fn read(source: Source) -> (Option<Self>, Report) {
        let mut report = Report::new(source.faults, source.variables);
        let config = Section::root(source.table, &mut report, Self::sections);
        (config, report)
    }

    fn sections(root: &mut Section) -> Option<Self> {
        let issuer = root.parsed("issuer", "http://localhost:8080", Issuer::parse);
        // Every section is read before the first `?`, so that the faults of all are told.
        let server = root.section("server", |section| Server::read(section, issuer.as_ref()));
        let database = root.section("database", Database::read);
        let master_key = root.section("secrets", MasterKeySource::read);
        let (live, AtStart { passwords, places_file }) = LiveSettings::read(root, issuer.as_ref());
        let keys = root.section("keys", Keys::read);
        let limits = root.section("limits", Limits::read);
        let audit = root.section("audit", Audit::read);
        let log = root.section("log", Log::read);
        let metrics = root.section("metrics", Metrics::read);
        let telemetry = root.section("telemetry", Telemetry::read);
        let fetch = root.section("fetch", service::fetch);
        let providers = providers::read(root);
        let clients = clients::read(root);
        Some(Self {
            issuer: issuer?,
            server: server?,
            database,
            master_key,
            keys,
            passwords,
            places_file,
            limits,
            audit,
            log,
            metrics,
            telemetry,
            fetch,
            providers,
            clients,
            live,
            written: Written::default(),
            warnings: vec![],
        })
    }
}
