//! `genkan client`: registering apps.
use super::{Failure, print_json};
use crate::{
    admin::{
        self, Operator,
        apps::{self, Change, Told},
    },
    app::{audit_chain, open, unlock},
    clock::Clock,
    config::Config,
    domain::{Client, ClientId, Secret},
    protocol::registration::{ClientMetadata, register},
    storage::clients,
};
use clap::{Args, Subcommand};
use serde_json::json;
use std::{
    fs,
    path::{Path, PathBuf},
};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Register an app; prints its id and, once, its secret
    Create(Box<Create>),
    /// Print every app: its id and its name
    List,
    /// Remove an app; what it got of people is revoked
    Remove {
        /// Its id
        id: String,
    },
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag on the command line")]
pub struct Create {
    /// What people read on the pages
    #[arg(long)]
    name: String,
    /// Where responses may go; may be given several times
    #[arg(long = "redirect-uri", value_name = "URI")]
    redirect_uris: Vec<String>,
    /// Where people may go after sign-out; may be given several times
    #[arg(long = "post-logout-redirect-uri", value_name = "URI")]
    post_logout_redirect_uris: Vec<String>,
    /// It cannot keep a secret: a single-page or mobile app
    #[arg(long)]
    public: bool,
    /// Its id; one is made without
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// `authorization_code`, `refresh_token`, `client_credentials`, `urn:ietf:params:oauth:grant-type:token-exchange` (for
    /// native sign-in); may be given several times
    #[arg(long = "grant-type", value_name = "TYPE")]
    grant_types: Vec<String>,
    /// What it may ask for, space-delimited
    #[arg(long)]
    scope: Option<String>,
    /// `RS256`, `ES256` or `EdDSA`, for its ID and access tokens
    #[arg(long, value_name = "ALG")]
    signing_alg: Option<String>,
    /// `client_secret_basic`, `client_secret_post`, or `private_key_jwt` with --jwks or --jwks-uri
    #[arg(long, value_name = "METHOD")]
    token_endpoint_auth_method: Option<String>,
    /// Its public keys, in place of a secret: a file with a JWK Set
    #[arg(long, value_name = "FILE")]
    jwks: Option<PathBuf>,
    /// Where it publishes them
    #[arg(long, value_name = "URL")]
    jwks_uri: Option<String>,
    /// It need not use PKCE
    #[arg(long)]
    no_pkce: bool,
    /// People are not asked: an app of the same house
    #[arg(long)]
    skip_consent: bool,
    /// Print JSON, for scripts
    #[arg(long)]
    json: bool,
}

/// Runs one of the commands.
pub async fn run(command: Command, config: &Config) -> Result<(), Failure> {
    match command {
        Command::Create(arguments) => Box::pin(create(*arguments, config)).await,
        Command::List => {
            for client in clients::all(&open(config).await?).await? {
                println!("{}  {}", client.client_id, client.client_name);
            }
            Ok(())
        }
        Command::Remove { id } => {
            let db = open(config).await?;
            let chain = audit_chain(&db, &unlock(config, &db).await?).await?;
            let operator = Operator::command();
            let change = Change { db: &db, chain: &chain, operator: &operator, now: Clock::system().now() };
            apps::delete(change, &ClientId(id), None).await.map_err(|why| match why {
                admin::Error::NotFound | admin::Error::Impossible(_) => {
                    "no command has registered a client with this id".into()
                }
                why => why.into(),
            })
        }
    }
}

async fn create(arguments: Create, config: &Config) -> Result<(), Failure> {
    let as_json = arguments.json;
    let metadata = metadata(arguments)?;
    let secret = apps::needs_secret(&metadata).then(Secret::random);
    let metadata = ClientMetadata { client_secret: secret.clone(), ..metadata };
    // Told in the words of the command line, and before anything is opened.
    register(metadata.clone()).map_err(|faults| {
        let told: Vec<_> = faults.iter().map(|fault| format!("  {}: {}", flag(&fault.field), fault.problem)).collect();
        format!("the app cannot be registered:\n{}", told.join("\n"))
    })?;
    let db = open(config).await?;
    let chain = audit_chain(&db, &unlock(config, &db).await?).await?;
    let operator = Operator::command();
    let change = Change { db: &db, chain: &chain, operator: &operator, now: Clock::system().now() };
    let Told { app, .. } = apps::create(change, metadata).await.map_err(|why| match why {
        admin::Error::Invalid(_) => "a client has this id already".to_owned(),
        why => why.to_string(),
    })?;
    print(&app.client, secret.as_ref(), as_json);
    Ok(())
}

/// What somebody typed that became this member of the metadata.
fn flag(field: &str) -> String {
    let name = match field {
        "client_name" => "name",
        "client_id" => "id",
        "redirect_uris" => "redirect-uri",
        "post_logout_redirect_uris" => "post-logout-redirect-uri",
        "grant_types" => "grant-type",
        "id_token_signed_response_alg" | "access_token_signed_response_alg" => "signing-alg",
        other => return format!("--{}", other.replace('_', "-")),
    };
    format!("--{name}")
}

fn metadata(arguments: Create) -> Result<ClientMetadata, Failure> {
    let method = if arguments.public { Some("none".into()) } else { arguments.token_endpoint_auth_method };
    let failed = |file: &Path, why: &dyn std::fmt::Display| format!("{} cannot be read: {why}", file.display());
    let read = |file: PathBuf| -> Result<serde_json::Value, String> {
        let text = fs::read_to_string(&file).map_err(|why| failed(&file, &why))?;
        serde_json::from_str(&text).map_err(|why| failed(&file, &why))
    };
    Ok(ClientMetadata {
        client_id: arguments.id,
        client_name: Some(arguments.name),
        redirect_uris: arguments.redirect_uris,
        post_logout_redirect_uris: arguments.post_logout_redirect_uris,
        token_endpoint_auth_method: method,
        jwks: arguments.jwks.map(read).transpose()?,
        jwks_uri: arguments.jwks_uri,
        grant_types: Some(arguments.grant_types).filter(|types| !types.is_empty()),
        scope: arguments.scope,
        id_token_signed_response_alg: arguments.signing_alg,
        require_pkce: arguments.no_pkce.then_some(false),
        skip_consent: arguments.skip_consent.then_some(true),
        ..ClientMetadata::default()
    })
}

fn print(client: &Client, secret: Option<&Secret>, as_json: bool) {
    let id = client.client_id.as_str();
    if as_json {
        let mut printed = json!({
            "client_id": id,
            "client_name": client.client_name,
            "redirect_uris": client.redirect_uris,
            "token_endpoint_auth_method": client.token_endpoint_auth_method,
        });
        if let Some(secret) = secret {
            printed["client_secret"] = secret.reveal().into();
        }
        return print_json(&printed);
    }
    println!("client_id      {id}");
    if let Some(secret) = secret {
        println!("client_secret  {}   (shown only now)", secret.reveal());
    }
}
