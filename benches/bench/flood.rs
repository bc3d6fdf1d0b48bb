//! A flood of wrong passwords from everywhere, and what everybody else notices of it.
use crate::{
    Result,
    browser::Browser,
    callers::{Refresh, Same, Watch},
    http::{Connection, Site},
    load::{self, Caller, Measurement},
    report::Report,
    scenarios::Scene,
};
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    ops::ControlFlow,
    rc::Rc,
    time::Duration,
};

const CONNECTIONS: usize = 500;
/// The limits as they come, behind a proxy, so that each guess is from an address of its own: what holds is not the
/// limit on an address, but that no more passwords are hashed at once than there is room for.
pub const SETTINGS: [(&str, &str); 2] =
    [("GENKAN_LIMITS__ENABLED", "true"), ("GENKAN_SERVER__TRUSTED_PROXIES", "127.0.0.0/8")];
const WARM_UP: Duration = Duration::from_secs(1);

/// What all who guess share.
struct Shared {
    site: Site,
    cookies: String,
    form: Vec<(String, String)>,
    guesses: Cell<u32>,
    answers: RefCell<BTreeMap<u16, u32>>,
}

/// One connection that guesses at one account after the other.
struct Guess(Rc<Shared>);

impl Caller for Guess {
    async fn call(&mut self, http: &mut Connection) -> Result<ControlFlow<()>> {
        let shared = &self.0;
        let n = shared.guesses.replace(shared.guesses.get() + 1);
        let [_, a, b, c] = n.to_be_bytes();
        let (username, address) = (format!("person-{}@example.com", n % 100_000), format!("10.{a}.{b}.{c}"));
        let mut fields = vec![("username", username.as_str()), ("password", "seven grey herons over a loud lake")];
        fields.extend(shared.form.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let headers = [("cookie", shared.cookies.as_str()), ("x-forwarded-for", &address)];
        let response = http.send(&shared.site.post("/login", &headers, &fields)).await?;
        *shared.answers.borrow_mut().entry(response.status).or_default() += 1;
        match response.status {
            422 | 429 | 503 => Ok(ControlFlow::Continue(())),
            _ => Err(response.unexpected()),
        }
    }
}

/// Runs it for this long.
pub async fn run(scene: &mut Scene, site: &Site, time: Duration, report: &mut Report) -> Result<()> {
    let (mut browser, mut http) = (Browser::new(site), Connection::new(site.address));
    let form = browser.form(&mut http, "/login", "password").await?;
    let shared = Rc::new(Shared {
        site: site.clone(),
        cookies: browser.cookies(),
        form,
        guesses: Cell::default(),
        answers: RefCell::default(),
    });
    let guesses = (0..CONNECTIONS).map(|_| Guess(shared.clone())).collect();
    let refreshes: Vec<Refresh> = scene.refreshes(1, Duration::from_millis(50)).await?;
    let health = Same { request: site.get("/healthz", &[]).into(), expected: "ok" };
    let server = &scene.server.process;
    let (flood, refresh, health) = tokio::try_join!(
        load::run(site, server, guesses, WARM_UP, time),
        load::run(site, server, refreshes, WARM_UP, time),
        load::run(site, server, vec![Watch(health)], WARM_UP, time),
    )?;
    let milliseconds = |measured: &Measurement| measured.quantile(990).as_secs_f64() * 1000.0;
    report.fact("flood: peak memory", f64::from(flood.peak) / 1024.0, "MiB");
    report.fact("flood: refresh p99", milliseconds(&refresh), "ms");
    report.fact("flood: healthz p99", milliseconds(&health), "ms");
    for (status, count) in &*shared.answers.borrow() {
        report.fact(&format!("flood: answered {status}"), f64::from(*count), "");
    }
    for (name, mut measured) in [("flood", flood), ("… refresh meanwhile", refresh), ("… healthz meanwhile", health)]
    {
        if name != "flood" {
            measured.cpu = Duration::ZERO;
        }
        report.load(name, measured);
    }
    Ok(())
}
