//! What the overview's charts and figures say, of what was added up.
use super::super::chart::{Chart, Series};
use crate::{domain::Timestamp, i18n::Words, storage::figures::Count};
use std::collections::BTreeMap;

/// What counts as somebody signing in, and as somebody being refused.
const SIGN_INS: [&str; 2] = ["signed_in", "signed_in_anew"];
const REFUSALS: [&str; 6] =
    ["password_wrong", "second_factor_wrong", "throttled", "client_refused", "exchange_refused", "operator_refused"];
const NEWCOMERS: [&str; 2] = ["signed_up", "user_created"];

/// Some spans of time, up to now.
#[derive(Debug, Clone, Copy)]
pub struct Spans {
    /// How many.
    pub count: i64,
    /// Of so many seconds each.
    pub seconds: i64,
}

impl Spans {
    pub const DAY: Self = Self { count: 24, seconds: 3600 };
    pub const MONTH: Self = Self { count: 30, seconds: 86_400 };

    /// The last of them, which is not over.
    fn last(self, now: Timestamp) -> i64 {
        now.0.div_euclid(self.seconds)
    }

    /// When the first of them begins.
    pub fn begin(self, now: Timestamp) -> Timestamp {
        Timestamp((self.last(now) - self.count + 1) * self.seconds)
    }

    fn names(self, now: Timestamp) -> Vec<String> {
        let last = self.last(now);
        let name = |span: i64| {
            let text = Timestamp(span * self.seconds).in_rfc3339();
            let (day, clock) = text.split_once('T').unwrap_or_default();
            if self.seconds < 86_400 { clock.chars().take(5).collect() } else { day.chars().skip(5).collect() }
        };
        (last - self.count + 1..=last).map(name).collect()
    }
}

/// So many of what happened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    pub sign_ins: i64,
    pub refusals: i64,
    pub newcomers: i64,
}

impl Totals {
    pub fn of(counts: &[Count]) -> Self {
        let total = |kinds: &[&str]| {
            counts.iter().filter(|count| kinds.contains(&count.kind.as_str())).map(|count| count.events).sum()
        };
        Self { sign_ins: total(&SIGN_INS), refusals: total(&REFUSALS), newcomers: total(&NEWCOMERS) }
    }
}

/// Sign-ins by method, and those who were refused. `label`: what a provider is called.
pub fn chart(
    id: &'static str,
    counts: &[Count],
    (spans, now): (Spans, Timestamp),
    words: Words,
    label: &impl Fn(&str) -> String,
) -> Chart {
    let first = spans.last(now) - spans.count + 1;
    let length = usize::try_from(spans.count).unwrap_or(0);
    let mut series = BTreeMap::<(u8, String), Vec<i64>>::new();
    for count in counts {
        let kind = count.kind.as_str();
        let key = if SIGN_INS.contains(&kind) {
            (0, method(&count.method, words, label))
        } else if REFUSALS.contains(&kind) {
            (1, words.get("overview-refused"))
        } else {
            continue;
        };
        let place = usize::try_from(count.span - first).ok();
        let slots = series.entry(key).or_insert_with(|| vec![0; length]);
        if let Some(slot) = place.and_then(|place| slots.get_mut(place)) {
            *slot += count.events;
        }
    }
    let totals = Totals::of(counts);
    let description = words.with("overview-chart-says", &[("signins", totals.sign_ins), ("refusals", totals.refusals)]);
    Chart {
        id,
        title: words.get(id),
        description,
        spans: spans.names(now),
        series: series.into_iter().map(|((_, title), counts)| Series { title, counts }).collect(),
    }
}

fn method(method: &str, words: Words, label: &impl Fn(&str) -> String) -> String {
    match method.split_once(':') {
        Some((_, provider)) => label(provider),
        None => words.find(&format!("overview-by-{method}")).unwrap_or_else(|| words.get("overview-by-other")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;

    fn count(span: i64, kind: &str, method: &str, events: i64) -> Count {
        Count { span, kind: kind.into(), method: method.into(), events }
    }

    #[test]
    fn sign_ins_are_told_apart_by_method_and_outcome() {
        let now = Timestamp(100 * 3600 + 5);
        let counts = [
            count(77, "signed_in", "password", 2),
            count(100, "signed_in_anew", "password", 3),
            count(100, "signed_in", "provider:google", 1),
            count(100, "password_wrong", "", 4),
            count(99, "throttled", "", 1),
            count(99, "signed_up", "", 7),
        ];
        let chart = chart("overview-day", &counts, (Spans::DAY, now), Words::new(Language::En), &|name: &str| {
            format!("the {name}")
        });
        assert_eq!((chart.spans.len(), chart.spans[23].as_str()), (24, "04:00"));
        let legend = chart.legend();
        let series: Vec<_> = legend.iter().map(|series| (series.title.as_str(), series.total)).collect();
        assert_eq!(series, [("Password", 5), ("the google", 1), ("Refused", 5)]);
        assert_eq!((chart.series[0].counts[0], chart.series[0].counts[23]), (2, 3));
        assert_eq!(Totals::of(&counts), Totals { sign_ins: 6, refusals: 5, newcomers: 7 });
        assert_eq!(Spans::DAY.begin(now), Timestamp(77 * 3600));
    }
}
