//! The settings: one value that is right by construction, or every fault at once.
//!
//! A setting is added in the file of its section (`service`, `accounts`, `branding`, `mail`, `clients`): a field, and the
//! line that reads it with its default; then in `config.example.toml`, which a test compares.
mod accounts;
mod branding;
mod clients;
mod mail;
mod mail_domains;
mod providers;
mod reader;
mod report;
mod service;
mod source;
#[cfg(test)]
mod tests;

pub use accounts::{Accounts, Keys, Limits, Passwords, Registration, SecondFactor, Sessions, SignUp, Tokens};
pub use branding::{Accent, Instance, InvalidAccent, Shades};
pub use mail::{Mail, MailWay};
pub use providers::{Providers, parse as parse_provider};
pub use report::Fault;
pub use service::{Audit, Database, Log, LogFormat, MasterKeySource, Server, Tls};

use crate::{
    domain::{Client, Issuer},
    fetch,
};
use reader::Section;
use report::Report;
use source::Source;
use std::path::Path;

/// All settings. `Debug` prints no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The URL people and apps reach this provider at.
    pub issuer: Issuer,
    /// Where it listens.
    pub server: Server,
    /// Where it stores.
    pub database: Database,
    /// Where the key comes from that seals signing keys.
    pub master_key: MasterKeySource,
    /// How long a sign-in lasts.
    pub sessions: Sessions,
    /// Who must have a second factor.
    pub second_factor: SecondFactor,
    /// How long codes and tokens live.
    pub tokens: Tokens,
    /// When signing keys change.
    pub keys: Keys,
    /// What hashing a password costs.
    pub passwords: Passwords,
    /// What becomes of accounts.
    pub accounts: Accounts,
    /// Who may make an account.
    pub registration: Registration,
    /// How often somebody may try.
    pub limits: Limits,
    /// What people see.
    pub instance: Instance,
    /// How mail is sent.
    pub mail: Mail,
    /// What becomes of the audit trail.
    pub audit: Audit,
    /// What the operator sees.
    pub log: Log,
    /// What may be fetched from elsewhere.
    pub fetch: fetch::Settings,
    /// Where else people sign in.
    pub providers: Providers,
    /// The relying parties that the settings register; their ids are distinct.
    pub clients: Vec<Client>,
    /// What the operator should know although the settings are valid; one sentence each.
    pub warnings: Vec<String>,
}

impl Config {
    /// Reads the file, if there is one, and over it the variables that begin with `GENKAN_`.
    pub fn load(file: Option<&Path>, environment: impl Iterator<Item = (String, String)>) -> Result<Self, Vec<Fault>> {
        let (config, report) = Self::read(Source::gather(file, environment)?);
        let (warnings, faults) = report.close();
        match config {
            Some(config) if faults.is_empty() => Ok(Self { warnings, ..config }),
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
        let sessions = root.section("sessions", Sessions::read);
        let second_factor = root.section("second_factor", SecondFactor::read);
        let tokens = root.section("tokens", Tokens::read);
        let keys = root.section("keys", Keys::read);
        let passwords = root.section("passwords", Passwords::read);
        let accounts = root.section("accounts", Accounts::read);
        let limits = root.section("limits", Limits::read);
        let instance = root.section("instance", Instance::read);
        let mail = root.section("mail", Mail::read);
        let way = issuer.as_ref().map_or(MailWay::Local, |issuer| mail.way(issuer));
        let registration = root.section("registration", |section| Registration::read(section, way));
        let audit = root.section("audit", Audit::read);
        let log = root.section("log", Log::read);
        let fetch = root.section("fetch", service::fetch);
        let providers = providers::read(root);
        let clients = clients::read(root);
        Some(Self {
            issuer: issuer?,
            server: server?,
            database,
            master_key,
            sessions,
            second_factor,
            tokens,
            keys,
            passwords,
            accounts,
            registration,
            limits,
            instance,
            mail,
            audit,
            log,
            fetch,
            providers,
            clients,
            warnings: vec![],
        })
    }
}
