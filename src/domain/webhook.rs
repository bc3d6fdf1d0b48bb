//! Others who are told of events as they happen.
use super::{DeliveryId, Event, Recorded, Timestamp, WebhookId, words};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What those who run the instance say of a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookSettings {
    /// What people call it.
    pub name: String,
    /// Where it is told.
    pub url: String,
    /// Of what; of everything where none is named.
    pub kinds: Vec<Event>,
}

impl WebhookSettings {
    /// Whether it is told of such an event.
    #[must_use]
    pub fn wants(&self, event: Event) -> bool {
        self.kinds.is_empty() || self.kinds.contains(&event)
    }
}

/// Why one is told nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disabled {
    /// Those who run the instance say so.
    ByOperator,
    /// It said itself that it is gone.
    Gone,
    /// It took nothing for days.
    Failed,
}

words!(Disabled { ByOperator = "by_operator", Gone = "gone", Failed = "failed" });

/// A webhook, without its secrets.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// Its name here.
    pub id: WebhookId,
    /// What those who run the instance say of it.
    pub settings: WebhookSettings,
    /// How often that has changed.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// Up to which row of the audit trail it has been given what it is told.
    pub seq: i64,
    /// Since when it is told nothing, and why.
    pub disabled: Option<(Timestamp, Disabled)>,
}

/// Something that one is told.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Delivery {
    /// Its name: the same each time that it is sent.
    pub id: DeliveryId,
    /// The row of the trail that it tells of; nothing where it tells of none.
    pub seq: i64,
    /// What it tells of.
    pub kind: String,
    /// What is sent.
    pub body: String,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it is to be sent.
    pub due_at: Option<Timestamp>,
    /// How often that was tried.
    pub attempts: i64,
    /// When it was taken.
    pub delivered_at: Option<Timestamp>,
    /// How the last attempt ended.
    pub outcome: Option<String>,
}

impl Delivery {
    /// What a webhook is told of an event. Told anew, it has the same name.
    #[must_use]
    pub fn of(webhook: &WebhookId, row: &Recorded, now: Timestamp) -> Self {
        let id = DeliveryId(format!("msg_{webhook}_{:016}", row.seq));
        Self::new(id, row.seq, row.kind.as_str(), (row.at, row.told()), now)
    }

    /// What shows that a webhook is told anything at all.
    #[must_use]
    pub fn test(webhook: &WebhookId, now: Timestamp) -> Self {
        let id = DeliveryId(format!("msg_{webhook}_test_{}", super::random_id()));
        Self::new(id, 0, "test", (now, json!({ "message": "This is a test." })), now)
    }

    fn new(id: DeliveryId, seq: i64, kind: &str, (at, data): (Timestamp, Value), now: Timestamp) -> Self {
        let body = json!({ "type": kind, "timestamp": at.in_rfc3339(), "data": data }).to_string();
        Self {
            id,
            seq,
            kind: kind.into(),
            body,
            created_at: now,
            due_at: Some(now),
            attempts: 0,
            delivered_at: None,
            outcome: None,
        }
    }
}

/// How long to wait after each attempt in vain, in seconds: some three days in all.
const WAITS: [i64; 10] = [5, 60, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// How an attempt to tell something ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was taken.
    Taken,
    /// It was not; to be tried again then.
    Again(Timestamp),
    /// Nobody is there any more, and they say so themselves.
    Gone,
    /// It is given up.
    GivenUp,
}

impl Outcome {
    /// What follows from the status of an answer, if there was one, at the last of so many attempts.
    #[must_use]
    pub fn of(status: Option<u16>, attempts: i64, now: Timestamp) -> Self {
        match status {
            Some(200..=299) => Self::Taken,
            Some(410) => Self::Gone,
            _ => {
                let wait = usize::try_from(attempts - 1).ok().and_then(|before| WAITS.get(before));
                wait.map_or(Self::GivenUp, |wait| Self::Again(now.plus(*wait)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_taken_is_tried_for_some_three_days() {
        let now = Timestamp(1000);
        assert_eq!(Outcome::of(Some(204), 9, now), Outcome::Taken);
        assert_eq!(Outcome::of(Some(410), 1, now), Outcome::Gone);
        for status in [None, Some(302), Some(404), Some(500), Some(100)] {
            assert_eq!(Outcome::of(status, 1, now), Outcome::Again(now.plus(5)), "{status:?}");
            assert_eq!(Outcome::of(status, 10, now), Outcome::Again(now.plus(86_400)), "{status:?}");
            assert_eq!(Outcome::of(status, 11, now), Outcome::GivenUp, "{status:?}");
        }
        let days = WAITS.iter().sum::<i64>() / 86_400;
        assert_eq!(days, 3);
    }

    #[test]
    fn one_that_names_nothing_is_told_of_everything() {
        let settings =
            |kinds: &[Event]| WebhookSettings { name: String::new(), url: String::new(), kinds: kinds.into() };
        assert!(Event::ALL.iter().all(|event| settings(&[]).wants(*event)));
        let few = settings(&[Event::SignedIn]);
        assert!(few.wants(Event::SignedIn) && !few.wants(Event::SignedOut));
    }
}
