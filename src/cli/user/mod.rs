//! `genkan user`: creating people, one or many, and helping them in again.
mod import;

use super::{Failure, print_json};
use crate::{
    admin::{Change, Error, Operator, users as operations},
    app::{PasswordPolicy, StartError, audit_chain, open, settings, unlock},
    clock::Clock,
    config::Config,
    domain::{Email, Invitee, Role, Secret, TicketPurpose, User, Username},
    hashing::{Hasher, Settings},
    keys::MasterKey,
    mail::{Letter, Mailer},
    storage::{
        self, Db, outbox, registration,
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
    let master = unlock(config, &db).await?;
    let chain = audit_chain(&db, &master).await?;
    let operator = Operator::command();
    let change = Change { db: &db, chain: &chain, operator: &operator, now: Clock::system().now() };
    match command {
        Command::Create(arguments) => create(config, change, arguments).await,
        Command::Import { file } => import::run(config, change, &file).await,
        Command::Invite(arguments) => invite(config, &master, change, arguments).await,
        Command::Unfreeze { login } => unfreeze(change, &login).await,
        Command::ChangeEmail { login, new } => change_email(change, &login, &new).await,
        Command::ResetSecondFactor { login, keep_passkeys } => reset_second_factor(change, &login, keep_passkeys).await,
    }
}

async fn create(config: &Config, change: Change<'_>, arguments: Create) -> Result<(), Failure> {
    let Change { db, now, .. } = change;
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
    operations::add(change, &user, hash, None).await.map_err(told)?;
    print_json(&json!({ "sub": user.id }));
    Ok(())
}

async fn invite(config: &Config, master: &MasterKey, change: Change<'_>, arguments: Invite) -> Result<(), Failure> {
    let Change { db, chain, operator, now } = change;
    let email = arguments.email.as_deref().map(Email::parse).transpose().map_err(|why| format!("--email: {why}"))?;
    let invitee = Invitee {
        role: arguments.admin.then_some(Role::Admin),
        name: arguments.name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()),
        was_mailed: arguments.send,
        by: Some(operator.actor.to_string()),
    };
    let event = operations::invited(operator, email.as_ref(), &invitee);
    if let Some(email) = email.clone().filter(|_| arguments.send) {
        let letter = Mailer::new(config, master)?.seal(&Letter::Invite { email, invitee }, now)?;
        let letter = letter.ok_or("there is no mail: set mail.smtp_url, or leave --send out")?;
        outbox::put_told(db, chain, letter, event, now).await?;
        print_json(&json!({ "sent": true }));
        return Ok(());
    }
    let token = Secret::random();
    registration::invite_by(db, chain, (token.digest(), email), &invitee, event, now).await?;
    let link = format!("{}?token={}", config.issuer.url(TicketPurpose::Invite.path()), token.reveal());
    print_json(&json!({ "link": link, "expires_at": now.plus(TicketPurpose::Invite.lifetime()) }));
    Ok(())
}

/// A person who may sign in, and the hash of their password.
async fn find(db: &Db, login: &str) -> Result<(User, Option<String>), Failure> {
    let found = match Login::parse(login) {
        Some(login) => users::find_to_sign_in(db, &login).await?,
        None => None,
    };
    let found = found.filter(|found| found.disabled_at.is_none());
    let found = found.ok_or("nobody who may sign in has this email address or user name")?;
    Ok((users::find(db, &found.id).await?.ok_or("this person is gone")?, found.hash))
}

async fn unfreeze(change: Change<'_>, login: &str) -> Result<(), Failure> {
    let (user, _) = find(change.db, login).await?;
    operations::bring_back(change, &user).await.map_err(|why| match why {
        Error::Impossible(_) => "their account is neither frozen nor on its way out".into(),
        why => told(why),
    })?;
    print_json(&json!({ "sub": user.id }));
    Ok(())
}

async fn change_email(change: Change<'_>, login: &str, new: &str) -> Result<(), Failure> {
    let (user, _) = find(change.db, login).await?;
    let email = Email::parse(new).map_err(|why| format!("the new address: {why}"))?;
    let changed = User { email: Some(email.clone()), email_verified_at: Some(change.now), ..user.clone() };
    operations::describe(change, &user, changed, Some(user.updated_at)).await.map_err(told)?;
    print_json(&json!({ "sub": user.id, "email": email }));
    Ok(())
}

async fn reset_second_factor(change: Change<'_>, login: &str, keep_passkeys: bool) -> Result<(), Failure> {
    let (user, password) = find(change.db, login).await?;
    let taken = operations::take_factors(change, &user, keep_passkeys, None).await.map_err(|why| match why {
        Error::Impossible(_) => "this person has no second factor".into(),
        why => told(why),
    })?;
    if password.is_none() {
        eprintln!("they have no password: they get in by mail, or by a passkey that is left");
    }
    print_json(&json!({ "sub": user.id, "two_step_removed": taken.second_step, "passkeys_removed": taken.passkeys }));
    Ok(())
}

fn told(why: Error) -> Failure {
    match why {
        Error::Invalid(_) => taken(storage::Error::Conflict),
        Error::Storage(why) => taken(why),
        Error::Stale => "they were changed meanwhile; try once more".into(),
        why => why.into(),
    }
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
