//! Providers that lie, and providers that fail: nobody is signed in by either, and nobody else suffers for it.
mod keys;
mod lies;
mod memory;
mod private;

use crate::{
    linking::{add, come, count, is_in, start, turned_back, who},
    support::{
        Account, Answer, Database, Endpoint, Fault, Kind, Part, Reply, Server, Upstream, at_once, on_each_database,
    },
};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

on_each_database!(
    whatever_a_provider_answers_a_person_sees_a_page,
    a_provider_that_does_not_answer_holds_nobody_else_up,
    all_that_a_provider_is_asked_has_one_limit,
    errors_are_understood_in_every_providers_words,
    what_cannot_be_believed_or_kept_is_left_out,
    what_is_not_said_again_stays,
);

/// A server with one provider under many names, each of which knows nothing of the others' answers.
async fn many(database: Database, upstream: &Upstream, names: &[String]) -> Server {
    let providers: Vec<_> = names.iter().map(|name| (name.as_str(), upstream, "")).collect();
    start(database, "", &providers).await
}

fn names(many: usize) -> Vec<String> {
    (0..many).map(|n| format!("idp{n}")).collect()
}

/// The endpoints that are asked on the way.
const ASKED: [Endpoint; 4] = [Endpoint::Discovery, Endpoint::Token, Endpoint::Jwks, Endpoint::Userinfo];

/// Comes by a provider that fails: its page, or at last ours.
async fn try_to_come(server: &Server, upstream: &Upstream, name: &str) -> Answer {
    let browser = server.browser();
    let page = browser.meet(upstream, &browser.open("/login").await, name).await;
    let page =
        if page.has("upstream-allow") { browser.come_back(upstream, &page, "upstream-allow").await } else { page };
    assert!(browser.get("/account").await.status != 200 || is_in(&page), "{page}");
    page
}

/// `security.md` UP-05, UP-06 and SS-06.
async fn whatever_a_provider_answers_a_person_sees_a_page(database: Database) {
    let oidc = Upstream::start(Kind::Oidc);
    // The token says too little, so that all four are asked.
    for claim in ["name", "email", "email_verified"] {
        oidc.omit(Part::IdToken, claim);
    }
    let json = |body: &str| Fault::Answer(Reply::new(200, "application/json", body));
    let faults = || {
        vec![
            Fault::Answer(Reply::html(500, "<h1>Internal Server Error</h1>")),
            Fault::Answer(Reply::html(200, "<h1>Please sign in to the Wi-Fi</h1>")),
            Fault::Answer(Reply::empty()),
            json("{"),
            json("[]"),
            json("null"),
            json("{}"),
            json(&"[".repeat(100_000)),
            json(r#"{"error":"invalid_grant","error_description":"<script>alert(1)</script>"}"#),
            json(r#"{"error":{"message":"no","type":"OAuthException","code":190}}"#),
            json(r#"{"sub":"somebody else","keys":{},"access_token":7,"issuer":"x"}"#),
            json(&format!(r#"{{"padding":"{}"}}"#, "x".repeat(1_100_000))),
            Fault::HangsUp,
            Fault::Floods,
        ]
    };
    let names = names(ASKED.len() * faults().len() + 1);
    let server = many(database, &oidc, &names).await;
    let mut names = names.iter();
    for endpoint in ASKED {
        for fault in faults() {
            let name = names.next().unwrap();
            oidc.fail(endpoint, fault.clone());
            let page = try_to_come(&server, &oidc, name).await;
            assert!(page.status == 200 && turned_back(&page, "trouble"), "{endpoint:?} {fault:?}: {page}");
            assert!(page.has("login-submit") && page.has(&format!("login-with-{name}")), "{page}");
            assert!(!page.body.contains("alert(1)") && !page.body.contains("Wi-Fi"), "{page}");
            oidc.recover(endpoint);
        }
    }
    assert_eq!(count(&server, "users").await, 0);
    assert!(is_in(&try_to_come(&server, &oidc, names.next().unwrap()).await));
    // The operator reads why.
    let log = server.log();
    for why in [
        "invalid_grant",
        "sent more than 1048576 bytes",
        "is not a key set",
        "is not a discovery document",
        "answered 500",
    ] {
        assert!(log.contains(why), "{why}");
    }
}

/// `security.md` UP-05 and UP-07: whoever waits for a provider waits some seconds, and alone.
async fn a_provider_that_does_not_answer_holds_nobody_else_up(database: Database) {
    let slow: Vec<_> = ASKED.iter().flat_map(|endpoint| [(endpoint, Fault::Holds), (endpoint, Fault::Drips)]).collect();
    let upstreams: Vec<_> = slow
        .iter()
        .map(|(endpoint, fault)| {
            let upstream = Upstream::start(Kind::Oidc);
            upstream.omit(Part::IdToken, "email");
            upstream.fail(**endpoint, fault.clone());
            upstream
        })
        .collect();
    let google = Upstream::start(Kind::Google);
    let names = names(upstreams.len());
    let mut providers: Vec<_> =
        names.iter().zip(&upstreams).map(|(name, upstream)| (name.as_str(), upstream, "")).collect();
    providers.push(("google", &google, ""));
    let server = start(database, "", &providers).await;
    let alice = server.user("Alice");
    let begun = Instant::now();
    let mut waiting = vec![];
    for (name, upstream) in names.iter().zip(&upstreams) {
        let browser = server.browser();
        let page = browser.open("/login").await;
        let start = page.link(&format!("login-with-{name}"));
        let is_slow_at_once = upstream.url(Endpoint::Discovery) == slow_url(upstream, &slow, name);
        let path = if is_slow_at_once {
            start
        } else {
            let asked = browser.meet(upstream, &page, name).await;
            browser.submit(&asked.form("upstream-allow")).await.location().unwrap().into()
        };
        // Twice, and from two windows.
        for _ in 0..2 {
            let (browser, path) = (browser.clone(), path.clone());
            waiting.push(tokio::spawn(async move { browser.open(path).await }));
        }
    }
    // Meanwhile.
    let browser = server.browser();
    assert!(browser.proceed(browser.open(server.app("web").authorize_url()).await, &alice).await.location().is_some());
    assert!(is_in(&come(&server.browser(), &google, "google").await));
    assert_eq!(server.http.get("/readyz").await.status, 200);
    assert!(waiting.iter().any(|waiting| !waiting.is_finished()), "they still wait: {:?}", begun.elapsed());
    let pages = at_once(waiting.into_iter().map(|waiting| async move { waiting.await.unwrap() })).await;
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    for page in pages {
        assert!(page.status == 200 && page.url.path() == "/login", "{page}");
    }
    assert_eq!(count(&server, "users").await, 2);
    for (upstream, (endpoint, _)) in upstreams.iter().zip(&slow) {
        upstream.recover(**endpoint);
    }
}

/// `security.md` UP-05: each answer comes in time, and all of them together do not.
async fn all_that_a_provider_is_asked_has_one_limit(database: Database) {
    let (slow, slower) = (Upstream::start(Kind::Oidc), Upstream::start(Kind::Oidc));
    let server = start(database, "", &[("slow", &slow, ""), ("slower", &slower, "")]).await;
    let lags = Fault::Lags(Duration::from_millis(3500));
    let mut coming = vec![];
    for (name, upstream, asked) in [("slow", &slow, &ASKED[1..3]), ("slower", &slower, &ASKED[1..])] {
        // The token says too little, so that all three are asked.
        upstream.omit(Part::IdToken, "email");
        upstream.account(Account::new(name).name("Hana"));
        for endpoint in asked {
            upstream.fail(*endpoint, lags.clone());
        }
        let browser = server.browser();
        let page = browser.meet(upstream, &browser.open("/login").await, name).await;
        let back = browser.submit(&page.form("upstream-allow")).await.location().unwrap();
        coming.push(async move {
            let begun = Instant::now();
            (browser.open(back).await, begun.elapsed())
        });
    }
    let pages = at_once(coming).await;
    let [(good, _), (late, waited)] = &pages[..] else { panic!("two") };
    assert!(is_in(good), "{good}");
    assert!(turned_back(late, "trouble") && *waited < Duration::from_secs(10), "{waited:?}: {late}");
    assert_eq!((slower.count(Endpoint::Token), slower.count(Endpoint::Userinfo)), (1, 1), "it was on its way");
    assert_eq!(count(&server, "users").await, 1);
}

/// Where the provider of this name is slow.
fn slow_url(upstream: &Upstream, slow: &[(&Endpoint, Fault)], name: &str) -> String {
    upstream.url(*slow[name.trim_start_matches("idp").parse::<usize>().unwrap()].0)
}

/// `providers.md` bug 45.
async fn errors_are_understood_in_every_providers_words(database: Database) {
    let kinds = [Kind::GitHub, Kind::Facebook, Kind::Instagram, Kind::X, Kind::Microsoft];
    let upstreams: Vec<_> = kinds.map(|kind| (kind, Upstream::start(kind))).into();
    let providers: Vec<_> = upstreams.iter().map(|(kind, upstream)| (kind.name(), upstream, "")).collect();
    let server = start(database, "", &providers).await;
    for (kind, upstream) in &upstreams {
        // A code that nobody was given.
        let browser = server.browser();
        let page = browser.meet(upstream, &browser.open("/login").await, kind.name()).await;
        let mut back = browser.submit(&page.form("upstream-allow")).await.location().unwrap();
        let state = back.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
        back.query_pairs_mut().clear().append_pair("state", &state).append_pair("code", "made-up");
        assert!(turned_back(&browser.open(&back).await, "trouble"), "{kind:?}");
    }
    let x = &upstreams.iter().find(|(kind, _)| *kind == Kind::X).unwrap().1;
    for body in
        [json!({ "errors": [{ "title": "Not Found" }] }), json!({ "data": null }), json!({ "data": { "id": "" } })]
    {
        x.answer_with(Endpoint::Userinfo, Reply::json(200, &body));
        assert!(turned_back(&try_to_come(&server, x, "x").await, "trouble"), "{body}");
    }
    let log = server.log();
    for code in
        ["bad_verification_code", "OAuthException", "Matching code was not found", "invalid_request", "AADSTS54005"]
    {
        assert!(log.contains(code), "{code}");
    }
    assert_eq!(count(&server, "users").await, 0);
}

/// `security.md` UP-09, UN-03, XS-01; `providers.md` bugs 17 and 44.
#[expect(clippy::too_many_lines, reason = "a table of what there is to try")]
async fn what_cannot_be_believed_or_kept_is_left_out(database: Database) {
    let kinds = [Kind::Oidc, Kind::GitHub, Kind::Facebook, Kind::X, Kind::OAuth2, Kind::Google];
    let upstreams: Vec<_> = kinds.map(|kind| (kind, Upstream::start(kind))).into();
    let providers: Vec<_> = upstreams.iter().map(|(kind, upstream)| (kind.name(), upstream, "")).collect();
    let server = start(database, "", &providers).await;
    let nested = (0..100).fold(json!("x"), |inner, _| json!([inner]));
    let groups: Vec<_> = (0..1000).map(|n| format!("g{n}")).collect();
    let values = [
        json!("a\u{0}b"),
        json!("\u{202e}moc.live\u{2066}"),
        json!("x".repeat(20_000)),
        json!("javascript:alert(1)"),
        json!("<script>alert(1)</script>"),
        json!("'; DROP TABLE users; --"),
        json!("\u{1f600}\u{3042}\\u3042\"\n"),
        json!(["a@b.test"]),
        json!({ "url": "javascript:alert(1)" }),
        json!(7),
        json!(1e300),
        json!(true),
        Value::Null,
        json!(""),
        json!(groups),
        nested,
    ];
    let claims = [
        "name",
        "email",
        "picture",
        "profile",
        "website",
        "locale",
        "preferred_username",
        "given_name",
        "groups",
        "sid",
        "login",
        "avatar_url",
        "html_url",
        "blog",
        "display_name",
        "contact",
        "avatars",
        "first_name",
        "confirmed_email",
        "profile_image_url",
        "username",
        "url",
    ];
    for (kind, upstream) in &upstreams {
        for (number, value) in values.iter().enumerate() {
            // Everything at once.
            let mut account = Account { subject: format!("{number}"), email: None, ..Account::of(*kind) };
            if *kind == Kind::X {
                account = Account { name: None, username: None, picture: None, ..account };
            }
            for claim in claims {
                account = account.with(claim, value.clone());
            }
            upstream.account(account);
            let browser = server.browser();
            let page = come(&browser, upstream, kind.name()).await;
            assert!(page.status < 500, "{kind:?} {value}: {page}");
            let page = if page.has("welcome-submit") {
                assert!(!page.body.contains("<script>alert") && !page.body.contains('\u{202e}'), "{page}");
                browser.press(&page, "welcome-submit", &[("name", "Somebody")]).await
            } else {
                page
            };
            // A token that is far too long says nothing.
            let is_long = value.to_string().len() > 4000 && matches!(kind, Kind::Oidc | Kind::Google);
            assert_eq!((is_in(&page), turned_back(&page, "trouble")), (!is_long, is_long), "{kind:?} {value}: {page}");
            if is_long {
                continue;
            }
            for path in ["/account", "/account/profile", "/account/ways-in"] {
                let page = browser.open(path).await;
                assert!(page.status == 200 && !page.body.contains("<script>alert"), "{kind:?} {value}: {page}");
                let leads = ["href", "src", "action"].map(|name| format!("{name}=\"javascript:"));
                assert!(!leads.iter().any(|leads| page.body.contains(leads)), "{kind:?} {value}: {page}");
                assert!(!page.body.contains('\u{202e}') && !page.body.contains('\u{0}'), "{kind:?} {value}: {page}");
            }
            let told = who(&server, &browser).await;
            for address in ["picture", "profile", "website"] {
                let told = told[address].as_str().unwrap_or("https://");
                assert!(told.starts_with("http://") || told.starts_with("https://"), "{kind:?} {value}: {told}");
            }
            assert!(told["name"].as_str().is_some_and(|name| name.chars().count() <= 200), "{kind:?} {value}: {told}");
            assert!(told.get("groups").is_none() && told.get("email").is_none_or(Value::is_string), "{told}");
        }
    }
    let facebook = &upstreams[2].1;
    facebook.account(Account::new("long").name(&"\u{3042}".repeat(100_000)));
    let browser = server.browser();
    assert!(is_in(&come(&browser, facebook, "facebook").await));
    assert!(who(&server, &browser).await["name"].as_str().unwrap().chars().count() <= 200);
    // What stands in an access token that nobody has signed is not read.
    let oidc = &upstreams[0].1;
    let forged = "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIiwiZ3JvdXBzIjpbImFkbWluIl0sImVtYWlsIjoiYm9zc0BwZW9wbGUudGVzdCJ9.";
    oidc.account(Account::new("forged").name("Eve").email("eve@evil.test"));
    oidc.set(Part::TokenResponse, "access_token", forged);
    oidc.omit(Part::IdToken, "at_hash");
    let browser = server.browser();
    assert!(is_in(&come(&browser, oidc, "oidc").await));
    assert_eq!(who(&server, &browser).await["email"], "eve@evil.test");
    // Text with lone surrogates is none, and no reason to fail otherwise than kindly.
    let (oauth2, broken) = (&upstreams[4].1, r#"{"id":"1","display_name":"\ud800"}"#);
    oauth2.answer_with(Endpoint::Userinfo, Reply::new(200, "application/json", broken));
    assert!(turned_back(&try_to_come(&server, oauth2, "oauth2").await, "trouble"));
    let spelt = r#"{"id":"spelt","display_name":"\u3042\ud83d\ude00","unknown":[{"a":null}],"contact":null}"#;
    oauth2.answer_with(Endpoint::Userinfo, Reply::new(200, "text/plain", spelt));
    let browser = server.browser();
    assert!(is_in(&come(&browser, oauth2, "oauth2").await));
    assert_eq!(who(&server, &browser).await["name"], "\u{3042}\u{1f600}");
}

/// `providers.md` bug 42.
async fn what_is_not_said_again_stays(database: Database) {
    let oidc = Upstream::start(Kind::Oidc);
    let server = start(database, "", &[("keeps", &oidc, ""), ("follows", &oidc, "update_profile = true")]).await;
    let full = |subject: &str| {
        let account = Account::new(subject).email(&format!("{subject}@people.test")).name("Hana Yamada");
        account.with("picture", "https://idp.test/hana.png").with("locale", "ja")
    };
    for (name, renamed) in [("keeps", "Hana Yamada"), ("follows", "Hanako")] {
        let sign_in = async |account: Account| {
            oidc.account(account);
            let browser = server.browser();
            assert!(is_in(&come(&browser, &oidc, name).await));
            who(&server, &browser).await
        };
        let first = sign_in(full(name)).await;
        assert_eq!((&first["name"], &first["picture"]), (&json!("Hana Yamada"), &json!("https://idp.test/hana.png")));
        let (nothing, blank) = (Account::new(name), json!(""));
        let blank = ["name", "email", "picture", "given_name", "locale"]
            .iter()
            .fold(nothing.clone(), |account, claim| account.with(claim, blank.clone()));
        for silent in [nothing, blank] {
            let mut again = sign_in(silent).await;
            again["updated_at"] = first["updated_at"].clone();
            assert_eq!(again, first, "{name}");
        }
        assert_eq!(sign_in(full(name).name("Hanako")).await["name"], renamed);
    }
    // What the person has set themselves is theirs.
    let alice = server.user("Alice");
    let browser = server.browser();
    browser.proceed(browser.open("/login").await, &alice).await;
    oidc.account(full("alice"));
    add(&browser, &oidc, "keeps").await;
    assert!(is_in(&come(&server.browser(), &oidc, "keeps").await));
    let told = who(&server, &browser).await;
    assert_eq!((&told["name"], &told["email"]), (&json!("Alice"), &json!(alice.email)));
    assert_eq!(told["picture"], "https://idp.test/hana.png", "what was missing is there");
    let page = browser.send(Method::GET, &server.http.url("/account/ways-in"), None).await;
    assert!(page.body.contains("alice@people.test"), "{page}");
}
