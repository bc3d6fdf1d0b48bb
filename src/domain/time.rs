//! Points in time. The only reader of the system clock is `crate::clock`.

/// Seconds since the Unix epoch, as JWTs count them (RFC 7519 section 2, `NumericDate`).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, sqlx::Type, serde::Serialize, serde::Deserialize,
)]
#[sqlx(transparent)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// This many seconds later (or earlier, when negative).
    #[must_use]
    pub const fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// As people read it, to the minute, in UTC; nothing for what no calendar has.
    #[must_use]
    pub fn in_utc(self) -> String {
        time::OffsetDateTime::from_unix_timestamp(self.0)
            .map_or_else(|_| String::new(), |at| format!("{} {:02}:{:02} UTC", at.date(), at.hour(), at.minute()))
    }

    /// Seconds from `earlier` until this moment; negative when `earlier` is in fact later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}
