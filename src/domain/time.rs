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

    /// As programs read it (RFC 3339), in UTC; nothing for what no calendar has.
    #[must_use]
    pub fn in_rfc3339(self) -> String {
        time::OffsetDateTime::from_unix_timestamp(self.0).map_or_else(
            |_| String::new(),
            |at| format!("{}T{:02}:{:02}:{:02}Z", at.date(), at.hour(), at.minute(), at.second()),
        )
    }

    /// Reads what a form's field for date and time has, as UTC: `2026-11-29T09:41`, or the day alone.
    #[must_use]
    pub fn parse_utc(text: &str) -> Option<Self> {
        let (day, clock) = text.trim().trim_end_matches('Z').split_once(['T', ' ']).unwrap_or((text.trim(), "00:00"));
        let (mut day, mut clock) = (day.splitn(3, '-'), clock.splitn(3, ':'));
        let (year, month) = (day.next()?.parse().ok()?, day.next()?.parse::<u8>().ok()?.try_into().ok()?);
        let date = time::Date::from_calendar_date(year, month, day.next()?.parse().ok()?).ok()?;
        let (hour, minute) = (clock.next()?.parse().ok()?, clock.next()?.parse().ok()?);
        let time = time::Time::from_hms(hour, minute, clock.next().unwrap_or("0").parse().ok()?).ok()?;
        Some(Self(date.with_time(time).assume_utc().unix_timestamp()))
    }

    /// Seconds from `earlier` until this moment; negative when `earlier` is in fact later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_as_it_is_written() {
        let at = Timestamp(1_795_945_261);
        assert_eq!(at.in_rfc3339(), "2026-11-29T09:41:01Z");
        assert_eq!(Timestamp::parse_utc(&at.in_rfc3339()), Some(at));
        assert_eq!(Timestamp::parse_utc("2026-11-29T09:41"), Some(at.plus(-1)));
        assert_eq!(
            Timestamp::parse_utc("2026-11-29").map(Timestamp::in_rfc3339).as_deref(),
            Some("2026-11-29T00:00:00Z")
        );
        for bad in ["", "x", "2026-11", "2026-13-01", "2026-02-30", "2026-11-29T24:00", "2026-11-29T09", "-1-1-1"] {
            assert_eq!(Timestamp::parse_utc(bad), None, "{bad}");
        }
    }
}
