//! The way to a provider and back: which answers count, what is asked for there, and to whom an app is open.
mod friends;
mod mapped;
mod pictures;
mod requests;
mod ways;

use crate::{
    linking::{count, is_in, start, turned_back, who},
    support::{
        Account, Answer, Authenticator, Browser, Database, Endpoint, Kind, Part, Server, Upstream, at_once,
        on_each_database,
    },
};
use serde_json::json;
use url::Url;

on_each_database!(
    an_answer_counts_once_in_the_browser_that_asked,
    an_answer_is_of_the_provider_that_was_asked,
    an_app_of_the_provider_may_come_back_in_another_browser,
    an_answer_that_is_posted_comes_with_the_cookies_of_its_browser,
    whoever_turns_back_is_told_kindly,
    what_is_proved_elsewhere_is_one_factor,
    a_browser_remembers_who_came_and_how,
);

/// Allows everything: where the provider leads back to.
async fn allowed(browser: &Browser, asked: &Answer) -> Url {
    browser.submit(&asked.form("upstream-allow")).await.location().expect("it leads back")
}

/// A browser on its way back from a provider, and the address that it is led to.
async fn on_the_way_back(server: &Server, upstream: &Upstream, name: &str) -> (Browser, Url) {
    let browser = server.browser();
    let asked = browser.meet(upstream, &browser.open("/login").await, name).await;
    let back = allowed(&browser, &asked).await;
    (browser, back)
}

/// The same address with another value, or none.
fn with(url: &Url, name: &str, value: Option<&str>) -> Url {
    let mut changed = url.clone();
    let kept = url.query_pairs().filter(|(its, _)| its != name).chain(value.map(|value| (name.into(), value.into())));
    changed.query_pairs_mut().clear().extend_pairs(kept);
    changed
}

async fn is_signed_in(browser: &Browser) -> bool {
    browser.get("/account").await.status == 200
}

/// `security.md` UP-02; `providers.md` bugs 18, 19 and 26.
async fn an_answer_counts_once_in_the_browser_that_asked(database: Database) {
    let oidc = Upstream::start(Kind::Oidc);
    let server = start(database, "", &[("oidc", &oidc, "")]).await;
    let (browser, back) = on_the_way_back(&server, &oidc, "oidc").await;
    for state in [None, Some(""), Some("wrong"), Some("a%00b"), Some(&"x".repeat(5000))] {
        browser.open(with(&back, "state", state)).await.assert_error(400, "upstream_state");
    }
    // Another browser, whatever it carries of its own.
    let elsewhere = on_the_way_back(&server, &oidc, "oidc").await.0;
    for stranger in [&server.browser(), &elsewhere] {
        stranger.open(&back).await.assert_error(400, "upstream_state");
        assert!(!is_signed_in(stranger).await);
    }
    assert_eq!(oidc.count(Endpoint::Token), 0);
    // Many at once, as where a page is loaded again and again: one trades the code.
    let tasks = (0..50).map(|_| {
        let (browser, back) = (browser.clone(), back.clone());
        async move { browser.get(back.as_str()).await }
    });
    let answers = at_once(tasks).await;
    assert_eq!(oidc.count(Endpoint::Token), 1);
    assert!(answers.iter().all(|answer| answer.status == 303), "{answers:?}");
    assert!(is_signed_in(&browser).await && count(&server, "users").await == 1);
    // Shortly after it leads to where it was going, and then to nothing.
    assert!(is_in(&browser.open(&back).await) && oidc.count(Endpoint::Token) == 1);
    server.browser().open(&back).await.assert_error(400, "upstream_state");
    server.sql("UPDATE upstream_requests SET answered_at = answered_at - 61").await;
    browser.open(&back).await.assert_error(400, "upstream_state");
    // On the way to an app it is that which is gone on to.
    let web = server.app("web");
    let page = browser.open(web.authorize_url_of(&web.authorization().with("prompt", "login"))).await;
    let back = allowed(&browser, &browser.meet(&oidc, &page, "oidc").await).await;
    for _ in 0..2 {
        assert!(browser.open(&back).await.has("consent-allow"));
    }
    // Nobody waits for ever.
    let (browser, back) = on_the_way_back(&server, &oidc, "oidc").await;
    let left = server.texts("SELECT CAST(expires_at AS TEXT) FROM upstream_requests ORDER BY expires_at DESC").await;
    assert!((1..=600).contains(&(left[0].parse::<i64>().unwrap() - server.now().await)), "{left:?}");
    server.sql("UPDATE upstream_requests SET expires_at = expires_at - 600").await;
    browser.open(&back).await.assert_error(400, "upstream_state");
    assert!(!is_signed_in(&browser).await);
    // Nothing of it is kept that could be used.
    let (_, back) = on_the_way_back(&server, &oidc, "oidc").await;
    let state = back.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    assert!(!server.rows().await.iter().any(|row| row.contains(&state)));
}

/// `security.md` UP-01; `providers.md` bug 20; RFC 9207.
async fn an_answer_is_of_the_provider_that_was_asked(database: Database) {
    let (oidc, other, google, microsoft, apple) = (
        Upstream::start(Kind::Oidc),
        Upstream::start(Kind::Oidc),
        Upstream::start(Kind::Google),
        Upstream::start(Kind::Microsoft),
        Upstream::start(Kind::Apple),
    );
    let providers = [
        ("oidc", &oidc, ""),
        ("other", &other, ""),
        ("google", &google, ""),
        ("microsoft", &microsoft, ""),
        ("apple", &apple, ""),
    ];
    let server = start(database, "", &providers).await;
    let (browser, back) = on_the_way_back(&server, &oidc, "oidc").await;
    for name in ["other", "google", "nobody"] {
        let mut elsewhere = back.clone();
        elsewhere.set_path(&format!("/callback/{name}"));
        let page = browser.open(&elsewhere).await;
        assert!([400, 404].contains(&page.status), "{page}");
    }
    // This one says that it always names itself.
    let slash = format!("{}/", oidc.base);
    for iss in [None, Some(""), Some(other.base.as_str()), Some(slash.as_str()), Some("https://evil.test")] {
        browser.open(with(&back, "iss", iss)).await.assert_error(400, "upstream_state");
    }
    assert_eq!((oidc.count(Endpoint::Token), other.count(Endpoint::Token), google.count(Endpoint::Token)), (0, 0, 0));
    assert!(is_in(&browser.open(&back).await), "and the right one still counts");
    // Others need not, but what they say has to be right.
    let (browser, back) = on_the_way_back(&server, &google, "google").await;
    browser.open(with(&back, "iss", Some(&oidc.base))).await.assert_error(400, "upstream_state");
    assert_eq!(google.count(Endpoint::Token), 0);
    assert!(is_in(&browser.open(with(&back, "iss", Some(&google.base))).await));
    // Where the issuer is of many tenants, it is that of one of them.
    let (browser, back) = on_the_way_back(&server, &microsoft, "microsoft").await;
    let tenant = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
    for wrong in
        ["evil.test".to_owned(), format!("{}/evil/v2.0", microsoft.base), format!("{}/{tenant}/v1.0", microsoft.base)]
    {
        browser.open(with(&back, "iss", Some(&wrong))).await.assert_error(400, "upstream_state");
    }
    let right = format!("{}/{tenant}/v2.0", microsoft.base);
    assert!(is_in(&browser.open(with(&back, "iss", Some(&right))).await));
    // Where nobody says who they are, no code is traded: the document that would tell cannot be read.
    let mut fresh = start(database, "", &[("oidc", &oidc, "")]).await;
    let (browser, back) = on_the_way_back(&fresh, &oidc, "oidc").await;
    oidc.fail(Endpoint::Discovery, crate::support::Fault::HangsUp);
    let traded = oidc.count(Endpoint::Token);
    fresh.kill();
    fresh.restart().await;
    let page = browser.open(with(&back, "iss", None)).await;
    assert!(turned_back(&page, "trouble") && oidc.count(Endpoint::Token) == traded, "{page}");
    oidc.recover(Endpoint::Discovery);
}

/// `providers.md` bug 28: on phones LINE's app takes over, and leads back to whichever browser is the usual one.
async fn an_app_of_the_provider_may_come_back_in_another_browser(database: Database) {
    let (line, google) = (Upstream::start(Kind::Line), Upstream::start(Kind::Google));
    let server = start(database, "", &[("line", &line, ""), ("google", &google, "")]).await;
    let web = server.app("web");
    for hinted in [false, true] {
        let request = if hinted { web.authorization().with("idp_hint", "line") } else { web.authorization() };
        let first = server.browser();
        let page = first.open(web.authorize_url_of(&request)).await;
        let asked = if hinted { first.travel(&line, page).await } else { first.meet(&line, &page, "line").await };
        let back = allowed(&first, &asked).await;
        let second = server.browser();
        let traded = line.count(Endpoint::Token);
        let page = second.open(&back).await;
        assert!(page.status == 200 && page.has("begin-again") && page.body.contains("LINE"), "{page}");
        assert!(!is_signed_in(&second).await && line.count(Endpoint::Token) == traded);
        // A plain link, and from then on without the app.
        let asked = second.travel(&line, second.get(&page.link("begin-again")).await).await;
        let request = line.requests(Endpoint::Authorization).pop().unwrap();
        assert_eq!(request.get("disable_auto_login"), Some("true"));
        let page = second.come_back(&line, &asked, "upstream-allow").await;
        let page = if page.has("consent-allow") { second.press(&page, "consent-allow", &[]).await } else { page };
        let callback = page.callback();
        assert_eq!((callback.get("state"), callback.to.as_str()), (Some(web.state.as_str()), "https://app.test/cb"));
        web.redeem(&callback.code()).await.ok();
        assert!(!is_signed_in(&first).await);
    }
    // From the pages of an account back to them; and what was to be added is no sign-in.
    for (purpose, place) in [("/login?return=/account/apps", "/account/apps"), ("link", "/account/ways-in")] {
        let alice = server.user(if purpose == "link" { "Alice" } else { "Bob" });
        let (first, second) = (server.browser(), server.browser());
        let asked = if purpose == "link" {
            first.proceed(first.open("/login").await, &alice).await;
            let page = first.open("/account/ways-in").await;
            line.account(Account::new("U1").name("New"));
            first.travel(&line, first.submit(&page.form("link-line")).await).await
        } else {
            first.meet(&line, &first.open(purpose).await, "line").await
        };
        let page = second.open(allowed(&first, &asked).await).await;
        let before = count(&server, "identities WHERE user_id IS NOT NULL").await;
        let page = second.travel(&line, second.get(&page.link("begin-again")).await).await;
        if purpose == "link" {
            let page = second.proceed(page, &alice).await;
            assert!(page.url.path() == place && page.has("link-line"), "{page}");
        } else {
            assert_eq!(second.come_back(&line, &page, "upstream-allow").await.url.path(), place);
        }
        assert_eq!(count(&server, "identities WHERE user_id IS NOT NULL").await, before);
    }
    // A request that was answered is none to begin again, and others have no app that does so.
    let (browser, back) = on_the_way_back(&server, &line, "line").await;
    browser.open(&back).await;
    server.browser().open(&back).await.assert_error(400, "upstream_state");
    let (_, back) = on_the_way_back(&server, &google, "google").await;
    server.browser().open(&back).await.assert_error(400, "upstream_state");
}

/// `security.md` SE-04; `providers.md` bug 27: Apple's page posts the answer, and `SameSite` keeps the cookies at home.
async fn an_answer_that_is_posted_comes_with_the_cookies_of_its_browser(database: Database) {
    let (apple, google) = (Upstream::start(Kind::Apple), Upstream::start(Kind::Google));
    let server = start(database, "", &[("apple", &apple, ""), ("google", &google, "")]).await;
    let browser = server.browser();
    let asked = browser.meet(&apple, &browser.open("/login").await, "apple").await;
    let page = browser.submit(&asked.form("upstream-allow")).await;
    let form = page.form("upstream-continue");
    assert!(form.fields.get("state").is_some() && form.fields.get("user").is_some(), "{form:?}");
    // It is posted once more from here, as it was but for what nobody knows.
    let before = browser.cookies();
    let odd = form.clone().fill("user", "\"><script>alert(1)</script>").fill("more", "evil").fill("id_token", "evil");
    let again = browser.post_across(&odd, &page.url).await;
    assert!(again.status == 200 && !again.body.contains("<script>alert") && !again.body.contains("evil"), "{again}");
    assert_eq!(browser.cookies(), before, "and this browser keeps its name");
    let ours = |page: &Answer| {
        let button =
            page.find("form-post-continue", |_| "form-post-continue").expect("a button, where there are no scripts");
        let form = page.form(button);
        assert_eq!(form.action.path(), "/callback/apple");
        form
    };
    let again = ours(&browser.post_across(&form, &page.url).await);
    assert_eq!(again.fields.get("user"), form.fields.get("user"));
    // Another browser has other cookies, another site none; and it is not gone around in circles.
    let elsewhere = server.browser();
    elsewhere.open("/login").await;
    elsewhere.submit(&again).await.assert_error(400, "upstream_state");
    browser.post_across(&again, &page.url).await.assert_error(400, "upstream_state");
    assert_eq!(apple.count(Endpoint::Token), 0);
    let page = browser.submit(&again).await;
    let cookies: Vec<_> = page.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap()).collect();
    assert!(!cookies.is_empty() && cookies.iter().all(|cookie| cookie.contains("SameSite=Lax")), "{page}");
    assert!(is_in(&browser.follow(page).await));
    assert_eq!(who(&server, &browser).await["name"], "Hanako Yamada");
    // Nobody else answers so.
    let mut posted = again.clone();
    posted.action.set_path("/callback/google");
    assert_eq!(browser.submit(&posted).await.status, 404);
    posted.action.set_path("/callback/apple");
    let long = posted.fill("user", &"x".repeat(100_000));
    assert_eq!(browser.post_across(&long, &server.http.url("/")).await.status, 413);
}

/// `security.md` UP-08.
async fn whoever_turns_back_is_told_kindly(database: Database) {
    let upstreams: Vec<_> = Kind::ALL.map(|kind| (kind, Upstream::start(kind))).into();
    let providers: Vec<_> = upstreams.iter().map(|(kind, upstream)| (kind.name(), upstream, "")).collect();
    let server = start(database, "", &providers).await;
    let web = server.app("web");
    for (kind, upstream) in &upstreams {
        upstream.account(Account { email: None, ..Account::of(*kind) });
        let browser = server.browser();
        let asked = browser.meet(upstream, &browser.open(web.authorize_url()).await, kind.name()).await;
        let page = browser.come_back(upstream, &asked, "upstream-deny").await;
        assert!(page.status == 200 && turned_back(&page, "cancelled"), "{kind:?}: {page}");
        assert!(page.body.contains("You turned back at") && page.has(&format!("login-with-{}", kind.name())), "{page}");
        // The way to the app is still open.
        let page = browser.sign_in_with(upstream, &page, kind.name()).await;
        assert!(page.has("consent-allow"), "{kind:?}: {page}");
        assert_eq!(upstream.count(Endpoint::Token), 1);
    }
    let oidc = &upstreams.iter().find(|(kind, _)| *kind == Kind::Oidc).unwrap().1;
    let (script, traded) = ("<script>alert(1)</script>", oidc.count(Endpoint::Token));
    for (error, outcome) in [("access_denied", "cancelled"), ("server_error", "trouble"), (script, "trouble")] {
        let (browser, back) = on_the_way_back(&server, oidc, "oidc").await;
        // The code that comes along is not traded.
        let back = with(&with(&back, "error", Some(error)), "error_description", Some(script));
        let page = browser.open(with(&back, "error_uri", Some("javascript:alert(1)"))).await;
        assert!(page.status == 200 && turned_back(&page, outcome), "{error}: {page}");
        assert!(!page.body.contains("<script>alert") && !page.body.contains("javascript:alert"), "{page}");
        assert!(!is_signed_in(&browser).await);
        // It is used up, and there is no loop.
        let again = browser.open(&back).await;
        assert!(again.status == 200 && !is_signed_in(&browser).await, "{again}");
    }
    let (browser, back) = on_the_way_back(&server, oidc, "oidc").await;
    assert!(turned_back(&browser.open(with(&back, "code", None)).await, "trouble"));
    assert_eq!(oidc.count(Endpoint::Token), traded);
    // What is said there is of providers that there are, and of nothing else.
    let browser = server.browser();
    for address in ["/login?outcome=trouble&provider=Call+0900+1234", "/login?outcome=Call+0900+1234&provider=oidc"] {
        let page = browser.open(address).await;
        assert!(page.status == 200 && !page.body.contains("Call"), "{page}");
    }
}

/// `security.md` OT-05: a provider's word is one factor, whatever it says of how somebody signed in there.
async fn what_is_proved_elsewhere_is_one_factor(database: Database) {
    let oidc = Upstream::start(Kind::Oidc);
    let server = start(database, "", &[("oidc", &oidc, "")]).await;
    let (alice, web) = (server.user("Alice"), server.app("web"));
    oidc.account(Account::new("1").name("Alice"));
    oidc.set(Part::IdToken, "amr", json!(["mfa", "hwk"]));
    oidc.set(Part::IdToken, "acr", "phr");
    let browser = server.browser();
    browser.proceed(browser.open("/login").await, &alice).await;
    crate::linking::add(&browser, &oidc, "oidc").await;
    let claims = async |browser: &Browser, page: Answer| {
        let page = if page.has("consent-allow") { browser.press(&page, "consent-allow", &[]).await } else { page };
        server.claims(&web.redeem(&page.callback().code()).await.ok()["id_token"]).await
    };
    let browser = server.browser();
    let page = browser.sign_in_with(&oidc, &browser.open(web.authorize_url()).await, "oidc").await;
    let told = claims(&browser, page).await;
    assert_eq!((&told["amr"], &told["acr"], &told["sub"]), (&json!(["fed"]), &json!("1fa"), &json!(alice.sub)));
    // An app that wants to be surer sends its people to set up a second factor.
    let surer = web.authorize_url_of(&web.authorization().with("acr_values", "mfa"));
    let page = browser.open(&surer).await;
    assert!(page.has("enroll-set-up"), "{page}");
    let mut device = Authenticator::set_up(&server.browser(), &alice).await;
    for (request, amr) in [(web.authorize_url(), json!(["otp", "mfa", "fed"])), (surer, json!(["otp", "mfa", "fed"]))] {
        let browser = server.browser();
        let page = browser.sign_in_with(&oidc, &browser.open(request).await, "oidc").await;
        assert!(page.has("second-factor-submit") && !is_signed_in(&browser).await, "{page}");
        let page = browser.press(&page, "second-factor-submit", &[("code", &device.code().await)]).await;
        let told = claims(&browser, page).await;
        assert_eq!((&told["amr"], &told["acr"]), (&amr, &json!("mfa")));
    }
    // Our words for it mean nothing there.
    assert!(oidc.requests(Endpoint::Authorization).iter().all(|request| request.get("acr_values").is_none()));
}

async fn a_browser_remembers_who_came_and_how(database: Database) {
    let (oidc, google) = (Upstream::start(Kind::Oidc), Upstream::start(Kind::Google));
    let server = start(database, "", &[("oidc", &oidc, ""), ("google", &google, "")]).await;
    let (web, browser) = (server.app("web"), server.browser());
    let page = browser.open("/login").await;
    assert!(!page.has("last-used-oidc") && !page.has("last-used-google"), "{page}");
    oidc.account(Account::new("1").name("First"));
    browser.sign_in_with(&oidc, &page, "oidc").await;
    let first = who(&server, &browser).await;
    // Somebody else beside them, by another provider.
    google.account(Account::of(Kind::Google).name("Second"));
    let page = browser.open("/login?other=1").await;
    assert!(page.has("last-used-oidc") && !page.has("last-used-google"), "{page}");
    assert!(is_in(&browser.sign_in_with(&google, &page, "google").await));
    let second = who(&server, &browser).await;
    assert_ne!(first["sub"], second["sub"]);
    let page = browser.open(web.authorize_url_of(&web.authorization().with("prompt", "select_account"))).await;
    assert!(page.body.contains("First") && page.body.contains("Second"), "{page}");
    // It outlives the sign-out, and the browser.
    browser.press(&browser.open("/logout").await, "logout-confirm", &[("who", "everybody")]).await;
    browser.close();
    let page = browser.open("/login").await;
    assert!(page.has("last-used-google") && !page.has("last-used-oidc"), "{page}");
    assert!(!page.body.contains("Second"), "and tells no more: {page}");
    assert!(turned_back(
        &browser.come_back(&oidc, &browser.meet(&oidc, &page, "oidc").await, "upstream-deny").await,
        "cancelled"
    ));
}
