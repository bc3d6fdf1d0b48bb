//! What operators count and measure, in the text format of `OpenMetrics`, which Prometheus reads.
//!
//! Like the log, this is one for the whole process: whoever has something to count calls a function of here. No label
//! takes what people or apps send: a route is its pattern, a method one of those there are, a provider one of the settings.
mod process;

use crate::domain::Event;
use process::Process;
use prometheus_client::{
    encoding::{EncodeLabelSet, text},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram, info::Info},
    registry::Registry,
};
use std::{fmt, sync::LazyLock, time::Duration};

/// Upper ends of what durations are counted in, in seconds: from a document out of memory to a provider that dawdles.
const BUCKETS: [f64; 13] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

static ALL: LazyLock<Metrics> = LazyLock::new(Metrics::new);

type Durations<L> = Family<L, Histogram, fn() -> Histogram>;
type Counts<const N: usize> = Family<[(&'static str, &'static str); N], Counter>;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: String,
    status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    method: &'static str,
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SignIn {
    method: String,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Called {
    provider: String,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Provider {
    provider: String,
}

struct Metrics {
    registry: Registry,
    process: Process,
    requests: Family<Answered, Counter>,
    durations: Durations<Route>,
    events: Counts<1>,
    sign_ins: Family<SignIn, Counter>,
    tokens: Counts<1>,
    mails: Counts<1>,
    hashing_waiting: Gauge,
    hashing_limit: Gauge,
    hashing_refused: Counter,
    calls: Family<Called, Counter>,
    call_durations: Durations<Provider>,
    gauges: Gauges,
}

/// What is looked up when it is asked for.
#[derive(Debug, Default)]
struct Gauges {
    outbox: Gauge,
    sessions: Gauge,
    connections: Family<[(&'static str, &'static str); 1], Gauge>,
    connections_max: Gauge,
    key_ages: Family<[(&'static str, &'static str); 1], Gauge>,
}

fn durations<L: Clone + std::hash::Hash + Eq>() -> Durations<L> {
    Family::new_with_constructor(|| Histogram::new(BUCKETS))
}

impl Metrics {
    fn new() -> Self {
        let mut all = Self {
            registry: Registry::with_prefix("genkan"),
            process: Process::new(),
            requests: Family::default(),
            durations: durations(),
            events: Family::default(),
            sign_ins: Family::default(),
            tokens: Family::default(),
            mails: Family::default(),
            hashing_waiting: Gauge::default(),
            hashing_limit: Gauge::default(),
            hashing_refused: Counter::default(),
            calls: Family::default(),
            call_durations: durations(),
            gauges: Gauges::default(),
        };
        all.register();
        all
    }

    fn register(&mut self) {
        let (all, gauges) = (&mut self.registry, &self.gauges);
        all.register("build", "The program", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        all.register("http_requests", "Requests that were answered", self.requests.clone());
        all.register("http_request_duration_seconds", "Until the answer began", self.durations.clone());
        all.register("events", "Events of the audit trail", self.events.clone());
        all.register("sign_ins", "Attempts to sign in", self.sign_ins.clone());
        all.register("tokens_issued", "Answers with tokens, by grant type", self.tokens.clone());
        all.register("mails", "Attempts to send a mail", self.mails.clone());
        all.register("mail_outbox", "Letters that wait", gauges.outbox.clone());
        all.register("password_hashing_waiting", "Passwords that wait to be hashed", self.hashing_waiting.clone());
        all.register("password_hashing_limit", "How many may wait", self.hashing_limit.clone());
        all.register("password_hashing_refused", "Passwords that found no room", self.hashing_refused.clone());
        all.register("upstream_requests", "Requests to providers", self.calls.clone());
        all.register(
            "upstream_request_duration_seconds",
            "Until a provider's answer was whole",
            self.call_durations.clone(),
        );
        all.register("database_connections", "Connections of the pool", gauges.connections.clone());
        all.register("database_connections_max", "How many there may be", gauges.connections_max.clone());
        all.register("sessions_active", "Sign-ins that have not ended", gauges.sessions.clone());
        all.register("signing_key_age_seconds", "Since the key that signs came into force", gauges.key_ages.clone());
    }
}

/// A request was answered. `route` is the pattern of its path; nothing where there is none.
pub fn answered(method: &'static str, route: Option<&str>, status: u16, took: Duration) {
    let status = match status {
        0..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        500.. => "5xx",
    };
    let route = route.unwrap_or("none").to_owned();
    ALL.durations.get_or_create(&Route { method, route: route.clone() }).observe(took.as_secs_f64());
    ALL.requests.get_or_create(&Answered { method, route, status }).inc();
}

/// Something happened that is written down.
pub fn happened(event: Event) {
    ALL.events.get_or_create(&[("event", event.as_str())]).inc();
    let (method, outcome) = match event {
        Event::PasswordWrong => ("password", "refused"),
        Event::SecondFactorWrong => ("second_factor", "refused"),
        Event::Throttled => ("any", "throttled"),
        _ => return,
    };
    ALL.sign_ins.get_or_create(&SignIn { method: method.to_owned(), outcome }).inc();
}

/// Somebody signed in: by a password, a passkey, a mail, or with a provider of this name.
pub fn signed_in(method: &str) {
    ALL.sign_ins.get_or_create(&SignIn { method: method.to_owned(), outcome: "signed_in" }).inc();
}

/// Tokens were issued.
pub fn issued(grant_type: &'static str) {
    ALL.tokens.get_or_create(&[("grant_type", grant_type)]).inc();
}

/// A mail was `sent`, waits to be sent again (`put_back`), or is `given_up`.
pub fn mail(outcome: &'static str) {
    ALL.mails.get_or_create(&[("outcome", outcome)]).inc();
}

/// So many passwords may wait to be hashed.
pub fn hashing_limit(limit: usize) {
    ALL.hashing_limit.set(i64::try_from(limit).unwrap_or(i64::MAX));
}

/// A password waits to be hashed.
pub fn hashing_waits() {
    ALL.hashing_waiting.inc();
}

/// It does no more.
pub fn hashing_begins() {
    ALL.hashing_waiting.dec();
}

/// It found no room.
pub fn hashing_refused() {
    ALL.hashing_waiting.dec();
    ALL.hashing_refused.inc();
}

/// A provider was asked something.
pub fn called(provider: &str, outcome: &'static str, took: Duration) {
    let provider = provider.to_owned();
    ALL.call_durations.get_or_create(&Provider { provider: provider.clone() }).observe(took.as_secs_f64());
    ALL.calls.get_or_create(&Called { provider, outcome }).inc();
}

/// What is looked up when metrics are asked for.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// Letters that wait.
    pub outbox: i64,
    /// Sign-ins that have not ended.
    pub sessions: i64,
    /// Connections of the pool: in use, idle, and how many there may be.
    pub connections: [i64; 3],
    /// By algorithm, how long the key that signs has done so, in seconds.
    pub key_ages: Vec<(&'static str, i64)>,
}

/// All metrics, as they are now.
pub fn text(now: &Snapshot) -> Result<String, fmt::Error> {
    let (gauges, [used, idle, max]) = (&ALL.gauges, now.connections);
    gauges.outbox.set(now.outbox);
    gauges.sessions.set(now.sessions);
    gauges.connections.get_or_create(&[("state", "used")]).set(used);
    gauges.connections.get_or_create(&[("state", "idle")]).set(idle);
    gauges.connections_max.set(max);
    for (algorithm, age) in &now.key_ages {
        gauges.key_ages.get_or_create(&[("algorithm", *algorithm)]).set(*age);
    }
    ALL.process.measure();
    let mut out = String::new();
    text::encode_registry(&mut out, &ALL.registry)?;
    text::encode_registry(&mut out, ALL.process.registry())?;
    text::encode_eof(&mut out)?;
    Ok(out)
}

/// When the process began, in seconds since 1970.
pub fn started(at: i64) {
    ALL.process.started(at);
}
