//! Finding events in a trail of millions: each statement is led by one thing that is asked for, along the index of which
//! it goes back in order; what else is asked for is compared row by row.
use super::super::{Db, Result};
use crate::domain::{Recorded, Timestamp};

/// How far the clocks of nodes may be apart, in seconds: rows are in the order in which they were written, not of time.
const APART: i64 = 300;

/// Which events are wanted; what is `None` is not asked about.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this kind, by its word.
    pub kind: Option<String>,
    /// By this actor, as it is written.
    pub actor: Option<String>,
    /// To this person's account.
    pub user: Option<String>,
    /// With this app.
    pub client: Option<String>,
    /// About this, as it is written.
    pub object: Option<String>,
    /// From this address.
    pub address: Option<String>,
    /// By this request.
    pub request_id: Option<String>,
    /// Not earlier.
    pub since: Option<Timestamp>,
    /// Earlier.
    pub until: Option<Timestamp>,
}

macro_rules! led_by {
    ($lead:literal) => {
        concat!(
            "SELECT seq, at, kind, actor, user_id, client_id, object, address, user_agent, request_id, details
             FROM audit WHERE seq < $1 AND seq >= $2 AND ",
            $lead,
            " AND ($3 IS NULL OR kind = $3) AND ($4 IS NULL OR actor = $4) AND ($5 IS NULL OR user_id = $5)
             AND ($6 IS NULL OR client_id = $6) AND ($7 IS NULL OR object = $7) AND ($8 IS NULL OR address = $8)
             AND ($9 IS NULL OR request_id = $9) AND ($10 IS NULL OR at >= $10) AND ($11 IS NULL OR at < $11)
             ORDER BY seq DESC LIMIT $12"
        )
    };
}

impl Filter {
    /// The statement that is led by what leaves the fewest rows, as far as can be told.
    fn statement(&self) -> &'static str {
        // Few know each other by name; whoever has no name is many.
        let is_one = self.actor.as_ref().is_some_and(|actor| actor.contains(':'));
        match self {
            Self { request_id: Some(_), .. } => led_by!("request_id = $9"),
            Self { user: Some(_), .. } => led_by!("user_id = $5"),
            Self { object: Some(_), .. } => led_by!("object = $7"),
            Self { address: Some(_), .. } => led_by!("address = $8"),
            Self { actor: Some(_), .. } if is_one => led_by!("actor = $4"),
            Self { client: Some(_), .. } => led_by!("client_id = $6"),
            Self { kind: Some(_), .. } => led_by!("kind = $3"),
            Self { actor: Some(_), .. } => led_by!("actor = $4"),
            _ => led_by!("seq > 0"),
        }
    }
}

/// The latest events before a place in the trail, the last first.
pub async fn search(db: &Db, filter: &Filter, before: i64, limit: i64) -> Result<Vec<Recorded>> {
    let first = match filter.since {
        Some(since) => first_at(db, since.plus(-APART)).await?,
        None => 0,
    };
    let before = match filter.until {
        Some(until) => before.min(first_at(db, until.plus(APART)).await?),
        None => before,
    };
    Ok(sqlx::query_as(filter.statement())
        .bind(before)
        .bind(first)
        .bind(&filter.kind)
        .bind(&filter.actor)
        .bind(&filter.user)
        .bind(&filter.client)
        .bind(&filter.object)
        .bind(&filter.address)
        .bind(&filter.request_id)
        .bind(filter.since)
        .bind(filter.until)
        .bind(limit)
        .fetch_all(db.read())
        .await?)
}

/// The place of the first row that is not earlier; after all where there is none.
async fn first_at(db: &Db, at: Timestamp) -> Result<i64> {
    let found: Option<(i64,)> = sqlx::query_as("SELECT seq FROM audit WHERE at >= $1 ORDER BY at, seq LIMIT 1")
        .bind(at)
        .fetch_optional(db.read())
        .await?;
    Ok(found.map_or(i64::MAX, |(seq,)| seq))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leaves_the_fewest_rows_leads() {
        let some = |text: &str| Some(text.to_owned());
        let wide = Filter { kind: some("signed_in"), actor: some("anybody"), ..Filter::default() };
        assert!(wide.statement().contains(">= $2 AND kind = $3"));
        let one = Filter { actor: some("person:a"), ..wide.clone() };
        assert!(one.statement().contains(">= $2 AND actor = $4"));
        let user = Filter { user: some("a"), client: some("web"), address: some("192.0.2.1"), ..one };
        assert!(user.statement().contains(">= $2 AND user_id = $5"));
        let request = Filter { request_id: some("r"), ..user };
        assert!(request.statement().contains(">= $2 AND request_id = $9"));
        assert!(Filter::default().statement().contains(">= $2 AND seq > 0"));
    }
}
