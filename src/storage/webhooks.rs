//! Who else is told of events. Their secrets are sealed.
use super::{Db, Result, audit, columns};
use crate::domain::{Chain, Disabled, NewEvent, Timestamp, Webhook, WebhookId, WebhookSettings};

#[derive(sqlx::FromRow)]
struct Row {
    id: WebhookId,
    settings: String,
    version: i64,
    created_at: Timestamp,
    seq: i64,
    disabled_at: Option<Timestamp>,
    disabled_for: Option<Disabled>,
}

impl Row {
    fn read(self) -> Result<Webhook> {
        Ok(Webhook {
            settings: columns::from_json("the settings of a webhook", &self.settings)?,
            id: self.id,
            version: self.version,
            created_at: self.created_at,
            seq: self.seq,
            disabled: self.disabled_at.map(|at| (at, self.disabled_for.unwrap_or(Disabled::ByOperator))),
        })
    }
}

/// Every webhook, the oldest first.
pub async fn all(db: &Db) -> Result<Vec<Webhook>> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT id, settings, version, created_at, seq, disabled_at, disabled_for FROM webhooks ORDER BY created_at, id",
    )
    .fetch_all(db.read())
    .await?;
    rows.into_iter().map(Row::read).collect()
}

/// A webhook.
pub async fn find(db: &Db, id: &WebhookId) -> Result<Option<Webhook>> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT id, settings, version, created_at, seq, disabled_at, disabled_for FROM webhooks WHERE id = $1",
    )
    .bind(id)
    .fetch_optional(db.read())
    .await?;
    row.map(Row::read).transpose()
}

/// Its secrets, sealed.
pub async fn sealed(db: &Db, id: &WebhookId) -> Result<Option<Vec<u8>>> {
    let row: Option<(Vec<u8>,)> =
        sqlx::query_as("SELECT sealed FROM webhooks WHERE id = $1").bind(id).fetch_optional(db.read()).await?;
    Ok(row.map(|(sealed,)| sealed))
}

/// Keeps a new one, which is told of what comes after it.
pub async fn insert(
    db: &Db,
    chain: &Chain,
    (id, settings, sealed): (WebhookId, &WebhookSettings, Vec<u8>),
    event: NewEvent,
    now: Timestamp,
) -> Result<()> {
    let (chain, settings) = (chain.clone(), columns::to_json(settings)?);
    db.transaction(async move |connection| {
        sqlx::query(
            "INSERT INTO webhooks (id, settings, sealed, version, created_at, seq, claimed_until)
             VALUES ($1, $2, $3, 1, $4, (SELECT seq FROM audit_chain WHERE id = 'only'), 0)",
        )
        .bind(id)
        .bind(settings)
        .bind(sealed)
        .bind(now)
        .execute(&mut *connection)
        .await?;
        audit::append(connection, &chain, event, now).await
    })
    .await
}

/// Changes one whose version is still this. `disabled`: what it is from now on.
pub async fn update(db: &Db, chain: &Chain, webhook: &Webhook, event: NewEvent, now: Timestamp) -> Result<bool> {
    let (chain, settings, webhook) = (chain.clone(), columns::to_json(&webhook.settings)?, webhook.clone());
    db.transaction(async move |connection| {
        let done = sqlx::query(
            "UPDATE webhooks SET settings = $3, disabled_at = $4, disabled_for = $5, version = version + 1
             WHERE id = $1 AND version = $2",
        )
        .bind(webhook.id)
        .bind(webhook.version)
        .bind(settings)
        .bind(webhook.disabled.map(|(at, _)| at))
        .bind(webhook.disabled.map(|(_, why)| why))
        .execute(&mut *connection)
        .await?;
        if done.rows_affected() > 0 {
            audit::append(connection, &chain, event, now).await?;
        }
        Ok(done.rows_affected() > 0)
    })
    .await
}

/// Gives it other secrets.
pub async fn seal(
    db: &Db,
    chain: &Chain,
    (id, sealed): (WebhookId, Vec<u8>),
    event: NewEvent,
    now: Timestamp,
) -> Result<bool> {
    audit::change(db, chain, event, now, async move |connection| {
        let done = sqlx::query("UPDATE webhooks SET sealed = $2 WHERE id = $1")
            .bind(id)
            .bind(sealed)
            .execute(connection)
            .await?;
        Ok(done.rows_affected() > 0)
    })
    .await
}

/// Has it told anew of everything since a moment.
pub async fn rewind(
    db: &Db,
    chain: &Chain,
    (id, since): (WebhookId, Timestamp),
    event: NewEvent,
    now: Timestamp,
) -> Result<bool> {
    audit::change(db, chain, event, now, async move |connection| {
        let done = sqlx::query(
            "UPDATE webhooks SET seq =
                 coalesce((SELECT seq - 1 FROM audit WHERE at >= $2 ORDER BY at, seq LIMIT 1), seq)
             WHERE id = $1",
        )
        .bind(id)
        .bind(since)
        .execute(connection)
        .await?;
        Ok(done.rows_affected() > 0)
    })
    .await
}

/// Removes it, with all that waits for it.
pub async fn remove(db: &Db, chain: &Chain, id: WebhookId, event: NewEvent, now: Timestamp) -> Result<bool> {
    audit::change(db, chain, event, now, async move |connection| {
        let done = sqlx::query("DELETE FROM webhooks WHERE id = $1").bind(id).execute(connection).await?;
        Ok(done.rows_affected() > 0)
    })
    .await
}

/// Tells it nothing more, because of what it does itself. `false`: it was told nothing already.
pub async fn disable(
    db: &Db,
    chain: &Chain,
    (id, why): (WebhookId, Disabled),
    event: NewEvent,
    now: Timestamp,
) -> Result<bool> {
    audit::change(db, chain, event, now, async move |connection| {
        let done = sqlx::query(
            "UPDATE webhooks SET disabled_at = $2, disabled_for = $3, version = version + 1
             WHERE id = $1 AND disabled_at IS NULL",
        )
        .bind(id)
        .bind(now)
        .bind(why)
        .execute(connection)
        .await?;
        Ok(done.rows_affected() > 0)
    })
    .await
}

/// Lets one node alone send to it until then, or still. `false`: another does, or it is told nothing any more.
pub async fn claim(db: &Db, id: WebhookId, by: String, now: Timestamp, until: Timestamp) -> Result<bool> {
    db.write(async move |connection| {
        let done = sqlx::query(
            "UPDATE webhooks SET claimed_by = $2, claimed_until = $4
             WHERE id = $1 AND (claimed_until <= $3 OR claimed_by = $2) AND disabled_at IS NULL",
        )
        .bind(id)
        .bind(by)
        .bind(now)
        .bind(until)
        .execute(connection)
        .await?;
        Ok(done.rows_affected() > 0)
    })
    .await
}

/// Lets others send to it again.
pub async fn release(db: &Db, id: WebhookId, by: String) -> Result<()> {
    db.write(async move |connection| {
        sqlx::query("UPDATE webhooks SET claimed_by = NULL, claimed_until = 0 WHERE id = $1 AND claimed_by = $2")
            .bind(id)
            .bind(by)
            .execute(connection)
            .await?;
        Ok(())
    })
    .await
}
