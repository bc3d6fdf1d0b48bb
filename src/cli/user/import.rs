//! `genkan user import`: people from elsewhere, one JSON object a line.
use super::{hasher, taken};
use crate::{
    admin::{Change, Operator, users::made},
    cli::{Failure, print_json},
    config::Config,
    domain::{
        Email, NAME_LENGTH, NewEvent, Password, Profile, ProviderName, SUBJECT_LENGTH, Timestamp, User, UserId,
        Username,
    },
    hashing::{Hasher, is_usable_hash},
    storage::identities,
};
use serde_json::{Map, Value, json};
use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::Path,
};

/// All lines are tried; those that cannot be used are told with their numbers, and the rest stands.
pub(super) async fn run(config: &Config, change: Change<'_>, file: &Path) -> Result<(), Failure> {
    let opened = File::open(file).map_err(|why| format!("{}: {why}", file.display()))?;
    let hasher = hasher(config)?;
    let (mut imported, mut refused) = (0, 0);
    for (number, line) in BufReader::new(opened).lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        match one(change, &hasher, &line).await {
            Ok(sub) => {
                imported += 1;
                print_json(&json!({ "line": number + 1, "sub": sub }));
            }
            Err(why) => {
                refused += 1;
                eprintln!("line {}: {why}", number + 1);
            }
        }
    }
    eprintln!("{imported} imported, {refused} refused");
    if refused > 0 { Err("not every line could be imported".into()) } else { Ok(()) }
}

/// An account and its event, in one transaction.
async fn one(change: Change<'_>, hasher: &Hasher, line: &str) -> Result<UserId, Failure> {
    let mut claims: Map<String, Value> =
        serde_json::from_str(line).map_err(|why| format!("it is not a JSON object: {why}"))?;
    let hash = match (text(&mut claims, "password")?, text(&mut claims, "password_hash")?) {
        (Some(_), Some(_)) => return Err("there is both password and password_hash".into()),
        (Some(password), None) => Some(hasher.hash(Password::choose(&password)?).await?),
        (None, Some(hash)) if is_usable_hash(&hash) => Some(hash),
        (None, Some(_)) => {
            return Err(
                "password_hash: it must be argon2, scrypt or PBKDF2 in PHC form ($argon2id$…), or bcrypt".into()
            );
        }
        (None, None) => None,
    };
    let identities = read_identities(&mut claims)?;
    let user = read_user(claims, change.now)?;
    let sub = user.id.clone();
    let event = imported(change.operator, &user, &identities);
    identities::import(change.db, change.chain, user, hash, identities, event).await.map_err(taken)?;
    Ok(sub)
}

fn imported(operator: &Operator, user: &User, identities: &[(ProviderName, String)]) -> NewEvent {
    let event = made(operator, user);
    let mut details = event.details.clone().unwrap_or_default();
    let linked = identities.iter().map(|(provider, subject)| json!({ "provider": provider, "subject": subject }));
    details["after"]["identities"] = linked.collect();
    event.with(details)
}

/// Who they are at providers: `[{ "provider": "google", "subject": "1234" }]`.
fn read_identities(claims: &mut Map<String, Value>) -> Result<Vec<(ProviderName, String)>, Failure> {
    const FORM: &str = "identities: they must be like [{ \"provider\": \"google\", \"subject\": \"1234\" }]";
    let listed = match claims.remove("identities") {
        None | Some(Value::Null) => return Ok(vec![]),
        Some(Value::Array(listed)) => listed,
        Some(_) => return Err(FORM.into()),
    };
    let read = |one: Value| -> Option<Result<(ProviderName, String), Failure>> {
        let (provider, subject) = (one.get("provider")?.as_str()?, one.get("subject")?.as_str()?);
        let is_good = !subject.is_empty() && subject.len() <= SUBJECT_LENGTH;
        let name = provider.parse::<ProviderName>().map_err(|why| format!("identities: {why}").into());
        is_good.then(|| name.map(|name| (name, subject.to_owned())))
    };
    listed.into_iter().map(|one| read(one).unwrap_or_else(|| Err(FORM.into()))).collect()
}

/// A person from standard claims (OpenID Connect Core section 5.1).
fn read_user(mut claims: Map<String, Value>, now: Timestamp) -> Result<User, Failure> {
    let mut user = User::new(now);
    if let Some(sub) = text(&mut claims, "sub")? {
        if sub.is_empty() || sub.len() > 255 || !sub.is_ascii() {
            return Err("sub: it must be 1 to 255 ASCII characters".into());
        }
        user.id = UserId(sub);
    }
    user.email = text(&mut claims, "email")?.map(|email| Email::parse(&email)).transpose()?;
    user.email_verified_at = match claims.remove("email_verified") {
        None | Some(Value::Bool(false)) => None,
        Some(Value::Bool(true)) => Some(now),
        Some(_) => return Err("email_verified: it must be true or false".into()),
    };
    user.username = text(&mut claims, "preferred_username")?.map(|name| Username::parse(&name)).transpose()?;
    user.name = text(&mut claims, "name")?;
    if user.name.as_ref().is_some_and(|name| name.chars().count() > NAME_LENGTH) {
        return Err(format!("name: it may have at most {NAME_LENGTH} characters").into());
    }
    if user.email.is_none() && user.username.is_none() {
        return Err("email or preferred_username is needed".into());
    }
    claims.remove("updated_at");
    user.profile = Profile::from_claims(claims)?;
    Ok(user)
}

fn text(claims: &mut Map<String, Value>, name: &str) -> Result<Option<String>, Failure> {
    match claims.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if !text.contains(char::is_control) => Ok(Some(text)),
        Some(_) => Err(format!("{name}: it must be a text").into()),
    }
}
