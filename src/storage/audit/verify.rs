//! Going along the chain: whether a row was changed, removed or put in.
use super::{
    super::{Db, Error, Result},
    seal_of,
};
use crate::domain::{Broken, Chain, Recorded};

/// Rows that are read at once.
const STEP: i64 = 1000;

/// Where a chain that holds begins and ends: the places and seals to be kept elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extent {
    /// The last row that is not part of it.
    pub base: i64,
    /// The last row.
    pub seq: i64,
    /// Its seal.
    pub seal: String,
}

/// A part of the chain that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The last row before it.
    pub after: i64,
    /// Its last row.
    pub last: i64,
    /// The seal of that.
    pub seal: String,
    /// The last row that there was as it began.
    pub end: i64,
}

#[derive(sqlx::FromRow)]
struct Sealed {
    #[sqlx(flatten)]
    row: Recorded,
    seal: String,
}

#[derive(sqlx::FromRow)]
struct Ends {
    seq: i64,
    seal: String,
    base_seq: i64,
    base_seal: String,
    base_mark: Option<String>,
}

/// Goes along the whole chain. The inner error tells where it does not hold.
pub async fn verify(db: &Db, chain: &Chain) -> Result<std::result::Result<Extent, Broken>> {
    let checked = check(db, chain, 0, i64::MAX).await?;
    Ok(checked.map(|Checked { after, last, seal, .. }| Extent { base: after, seq: last, seal }))
}

/// Goes along up to `most` rows of the chain after a row, or from its beginning.
pub async fn check(db: &Db, chain: &Chain, after: i64, most: i64) -> Result<std::result::Result<Checked, Broken>> {
    // First the end: what is written meanwhile is not looked at.
    let ends: Option<Ends> =
        sqlx::query_as("SELECT seq, seal, base_seq, base_seal, base_mark FROM audit_chain WHERE id = 'only'")
            .fetch_optional(db.read())
            .await?;
    let Ends { seq: end, seal: end_seal, base_seq, base_seal, base_mark } =
        ends.ok_or_else(|| Error::Failed("the audit trail has lost its chain".into()))?;
    if !base_mark.is_some_and(|mark| Chain::is(&mark, &chain.mark(base_seq, &base_seal))) {
        return Ok(Err(Broken::Beginning(base_seq + 1)));
    }
    let (after, mut seal) = if after <= base_seq {
        (base_seq, base_seal)
    } else {
        match seal_of(db, after).await? {
            Some(seal) => (after, seal),
            None => return Ok(Err(Broken::Missing(after))),
        }
    };
    let (mut at, last) = (after, end.min(after.saturating_add(most)));
    while at < last {
        let rows = rows(db, at, last).await?;
        if rows.is_empty() {
            return Ok(Err(Broken::End { found: at, expected: end }));
        }
        for Sealed { row, seal: stored } in rows {
            if row.seq != at + 1 {
                return Ok(Err(Broken::Missing(at + 1)));
            }
            let expected = chain.seal(&seal, &row);
            if !Chain::is(&stored, &expected) {
                return Ok(Err(Broken::Changed(row.seq)));
            }
            (at, seal) = (row.seq, expected);
        }
    }
    if at == end && !Chain::is(&end_seal, &seal) {
        return Ok(Err(Broken::Changed(end)));
    }
    Ok(Ok(Checked { after, last: at, seal, end }))
}

async fn rows(db: &Db, after: i64, last: i64) -> Result<Vec<Sealed>> {
    Ok(sqlx::query_as(
        "SELECT seq, at, kind, actor, user_id, client_id, object, address, user_agent, request_id, details, seal
         FROM audit WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3",
    )
    .bind(after)
    .bind(last)
    .bind(STEP)
    .fetch_all(db.read())
    .await?)
}
