//! What `/account/ways-in` says of a provider's tokens that are kept, and ending that.
use super::Person;
use crate::{
    app::App,
    domain::{ClientId, Event, Identity, IdentityId},
    i18n::Words,
    storage::upstream_tokens::{self, KeptTokens},
    vault,
    web::{error::PageError, visit::Visit},
};

/// Access to an account elsewhere that is kept.
#[derive(Clone, Debug)]
pub struct KeptAccess {
    /// The apps that may use it.
    pub apps: Vec<String>,
    pub since: String,
    /// Whether the provider has ended it.
    pub dead: bool,
}

/// What is kept of an identity, of all that is kept of its person.
pub fn of(visit: &Visit, words: Words, identity: &Identity, all: &[KeptTokens]) -> Option<KeptAccess> {
    let kept = || all.iter().filter(|kept| kept.identity_id.as_ref() == Some(&identity.id));
    let since = kept().map(|kept| kept.created_at).min()?;
    Some(KeptAccess {
        apps: apps(&visit.app, words, identity),
        since: since.in_utc(),
        dead: kept().all(|kept| kept.died_at.is_some()),
    })
}

/// The names of those that may have it.
fn apps(app: &App, words: Words, identity: &Identity) -> Vec<String> {
    let memory = app.memory();
    let Some(upstream) = memory.upstreams.get(&identity.provider) else { return vec![] };
    let clients = upstream.provider.settings.token_clients.iter().map(ClientId::as_str);
    let known = clients.filter_map(|id| memory.client(id));
    known.filter(|client| vault::may_have(&upstream.provider, client)).map(|client| words.name_of(client)).collect()
}

/// Ends it here, and at the provider.
pub async fn end(visit: &Visit, person: &Person, id: &str) -> Result<(), PageError> {
    let (app, user) = (&visit.app, person.user.id.clone());
    if upstream_tokens::release(&app.db, IdentityId::from(id), user.clone()).await? {
        visit.record(&user, Event::KeptAccessEnded).await?;
        vault::give_back_soon(app);
    }
    Ok(())
}
