//! Providers that fail: what whoever comes by them waits, what that costs, and what everybody else notices
//! (`security.md` UP-05 and UP-07).
use crate::{
    Result,
    app::App,
    bad_provider::{self, BlackHole, FAULTS},
    browser::Browser,
    callers::{Same, SignIn, Watch},
    http::{Connection, Site},
    load::{self, Measurement},
    machine::Process,
    report::Report,
    server::Place,
};
use aws_lc_rs::{rand::SystemRandom, signature};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::task::spawn_local;

/// People who come at once by a provider whose token endpoint fails.
const VISITORS: usize = 50;
/// People who keep trying while all providers are down, and those who sign in with a password meanwhile.
const CROWD: usize = 64;
const PEOPLE: usize = 4;
/// Rounds without the crowd and with it, in turn, so that whatever changes meanwhile changes for both.
const ROUNDS: usize = 4;
/// How long after another each of the crowd begins, so that they come one by one, as people do.
const APART: Duration = Duration::from_millis(50);
const WARM_UP: Duration = Duration::from_secs(1);

/// All kinds of providers that have a name.
const KINDS: [&str; 8] = ["google", "apple", "line", "github", "microsoft", "facebook", "x", "instagram"];
/// What providers are asked at.
const ENDPOINTS: [&str; 3] = ["TOKEN_ENDPOINT", "USERINFO_ENDPOINT", "JWKS_URI"];

/// Settings, by the names of their variables.
type Settings = Vec<(String, String)>;

pub async fn run(place: &Place, time: Duration, report: &mut Report) -> Result<()> {
    bad_endpoints(place, report).await?;
    all_down(place, time, report).await
}

fn provider(name: &str, settings: &[(&str, &str)]) -> Settings {
    let variable = |(key, value): &(&str, &str)| {
        (format!("GENKAN_PROVIDERS__{}__{key}", name.to_uppercase()), (*value).to_owned())
    };
    settings.iter().map(variable).collect()
}

/// Starts a server with these more.
fn start(place: &Place, settings: &Settings) -> Result<crate::server::Server> {
    let mut all = vec![("GENKAN_FETCH__ALLOW_PRIVATE_NETWORKS", "true")];
    all.extend(settings.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    Ok(place.start_with(&all)?.0)
}

/// Each way to fail: how long whoever comes by it waits for a page that lets them try again, and how much memory it
/// takes when many come at once.
async fn bad_endpoints(place: &Place, report: &mut Report) -> Result<()> {
    let address = bad_provider::start().await?;
    let settings = FAULTS.iter().flat_map(|(name, _)| {
        let at = |endpoint: &str| format!("http://{address}/{name}/{endpoint}");
        provider(
            name,
            &[
                ("KIND", "oauth2"),
                ("CLIENT_ID", "bench"),
                ("CLIENT_SECRET", crate::server::SECRET),
                ("AUTHORIZATION_ENDPOINT", &at("authorize")),
                ("TOKEN_ENDPOINT", &at("token")),
                ("USERINFO_ENDPOINT", &at("me")),
            ],
        )
    });
    let server = start(place, &settings.collect())?;
    // All that the server keeps for good is there after this.
    visits(&place.site, FAULTS[0].0).await?;
    let (mut slowest, mut most) = (0.0_f64, 0.0_f64);
    for (name, words) in FAULTS {
        server.process.forget_peak();
        let before = server.process.usage()?.resident;
        let waited = visits(&place.site, name).await?.as_secs_f64();
        let grown = f64::from(server.process.usage()?.peak.saturating_sub(before)) / 1024.0;
        report.fact(&format!("upstream: token endpoint, {words}: slowest page"), waited, "s");
        (slowest, most) = (slowest.max(waited), most.max(grown));
    }
    report.fact("upstream: slowest page of all", slowest, "s");
    report.fact("upstream: most memory more", most, "MiB");
    Ok(())
}

/// Everybody comes at once: how long the last waited for a page.
async fn visits(site: &Site, name: &'static str) -> Result<Duration> {
    let visits: Vec<_> = (0..VISITORS)
        .map(|_| {
            let site = site.clone();
            spawn_local(async move { visit(&site, name).await.map_err(|why| format!("{name}: {why}")) })
        })
        .collect();
    let mut slowest = Duration::ZERO;
    for visit in visits {
        slowest = slowest.max(visit.await??);
    }
    Ok(slowest)
}

/// Goes to a provider and comes back with a code that it never gave: how long it took until there was a page.
async fn visit(site: &Site, name: &str) -> Result<Duration> {
    let (mut browser, mut http) = (Browser::new(site), Connection::new(site.address));
    browser.open(&mut http, "/login").await?;
    let away = browser.open(&mut http, &format!("/login/{name}")).await?.location.ok_or("no way to the provider")?;
    let state =
        url::Url::parse(&away)?.query_pairs().find(|(name, _)| name == "state").ok_or("no state")?.1.into_owned();
    let query = crate::http::encode(&[("state", &state), ("code", "made-up")]);
    let from = Instant::now();
    let back = browser.open(&mut http, &format!("/callback/{name}?{query}")).await?.location.ok_or("no way on")?;
    if !back.contains("outcome=trouble") {
        return Err(format!("it leads to {back}").into());
    }
    let page = browser.open(&mut http, &back).await?;
    if page.location.is_some() || !page.body.contains(&format!("login-with-{name}")) {
        return Err("no page to try again on".into());
    }
    Ok(from.elapsed())
}

/// All providers are down, and many try them all the time: what that is to whoever needs none.
async fn all_down(place: &Place, time: Duration, report: &mut Report) -> Result<()> {
    let hole = BlackHole::dig().await?;
    let server = start(place, &swallowed(hole.address)?)?;
    let (mut alone, mut beside) = (Both::default(), Both::default());
    for n in 0..PEOPLE {
        place.create_user(&email(n))?;
    }
    for _ in 0..ROUNDS {
        alone.add(others(place, &server.process, time).await?);
        let crowd = Crowd::gather(&place.site).await;
        beside.add(others(place, &server.process, time).await?);
        crowd.check()?;
    }
    let p99 = |measured: &Option<Measurement>| measured.as_ref().map_or(0.0, |it| it.quantile(990).as_secs_f64());
    let slower = (p99(&beside.passwords) / p99(&alone.passwords) - 1.0) * 100.0;
    report.fact("upstream: all down, password p99 slower by", slower, "%");
    for (name, both) in [("providers there", alone), ("providers down", beside)] {
        for (what, measured) in [("password", both.passwords), ("sign-in page", both.pages)] {
            if let Some(measured) = measured {
                report.load(&format!("{name}: {what}"), Measurement { cpu: Duration::ZERO, ..measured });
            }
        }
    }
    Ok(())
}

fn email(n: usize) -> String {
    format!("patient-{n}@example.com")
}

/// Every kind, with its endpoints where nothing comes back from.
fn swallowed(hole: SocketAddr) -> Result<Settings> {
    let url = format!("http://{hole}/");
    let key =
        signature::EcdsaKeyPair::generate_pkcs8(&signature::ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
    let key = STANDARD.encode(key.map_err(|_| "no key")?.as_ref());
    let key = format!("-----BEGIN PRIVATE KEY-----\n{key}\n-----END PRIVATE KEY-----\n");
    let mut all = vec![];
    for kind in KINDS {
        all.extend(provider(kind, &[("CLIENT_ID", "1234567890")]));
        all.extend(provider(kind, &ENDPOINTS.map(|endpoint| (endpoint, url.as_str()))));
        all.extend(match kind {
            "apple" => provider(kind, &[("TEAM_ID", "A1B2C3D4E5"), ("KEY_ID", "F6G7H8I9J0"), ("PRIVATE_KEY", &key)]),
            _ => provider(kind, &[("CLIENT_SECRET", "0123456789abcdef0123456789abcdef")]),
        });
    }
    Ok(all)
}

/// What was seen of passwords and of pages.
#[derive(Default)]
struct Both {
    passwords: Option<Measurement>,
    pages: Option<Measurement>,
}

impl Both {
    fn add(&mut self, (passwords, pages): (Measurement, Measurement)) {
        let sum = |sum: &mut Option<Measurement>, more: Measurement| {
            *sum = Some(match sum.take() {
                Some(before) => before.and(more),
                None => more,
            });
        };
        sum(&mut self.passwords, passwords);
        sum(&mut self.pages, pages);
    }
}

/// Those who sign in with a password, and one who looks at the page again and again: it has a button of every provider.
async fn others(place: &Place, server: &Process, time: Duration) -> Result<(Measurement, Measurement)> {
    let site = &place.site;
    let app = App::new(site, "web-ES256");
    let people = (0..PEOPLE).map(|n| SignIn { app: app.clone(), email: email(n) }).collect();
    let page = Same { request: site.get("/login", &[]).into(), expected: "login-with-instagram" };
    tokio::try_join!(
        load::run(site, server, people, WARM_UP, time),
        load::run(site, server, vec![Watch(page)], WARM_UP, time)
    )
}

/// People who try one provider after the other, until this is dropped.
struct Crowd(Vec<tokio::task::JoinHandle<String>>);

impl Crowd {
    async fn gather(site: &Site) -> Self {
        let person = |n: usize| {
            let site = site.clone();
            spawn_local(async move {
                for kind in KINDS.iter().cycle().skip(n) {
                    if let Err(why) = visit(&site, kind).await {
                        return format!("{kind}: {why}");
                    }
                }
                String::new()
            })
        };
        let mut crowd = Self(vec![]);
        for n in 0..CROWD {
            crowd.0.push(person(n));
            tokio::time::sleep(APART).await;
        }
        crowd
    }

    /// Whoever is among them goes on trying until there is something that should not be.
    fn check(&self) -> Result<()> {
        match self.0.iter().filter(|person| person.is_finished()).count() {
            0 => Ok(()),
            some => Err(format!("{some} of those who tried a provider saw no page to try again on").into()),
        }
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        self.0.iter().for_each(tokio::task::JoinHandle::abort);
    }
}
