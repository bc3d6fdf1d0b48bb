//! All that is known of a person, as one JSON document in the field's own terms. No secrets, not even their digests.
use crate::{
    domain::{Scopes, User, UserClaims},
    storage::{audit, consents, groups, identities, passkeys, second_factors, sessions, upstream_tokens},
    web::{error::PageError, visit::Visit},
};
use serde_json::{Value, json};

/// Events that are read at once.
const STEP: i64 = 1000;

/// The document.
pub async fn everything(visit: &Visit, user: &User) -> Result<Value, PageError> {
    let (app, now) = (&visit.app, visit.app.clock.now());
    let (db, id) = (&app.db, &user.id);
    let all: Scopes = "openid profile email address phone".parse().unwrap_or_default();
    let signed_in = sessions::of_user(db, id, app.settings().sessions.idle, now).await?;
    let agreed = consents::of_user(db, id).await?;
    let two_step = second_factors::in_force(db, id).await?;
    let (passkeys, identities) = (passkeys::of_user(db, id).await?, identities::of_user(db, id).await?);
    let joined = groups::of_user(db, id).await?;
    let kept = upstream_tokens::of_user(db, id).await?;
    Ok(json!({
        "issuer": app.config.issuer.as_str(),
        "exported_at": now,
        "claims": UserClaims::reveal(user, &all, &app.config.issuer),
        "account": {
            "created_at": user.created_at,
            "updated_at": user.updated_at,
            "email_verified_at": user.email_verified_at,
            "role": user.role,
        },
        "second_factor": {
            "since": two_step.as_ref().map(|two_step| two_step.since),
            "authenticator_app_since": two_step.and_then(|two_step| two_step.totp?.confirmed_at),
            "recovery_codes_left": second_factors::codes_left(db, id).await?,
        },
        "passkeys": passkeys.iter().map(|passkey| json!({
            "credential_id": passkey.credential_id,
            "name": passkey.name.as_str(),
            "created_at": passkey.created_at,
            "last_used_at": passkey.last_used_at,
        })).collect::<Vec<_>>(),
        "identities": identities.iter().map(|identity| json!({
            "provider": identity.provider,
            "subject": identity.subject,
            "claims": identity.said,
            "created_at": identity.created_at,
            "last_used_at": identity.last_used_at,
            // That there are some, and not what they are.
            "tokens_kept_since": kept.iter().filter(|kept| kept.identity_id.as_ref() == Some(&identity.id))
                .map(|kept| kept.created_at).min(),
        })).collect::<Vec<_>>(),
        "sessions": signed_in.iter().map(|session| json!({
            "sid": session.sign_in.sid,
            "auth_time": session.sign_in.auth_time,
            "amr": session.sign_in.methods.words(),
            "seen_at": session.seen_at,
            "expires_at": session.sign_in.expires_at,
            "user_agent": session.sign_in.device.user_agent,
            "address": session.sign_in.device.address,
            "app": session.sign_in.device.app,
        })).collect::<Vec<_>>(),
        "apps": agreed.iter().map(|(consent, at)| json!({
            "client_id": consent.client_id,
            "client_name": app.memory().client(consent.client_id.as_str()).map(|client| client.client_name.clone()),
            "scope": consent.scopes,
            "granted_at": at,
        })).collect::<Vec<_>>(),
        "groups": joined.iter().map(|group| json!({
            "kind": group.kind.as_str(),
            "name": group.name,
            "description": group.description,
        })).collect::<Vec<_>>(),
        "activity": activity(visit, user).await?,
    }))
}

async fn activity(visit: &Visit, user: &User) -> Result<Vec<Value>, PageError> {
    let mut before = i64::MAX;
    let mut all = vec![];
    loop {
        let found = audit::of_user(&visit.app.db, &user.id, before, STEP).await?;
        let Some(last) = found.last() else { return Ok(all) };
        before = last.seq;
        all.extend(found.into_iter().map(|event| {
            json!({
                "at": event.at,
                "event": event.kind,
                "client_id": event.client_id,
                "address": event.address,
                "user_agent": event.user_agent,
            })
        }));
    }
}
