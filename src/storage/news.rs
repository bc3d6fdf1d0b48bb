//! Acting on what providers tell by themselves. One message is one transaction: it is acted on once, and whole.
use super::{
    Db, Result,
    columns::{from_json, to_json},
    identities::{self, Ways},
    passkeys::hold,
    pictures,
    sessions::{self, Abroad},
    spent, upstream_tokens, users,
};
use crate::domain::{
    Change, Consequences, Digest, Ending, Event, IdentityId, Profile, ProviderName, Said, Timestamp, UserId,
};
use sqlx::AnyConnection;

/// By how much the provider's clock may differ from ours, in seconds.
const LEEWAY: i64 = 60;

// Of what is told in any order, the latest by its own time holds: each change is made unless the other came later, and
// the time of either is kept.
const SUSPEND: &str = "UPDATE identities SET suspended_at = $2
    WHERE id = $1 AND suspended_at IS NULL AND (resumed_at IS NULL OR resumed_at < $2)";
const SUSPENDED: &str = "UPDATE identities SET suspended_at = $2 WHERE id = $1 AND suspended_at <= $2";
const RESUMED: &str = "UPDATE identities SET resumed_at = $2 WHERE id = $1 AND (resumed_at IS NULL OR resumed_at < $2)";
const RESUME: &str = "UPDATE identities SET suspended_at = NULL WHERE id = $1 AND suspended_at <= $2";
const STOP_MAIL: &str = "UPDATE identities SET mail_stopped_at = $2
    WHERE id = $1 AND mail_stopped_at IS NULL AND (mail_resumed_at IS NULL OR mail_resumed_at < $2)";
const MAIL_STOPPED: &str = "UPDATE identities SET mail_stopped_at = $2 WHERE id = $1 AND mail_stopped_at < $2";
const MAIL_RESUMED: &str =
    "UPDATE identities SET mail_resumed_at = $2 WHERE id = $1 AND (mail_resumed_at IS NULL OR mail_resumed_at < $2)";
const RESUME_MAIL: &str = "UPDATE identities SET mail_stopped_at = NULL WHERE id = $1 AND mail_stopped_at <= $2";

/// What a provider sent.
#[derive(Debug, Clone)]
pub struct Message {
    /// The provider.
    pub provider: ProviderName,
    /// What makes it known when it comes again, and until when; nothing where that does not matter.
    pub once: Option<(Digest, Timestamp)>,
    /// What it tells.
    pub items: Vec<Item>,
}

/// What it tells of one person.
#[derive(Debug, Clone)]
pub struct Item {
    /// Its name for them. Nothing where it names a session or a token alone.
    pub subject: Option<String>,
    /// The token that it is about, if it is about one: the digest of one of its names.
    pub token: Option<Digest>,
    /// The session of theirs that it is about, if it is about one.
    pub session: Option<String>,
    /// When it happened: what began here later has nothing to do with it.
    pub at: Timestamp,
    /// What follows.
    pub consequences: Consequences,
}

/// What came of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It came before: nothing.
    Replayed,
    /// This happened to these people.
    Acted(Vec<(UserId, Event)>),
}

/// The identity that an item is about.
#[derive(sqlx::FromRow)]
struct Row {
    id: IdentityId,
    user_id: Option<UserId>,
    said: String,
}

/// Acts on a message. Of people who are not known here nothing follows.
pub async fn act(db: &Db, message: Message, ways: Ways, now: Timestamp) -> Result<Outcome> {
    db.transaction(async move |connection| {
        if let Some((name, expires_at)) = message.once
            && !spent::insert(connection, name, expires_at).await?
        {
            return Ok(Outcome::Replayed);
        }
        let mut happened = vec![];
        for item in &message.items {
            for row in about(connection, &message.provider, item).await? {
                let (user, event) = (row.user_id.clone(), item.consequences.event);
                if apply(connection, &message.provider, &row, item, &ways, now).await? {
                    happened.extend(user.zip(event));
                }
            }
        }
        Ok(Outcome::Acted(happened))
    })
    .await
}

/// The identities that an item is about.
async fn about(connection: &mut AnyConnection, provider: &ProviderName, item: &Item) -> Result<Vec<Row>> {
    Ok(sqlx::query_as(
        "SELECT id, user_id, said FROM identities
         WHERE provider = $1 AND created_at <= $2 AND ($3 IS NOT NULL OR $4 IS NOT NULL OR $5 IS NOT NULL)
           AND ($3 IS NULL OR subject = $3)
           AND ($3 IS NOT NULL OR $4 IS NULL OR id IN (SELECT identity_id FROM sessions WHERE upstream_sid = $4))
           AND ($5 IS NULL OR id IN (SELECT identity_id FROM upstream_tokens
               WHERE provider = $1 AND (prefix_digest = $5 OR hash_digest = $5)))",
    )
    .bind(provider)
    .bind(item.at.plus(LEEWAY))
    .bind(&item.subject)
    .bind(&item.session)
    .bind(&item.token)
    .fetch_all(connection)
    .await?)
}

/// Lets follow what has to. `false`: it changed nothing.
async fn apply(
    connection: &mut AnyConnection,
    provider: &ProviderName,
    row: &Row,
    item: &Item,
    ways: &Ways,
    now: Timestamp,
) -> Result<bool> {
    let Consequences { ending, change, event } = item.consequences;
    let mut ended = false;
    if let Some(user) = row.user_id.clone() {
        // Before the identity, as everybody does who changes both: of two, one waits for the other.
        hold(connection, &user).await?;
        let (identity, provider) = (row.id.clone(), provider.clone());
        let session = item.session.clone();
        let abroad = Abroad { user, identity, provider, session, until: item.at.plus(LEEWAY), but: None };
        ended = sessions::end_abroad(connection, &abroad, ending, now).await?;
    }
    let changed = match change {
        Change::Nothing => ending == Ending::Nothing && event.is_some(),
        Change::TokensDropped => upstream_tokens::drop_dead(connection, &row.id, item.token.as_ref()).await?,
        Change::Suspended => return suspend(connection, row, item, ended).await,
        Change::Resumed => {
            set(connection, RESUMED, row, item).await?;
            set(connection, RESUME, row, item).await?
        }
        Change::MailStopped => {
            let stopped = set(connection, STOP_MAIL, row, item).await?;
            set(connection, MAIL_STOPPED, row, item).await?;
            stopped
        }
        Change::MailResumed => {
            set(connection, MAIL_RESUMED, row, item).await?;
            set(connection, RESUME_MAIL, row, item).await?
        }
        Change::Unlinked | Change::Erased => {
            let gone = identities::delete(connection, &row.id).await?;
            if let Some(user) = row.user_id.as_ref().filter(|_| gone) {
                if change == Change::Erased {
                    pictures::remove_of(connection, user, provider).await?;
                }
                left(connection, user, row, change, ways, now).await?;
            }
            gone
        }
    };
    Ok(ended || changed)
}

/// Suspends an identity, unless it was resumed since. Its tokens go; those that came after it was resumed stay. `ended`:
/// whether something ended by it. `false`: nothing happened that its person should know.
async fn suspend(connection: &mut AnyConnection, row: &Row, item: &Item, ended: bool) -> Result<bool> {
    let suspended = set(connection, SUSPEND, row, item).await?;
    let stands = set(connection, SUSPENDED, row, item).await?;
    upstream_tokens::take_from(connection, &row.id, item.at.plus(LEEWAY)).await?;
    Ok(suspended || stands && ended)
}

async fn set(connection: &mut AnyConnection, statement: &'static str, row: &Row, item: &Item) -> Result<bool> {
    let set = sqlx::query(statement).bind(&row.id).bind(item.at).execute(connection).await?;
    Ok(set.rows_affected() > 0)
}

/// An identity has left its account. Where nothing else opens that, nobody stays signed in to it.
async fn left(
    connection: &mut AnyConnection,
    user: &UserId,
    row: &Row,
    change: Change,
    ways: &Ways,
    now: Timestamp,
) -> Result<()> {
    if !identities::has_other_way(connection, user, &row.id, ways).await? {
        sessions::end_all(connection, user, None, now).await?;
    }
    if change == Change::Erased {
        let said: Said = from_json("what a provider said", &row.said)?;
        erase(connection, user, &said, now).await?;
    }
    Ok(())
}

/// Takes from a profile what is as a provider said it.
async fn erase(connection: &mut AnyConnection, user: &UserId, said: &Said, now: Timestamp) -> Result<()> {
    let (name, profile): (Option<String>, String) =
        sqlx::query_as("SELECT name, profile FROM users WHERE id = $1").bind(user).fetch_one(&mut *connection).await?;
    let profile: Profile = from_json("a profile", &profile)?;
    sqlx::query(
        "UPDATE users SET name = $2, profile = $3,
             updated_at = CASE WHEN updated_at < $4 THEN $4 ELSE updated_at + 1 END WHERE id = $1",
    )
    .bind(user)
    .bind(name.filter(|name| said.name.as_ref() != Some(name)))
    .bind(to_json(&profile.without(&said.profile))?)
    .bind(now)
    .execute(&mut *connection)
    .await?;
    users::renew_terms(connection, user, now).await
}
