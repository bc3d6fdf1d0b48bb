//! `genkan apikey`: keys to the administration, for programs.
use super::{Failure, print_json};
use crate::{
    admin::{Operator, api_keys},
    app::{audit_chain, open, unlock},
    clock::Clock,
    config::Config,
    domain::{ApiKeyId, Role},
    storage,
};
use clap::{Args, Subcommand};
use serde_json::json;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a key; prints it once
    Create(Create),
    /// Print every key, without its secret
    List,
    /// Make a key worth nothing, at once
    Revoke {
        /// Its id, as `genkan apikey list` prints it
        id: String,
    },
}

#[derive(Debug, Args)]
pub struct Create {
    /// What it is for
    #[arg(long)]
    name: String,
    /// What it permits: owner, admin, support or auditor
    #[arg(long)]
    role: Role,
    /// Days that it is good for; without, until it is revoked
    #[arg(long)]
    days: Option<u16>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Runs one of the commands.
pub async fn run(command: Command, config: &Config) -> Result<(), Failure> {
    let (db, now) = (open(config).await?, Clock::system().now());
    let chain = audit_chain(&db, &unlock(config, &db).await?).await?;
    match command {
        Command::Create(Create { name, role, days, json }) => {
            let expires_at = days.map(|days| now.plus(i64::from(days) * 86_400));
            let new = (name.as_str(), role, expires_at);
            let (key, secret) = api_keys::create(&db, &chain, &Operator::command(), new, now).await?;
            if json {
                print_json(&json!({ "id": key.id, "key": secret.reveal(), "role": role }));
            } else {
                println!("{}", secret.reveal());
                eprintln!("This key is shown once. Its id is {}", key.id);
            }
        }
        Command::List => {
            for key in storage::api_keys::all(&db).await? {
                print_json(&json!({
                    "id": key.id, "name": key.name, "role": key.role, "created_by": key.created_by,
                    "created_at": key.created_at, "expires_at": key.expires_at, "last_used_at": key.last_used_at,
                    "revoked_at": key.revoked_at,
                }));
            }
        }
        Command::Revoke { id } => {
            api_keys::revoke(&db, &chain, &Operator::command(), &ApiKeyId(id), now).await?;
        }
    }
    Ok(())
}
