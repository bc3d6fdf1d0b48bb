//! `genkan user`: creating people, one or many, and helping them in again.
mod import;

use super::{Failure, print_json};
use crate::{
    app::{PasswordPolicy, StartError, open, settings, unlock},
    clock::Clock,
    config::Config,
    domain::{Email, Invitee, Role, Secret, TicketPurpose, Timestamp, User, UserId, Username},
    hashing::{Hasher, Settings},
    mail::{Letter, Mailer},
    storage::{
        self, Db, recovery, registration,
        users::{self, Login},
    },
};
use clap::{Args, Subcommand};
use serde_json::json;
use std::{io::Read, path::PathBuf};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Create a person; prints their `sub` as JSON
    Create(Create),
    /// Create people from JSON lines with standard claims, `password` or `password_hash`, and `identities`
    Import {
        /// One JSON object a line
        file: PathBuf,
    },
    /// Print a link, good once and for 7 days, by which somebody makes their account
    Invite(Invite),
    /// Let somebody in again who froze their account, or is leaving
    Unfreeze {
        /// Their email address or user name
        login: String,
    },
    /// Give somebody another email address who can read no mail at theirs; make sure first that it is really them
    ChangeEmail {
        /// Their email address or user name
        login: String,
        /// The address that is theirs
        new: String,
    },
    /// Take two-step verification, recovery codes and passkeys from a person who has lost them, and sign them out
    /// everywhere
    ResetSecondFactor {
        /// Their email address or user name
        login: String,
        /// Leave them their passkeys: those are not on what they have lost
        #[arg(long)]
        keep_passkeys: bool,
    },
}

#[derive(Debug, Args)]
pub struct Create {
    /// Their email address
    #[arg(long)]
    email: String,
    /// What they may sign in with besides the address
    #[arg(long)]
    username: Option<String>,
    /// Their full name
    #[arg(long)]
    name: Option<String>,
    /// They may administer this instance
    #[arg(long)]
    admin: bool,
    /// The address is known to be theirs
    #[arg(long)]
    verified: bool,
    /// Read their password from standard input; without it they have none
    #[arg(long)]
    password_stdin: bool,
}

#[derive(Debug, Args)]
pub struct Invite {
    /// Their email address; without it they choose one
    #[arg(long)]
    email: Option<String>,
    /// Their full name, as far as it is known
    #[arg(long)]
    name: Option<String>,
    /// They may administer this instance
    #[arg(long)]
    admin: bool,
    /// Send the link to the address instead of printing it (needs `mail.smtp_url`)
    #[arg(long, requires = "email")]
    send: bool,
}

/// Runs one of the commands.
pub async fn run(command: Command, config: &Config) -> Result<(), Failure> {
    let db = open(config).await?;
    let now = Clock::system().now();
    match command {
        Command::Create(arguments) => create(config, &db, arguments, now).await,
        Command::Import { file } => import::run(config, &db, &file, now).await,
        Command::Invite(arguments) => invite(config, &db, arguments, now).await,
        Command::Unfreeze { login } => unfreeze(&db, &login, now).await,
        Command::ChangeEmail { login, new } => change_email(&db, &login, &new, now).await,
        Command::ResetSecondFactor { login, keep_passkeys } => {
            reset_second_factor(&db, &login, keep_passkeys, now).await
        }
    }
}

async fn create(config: &Config, db: &Db, arguments: Create, now: Timestamp) -> Result<(), Failure> {
    let hash = if arguments.password_stdin {
        let mut typed = String::new();
        std::io::stdin().read_to_string(&mut typed)?;
        let about = [arguments.email.as_str(), arguments.name.as_deref().unwrap_or_default()];
        let policy = PasswordPolicy::open(&config.passwords).map_err(StartError::from)?;
        let rules = settings::effective(config, db).await?.passwords;
        let password = policy.judge(rules, typed.trim_end_matches(['\r', '\n']), &about)?;
        Some(hasher(config)?.hash(password).await?)
    } else {
        None
    };
    let user = User {
        email: Some(Email::parse(&arguments.email).map_err(|why| format!("--email: {why}"))?),
        email_verified_at: arguments.verified.then_some(now),
        username: arguments
            .username
            .as_deref()
            .map(Username::parse)
            .transpose()
            .map_err(|why| format!("--username: {why}"))?,
        name: arguments.name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()),
        role: arguments.admin.then_some(Role::Admin),
        ..User::new(now)
    };
    let sub = user.id.clone();
    users::insert(db, user, hash).await.map_err(taken)?;
    print_json(&json!({ "sub": sub }));
    Ok(())
}

async fn invite(config: &Config, db: &Db, arguments: Invite, now: Timestamp) -> Result<(), Failure> {
    let email = arguments.email.as_deref().map(Email::parse).transpose().map_err(|why| format!("--email: {why}"))?;
    let invitee = Invitee {
        role: arguments.admin.then_some(Role::Admin),
        name: arguments.name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()),
        was_mailed: arguments.send,
        by: None,
    };
    if let Some(email) = email.clone().filter(|_| arguments.send) {
        let mailer = Mailer::new(config, &unlock(config, db).await?)?;
        if !mailer.is_on() {
            return Err("there is no mail: set mail.smtp_url, or leave --send out".into());
        }
        mailer.send(db, &Letter::Invite { email, invitee }, now).await?;
        print_json(&json!({ "sent": true }));
        return Ok(());
    }
    let token = Secret::random();
    registration::invite(db, token.digest(), email, &invitee, now).await?;
    let link = format!("{}?token={}", config.issuer.url(TicketPurpose::Invite.path()), token.reveal());
    print_json(&json!({ "link": link, "expires_at": now.plus(TicketPurpose::Invite.lifetime()) }));
    Ok(())
}

/// A person who may sign in, and the hash of their password.
async fn find(db: &Db, login: &str) -> Result<(UserId, Option<String>), Failure> {
    let found = match Login::parse(login) {
        Some(login) => users::find_to_sign_in(db, &login).await?,
        None => None,
    };
    Ok(found.ok_or("nobody who may sign in has this email address or user name")?)
}

async fn unfreeze(db: &Db, login: &str, now: Timestamp) -> Result<(), Failure> {
    let (user, _) = find(db, login).await?;
    if !users::come_back(db, user.clone(), now).await? {
        return Err("their account is neither frozen nor on its way out".into());
    }
    print_json(&json!({ "sub": user }));
    Ok(())
}

async fn change_email(db: &Db, login: &str, new: &str, now: Timestamp) -> Result<(), Failure> {
    let (user, _) = find(db, login).await?;
    let email = Email::parse(new).map_err(|why| format!("the new address: {why}"))?;
    recovery::assign_email(db, user.clone(), email.clone(), now).await.map_err(taken)?;
    print_json(&json!({ "sub": user, "email": email }));
    Ok(())
}

async fn reset_second_factor(db: &Db, login: &str, keep_passkeys: bool, now: Timestamp) -> Result<(), Failure> {
    let (user, password) = find(db, login).await?;
    let reset = users::reset_factors(db, user.clone(), keep_passkeys, now).await?;
    let reset = reset.ok_or("this person has no second factor")?;
    if password.is_none() {
        eprintln!("they have no password: they get in by mail, or by a passkey that is left");
    }
    print_json(&json!({ "sub": user, "two_step_removed": reset.was_on, "passkeys_removed": reset.passkeys }));
    Ok(())
}

fn taken(why: storage::Error) -> Failure {
    match why {
        storage::Error::Conflict => "somebody has this email address, user name, sub or identity already".into(),
        why => why.into(),
    }
}

fn hasher(config: &Config) -> Result<Hasher, Failure> {
    Ok(Hasher::start(Settings::from(&config.passwords))?)
}
