//! Guessing from many places at once, and what ids and answers tell (`security.md` BF, EN, SE).
use crate::support::{Answer, Browser, Database, Form, Params, Server, User, at_once, claims_of, on_each_database};
use reqwest::{Method, header::COOKIE};
use std::collections::BTreeSet;

on_each_database!(
    an_account_has_its_tries_wherever_they_come_from,
    an_address_has_its_tries_whomever_they_are_at,
    of_a_burst_the_right_guess_is_not_looked_at_when_the_tries_are_over,
    tries_are_counted_together_by_all_nodes_and_outlive_them,
    whoever_is_not_there_is_stopped_in_the_same_words,
    an_id_cannot_be_guessed,
    what_belongs_to_others_looks_like_what_is_not_there,
);

const BEHIND_A_PROXY: &str = "server.trusted_proxies = ['127.0.0.0/8']
    [limits]
    enabled = true";

/// Guesses that differ in where they come from.
struct Guesser {
    server: Server,
    form: Form,
    cookies: String,
}

impl Guesser {
    async fn new(database: Database, settings: &str) -> Self {
        let server = Server::start(database, settings).await;
        let browser = server.browser();
        let form = browser.open("/login").await.form("login-submit");
        let cookies: Vec<_> = browser.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect();
        Self { server, form, cookies: cookies.join("; ") }
    }

    fn try_password(&self, from: &str, username: &str, password: &str) -> impl Future<Output = Answer> + Send + use<> {
        let form = self.form.clone().fill("username", username).fill("password", password);
        let request = self.server.http.request(Method::POST, "/login").header(COOKIE, &self.cookies);
        let request = request.header("x-forwarded-for", from).form(&form.fields.0);
        async move { Answer::of(request).await }
    }

    /// How many of these were answered by each status.
    async fn statuses(&self, tries: impl Iterator<Item = impl Future<Output = Answer> + Send + 'static>) -> Counts {
        let (mut counts, mut tries) = (Counts::default(), tries.peekable());
        while tries.peek().is_some() {
            for answer in at_once(tries.by_ref().take(50)).await {
                match answer.status {
                    303 => counts.in_ += 1,
                    422 => counts.wrong += 1,
                    429 => counts.throttled += 1,
                    _ => panic!("{answer}"),
                }
            }
        }
        counts
    }
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    in_: usize,
    wrong: usize,
    throttled: usize,
}

fn address(n: usize) -> String {
    format!("198.{}.{}.{}", 18 + n / 65_536, n / 256 % 256, n % 256)
}

/// `security.md` BF-02: one account, a thousand addresses, the limit as it comes.
async fn an_account_has_its_tries_wherever_they_come_from(database: Database) {
    let guesser = Guesser::new(database, BEHIND_A_PROXY).await;
    let alice = guesser.server.user("Alice");
    let tries = (0..1000).map(|n| guesser.try_password(&address(n), &alice.email, &format!("wrong password {n}")));
    assert_eq!(guesser.statuses(tries).await, Counts { in_: 0, wrong: 10, throttled: 990 });
    let right = guesser.try_password(&address(2000), &alice.email, &alice.password).await;
    assert_eq!(right.status, 429, "{right}");
}

/// `security.md` BF-03: a thousand accounts, one address.
async fn an_address_has_its_tries_whomever_they_are_at(database: Database) {
    let guesser = Guesser::new(database, &format!("{BEHIND_A_PROXY}\nattempts_per_address = 20")).await;
    let tries = (0..1000).map(|n| guesser.try_password("198.18.0.1", &format!("u{n}@people.test"), "wrong password"));
    assert_eq!(guesser.statuses(tries).await, Counts { in_: 0, wrong: 20, throttled: 980 });
    let elsewhere = guesser.try_password("198.18.0.2", "u1@people.test", "wrong password").await;
    assert_eq!(elsewhere.status, 422, "{elsewhere}");
    // Of IPv6, whoever has one address has 2^64.
    let host = |n: usize| format!("2001:db8:0:1:{n:x}::{n:x}");
    let tries = (1..100).map(|n| guesser.try_password(&host(n), &format!("u{n}@people.test"), "wrong password"));
    assert_eq!(guesser.statuses(tries).await, Counts { in_: 0, wrong: 20, throttled: 79 });
    let elsewhere = guesser.try_password("2001:db8:0:2::1", "u2@people.test", "wrong password").await;
    assert_eq!(elsewhere.status, 422, "{elsewhere}");
}

/// `security.md` BF-04: two hundred at the same moment.
async fn of_a_burst_the_right_guess_is_not_looked_at_when_the_tries_are_over(database: Database) {
    let settings = format!("passwords.queue = 400\n{BEHIND_A_PROXY}\nattempts_per_account = 5");
    let guesser = Guesser::new(database, &settings).await;
    let alice = guesser.server.user("Alice");
    let tries: Vec<_> = (0..200).map(|n| guesser.try_password(&address(n), &alice.email, "wrong password")).collect();
    let mut statuses: Vec<_> = at_once(tries).await.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!((&statuses[..5], &statuses[5..]), (&[422; 5][..], &[429; 195][..]));
    let right = guesser.try_password(&address(201), &alice.email, &alice.password).await;
    assert_eq!(right.status, 429, "{right}");
}

/// `security.md` BF-06: half of the tries at one node, half at another, and one of them is killed in between.
async fn tries_are_counted_together_by_all_nodes_and_outlive_them(database: Database) {
    let mut guesser = Guesser::new(database, BEHIND_A_PROXY).await;
    let (alice, other) = (guesser.server.user("Alice"), guesser.server.start_another(BEHIND_A_PROXY).await);
    for n in 0..5 {
        assert_eq!(guesser.try_password(&address(n), &alice.email, "wrong password").await.status, 422);
        let browser = other.browser();
        assert_eq!(sign_in(&browser, &alice, "wrong password").await.status, 422);
    }
    guesser.server.kill();
    assert_eq!(sign_in(&other.browser(), &alice, &alice.password).await.status, 429);
    guesser.server.restart().await;
    assert_eq!(guesser.try_password(&address(9), &alice.email, &alice.password).await.status, 429);
}

async fn sign_in(browser: &Browser, user: &User, password: &str) -> Answer {
    let form = browser.open("/login").await.form("login-submit");
    browser.submit(&form.fill("username", &user.email).fill("password", password)).await
}

/// `security.md` EN-01: an account without tries, and none at all.
async fn whoever_is_not_there_is_stopped_in_the_same_words(database: Database) {
    let guesser = Guesser::new(database, BEHIND_A_PROXY).await;
    let disabled = guesser.server.user("Disabled");
    guesser.server.disable(&disabled.sub).await;
    guesser.server.cli(&["user", "create", "--email", "bare@people.test"], "");
    let mut told = BTreeSet::new();
    for email in [&guesser.server.user("Alice").email, "unknown@people.test", &disabled.email, "bare@people.test"] {
        for n in 0..10 {
            assert_eq!(guesser.try_password(&address(n), email, "wrong password").await.status, 422);
        }
        let answer = guesser.try_password(&address(20), email, "wrong password").await;
        let mut headers: Vec<_> = answer.headers.iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
        headers.retain(|header| {
            !["date:", "content-length:", "retry-after:", "x-request-id:"].iter().any(|it| header.starts_with(it))
        });
        assert!(answer.status == 429 && answer.header("retry-after").is_some(), "{answer}");
        told.insert((headers, answer.body.replace(&format!("value=\"{email}\""), "value=\"\"")));
    }
    assert_eq!(told.len(), 1, "{told:#?}");
}

/// The bits that random text has, by its alphabet.
fn bits(id: &str) -> f64 {
    let hexadecimal = id.bytes().all(|c| c.is_ascii_hexdigit());
    assert!(id.bytes().all(|c| c.is_ascii_alphanumeric() || [b'-', b'_'].contains(&c)), "{id}");
    f64::from(u32::try_from(id.len()).unwrap()) * if hexadecimal { 4.0 } else { 6.0 }
}

/// `security.md` EN-04: long enough, with nothing in common, and their neighbours are nobody's.
async fn an_id_cannot_be_guessed(database: Database) {
    let server = Server::start(database, "").await;
    let (web, mut kinds) = (server.app("web"), [vec![], vec![], vec![], vec![], vec![]]);
    let (alice, hers) = (server.user("Alice"), server.browser());
    web.tokens(&hers, &alice).await;
    for name in ["Bob", "Carol", "Dora", "Emma"] {
        let (user, browser) = (server.user(name), server.browser());
        let code = web.sign_in(&browser, &user).await;
        let tokens = web.redeem(&code).await.ok();
        let (id, access) = (claims_of(&tokens["id_token"]), claims_of(&tokens["access_token"]));
        let made = ["client", "create", "--name", name, "--redirect-uri", "https://made.test/", "--json"];
        let client: serde_json::Value = serde_json::from_str(&server.cli(&made, "")).unwrap();
        let ids = [&id["sub"], &id["sid"], &access["jti"], &client["client_id"]];
        for (kind, id) in kinds.iter_mut().zip(ids.map(|id| id.as_str().unwrap().to_owned()).into_iter().chain([code]))
        {
            kind.push(id);
        }
    }
    for kind in &kinds {
        for (n, id) in kind.iter().enumerate() {
            assert!(bits(id) >= 122.0, "{id}");
            for other in &kind[..n] {
                let same = id.bytes().zip(other.bytes()).filter(|(a, b)| a == b).count();
                assert!(id != other && same * 3 < id.len(), "{id} {other}");
            }
        }
    }
    let sids = server.texts("SELECT sid FROM sessions").await;
    let mallory = server.browser();
    let page = mallory.proceed(mallory.open("/login").await, &server.user("Mallory")).await;
    assert_eq!(page.status, 200);
    let mut form = mallory.open("/account/password").await.form("password-submit");
    form.action.set_path("/account/sessions");
    let mut told = BTreeSet::new();
    for n in 0..500 {
        let (sid, at) = (&sids[n % sids.len()], n % sids[0].len());
        let neighbour = format!("{}{:x}{}", &sid[..at], n % 16, &sid[at + 1..]);
        let answer = mallory.submit(&Form { fields: form.fields.clone().with("sid", neighbour), ..form.clone() }).await;
        told.insert((answer.status, answer.header("location").map(ToOwned::to_owned), answer.body));
    }
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(server.texts("SELECT sid FROM sessions").await.len(), sids.len() + 1);
    assert_eq!(hers.get("/account").await.status, 200);
}

/// `security.md` EN-05: sessions and apps.
async fn what_belongs_to_others_looks_like_what_is_not_there(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, mallory, web) = (server.user("Alice"), server.user("Mallory"), server.app("web"));
    let (hers, attacker) = (server.browser(), server.browser());
    web.tokens(&hers, &alice).await;
    attacker.proceed(attacker.open("/login").await, &mallory).await;
    let sid = server.texts(&format!("SELECT sid FROM sessions WHERE user_id = '{}'", alice.sub)).await.remove(0);
    let form = attacker.open("/account/password").await.form("password-submit");
    let token = form.fields.get("csrf").unwrap();
    // Her own account keeps a note of what she did.
    let others = async || {
        let rows = server.rows().await.into_iter();
        rows.filter(|row| !row.starts_with("events: ") || row.contains(&alice.sub)).collect::<Vec<_>>()
    };
    let before = others().await;
    for (path, name, theirs) in [("/account/sessions", "sid", sid.as_str()), ("/account/apps", "client_id", "web")] {
        let mut told = BTreeSet::new();
        for id in [theirs, "nobody", "", "00000000000000000000000000000000"] {
            let (action, fields) = (server.http.url(path), Params::new(&[(name, id), ("csrf", token)]));
            let answer = attacker.submit(&Form { action, fields, method: Method::POST }).await;
            told.insert((answer.status, answer.header("location").map(ToOwned::to_owned), answer.body));
        }
        assert_eq!(told.len(), 1, "{told:?}");
    }
    for client in ["web", "nobody"] {
        let page = attacker.open("/account/apps").await;
        assert!(!page.body.contains(client) && !page.body.contains(&sid), "{page}");
    }
    assert_eq!(others().await, before);
}
