//! What webhooks are told: written down as the audit trail is followed, kept until it is taken or given up.
use super::{Db, Result};
use crate::domain::{Delivery, DeliveryId, Timestamp, WebhookId};
use sqlx::AnyConnection;

/// Writes down what a webhook is to be told of the rows up to `seq.1`, if it was told of those up to `seq.0`: `false`
/// where another node has done so.
pub async fn follow(db: &Db, webhook: &WebhookId, seq: (i64, i64), new: Vec<Delivery>) -> Result<bool> {
    let webhook = webhook.clone();
    db.transaction(async move |connection| {
        let done = sqlx::query("UPDATE webhooks SET seq = $3 WHERE id = $1 AND seq = $2 AND disabled_at IS NULL")
            .bind(&webhook)
            .bind(seq.0)
            .bind(seq.1)
            .execute(&mut *connection)
            .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        for delivery in new {
            put(&mut *connection, &webhook, delivery).await?;
        }
        Ok(true)
    })
    .await
}

/// Writes down one more.
pub async fn insert(db: &Db, webhook: &WebhookId, new: Delivery) -> Result<()> {
    let webhook = webhook.clone();
    db.write(async move |connection| put(connection, &webhook, new).await).await
}

async fn put(connection: &mut AnyConnection, webhook: &WebhookId, new: Delivery) -> Result<()> {
    sqlx::query(
        "INSERT INTO deliveries (id, webhook_id, seq, kind, body, created_at, due_at, attempts)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 0)
         ON CONFLICT (id) DO UPDATE SET due_at = excluded.due_at, attempts = 0",
    )
    .bind(new.id)
    .bind(webhook)
    .bind(new.seq)
    .bind(new.kind)
    .bind(new.body)
    .bind(new.created_at)
    .bind(new.due_at)
    .execute(connection)
    .await?;
    Ok(())
}

/// The next that is due.
pub async fn next(db: &Db, webhook: &WebhookId, now: Timestamp) -> Result<Option<Delivery>> {
    Ok(sqlx::query_as(
        "SELECT id, seq, kind, body, created_at, due_at, attempts, delivered_at, outcome FROM deliveries
         WHERE webhook_id = $1 AND due_at <= $2 ORDER BY due_at, seq, id LIMIT 1",
    )
    .bind(webhook)
    .bind(now)
    .fetch_optional(db.read())
    .await?)
}

/// How an attempt ended: when it is to be tried again, if it is, or that it was taken.
pub async fn end(
    db: &Db,
    delivery: &Delivery,
    outcome: String,
    due_at: Option<Timestamp>,
    delivered_at: Option<Timestamp>,
) -> Result<()> {
    let (id, attempts) = (delivery.id.clone(), delivery.attempts);
    db.write(async move |connection| {
        sqlx::query(
            "UPDATE deliveries SET attempts = attempts + 1, outcome = $3, due_at = $4, delivered_at = $5
             WHERE id = $1 AND attempts = $2",
        )
        .bind(id)
        .bind(attempts)
        .bind(outcome)
        .bind(due_at)
        .bind(delivered_at)
        .execute(connection)
        .await?;
        Ok(())
    })
    .await
}

/// Has one told anew, at once. `false`: there is none.
pub async fn again(db: &Db, webhook: &WebhookId, id: &DeliveryId, now: Timestamp) -> Result<bool> {
    let (webhook, id) = (webhook.clone(), id.clone());
    db.write(async move |connection| {
        let done = sqlx::query("UPDATE deliveries SET due_at = $3, attempts = 0 WHERE id = $1 AND webhook_id = $2")
            .bind(id)
            .bind(webhook)
            .bind(now)
            .execute(connection)
            .await?;
        Ok(done.rows_affected() > 0)
    })
    .await
}

/// How many wait, and how many of them were tried in vain.
pub async fn waiting(db: &Db, webhook: &WebhookId) -> Result<(i64, i64)> {
    Ok(sqlx::query_as(
        "SELECT count(*), count(CASE WHEN attempts > 0 THEN 1 END) FROM deliveries
         WHERE webhook_id = $1 AND due_at IS NOT NULL",
    )
    .bind(webhook)
    .fetch_one(db.read())
    .await?)
}

/// Whether anything that was written down since then was taken.
pub async fn any_taken_since(db: &Db, webhook: &WebhookId, since: Timestamp) -> Result<bool> {
    let found: Option<(String,)> = sqlx::query_as(
        "SELECT id FROM deliveries WHERE webhook_id = $1 AND created_at >= $2 AND delivered_at IS NOT NULL LIMIT 1",
    )
    .bind(webhook)
    .bind(since)
    .fetch_optional(db.read())
    .await?;
    Ok(found.is_some())
}

/// The latest of a webhook before another, the last first.
pub async fn of_webhook(
    db: &Db,
    webhook: &WebhookId,
    before: Option<&(Timestamp, DeliveryId)>,
    limit: i64,
) -> Result<Vec<Delivery>> {
    let (at, id) = before.cloned().unwrap_or((Timestamp(i64::MAX), DeliveryId(String::new())));
    Ok(sqlx::query_as(
        "SELECT id, seq, kind, body, created_at, due_at, attempts, delivered_at, outcome FROM deliveries
         WHERE webhook_id = $1 AND (created_at < $2 OR (created_at = $2 AND id < $3))
         ORDER BY created_at DESC, id DESC LIMIT $4",
    )
    .bind(webhook)
    .bind(at)
    .bind(id)
    .bind(limit)
    .fetch_all(db.read())
    .await?)
}
