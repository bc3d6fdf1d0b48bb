//! Apps that are open to some ways in alone, and apps that send people one way.
use super::is_signed_in;
use crate::{
    linking::{come, start, turned_back, who},
    passkeys,
    support::{
        Account, Answer, AppClient, Browser, Database, Endpoint, Fault, Inbox, Kind, Upstream, on_each_database, random,
    },
};

on_each_database!(an_app_takes_people_who_come_its_way_alone, an_app_sends_people_straight_to_a_provider);

fn client(id: &str, allowed: &str) -> String {
    format!(
        "[[clients]]\nclient_id = '{id}'\nclient_name = '{id}'\nskip_consent = true\n\
         client_secret = '{id}-secret-0123456789-0123456789'\nredirect_uris = ['https://{id}.test/cb']\n\
         allowed_providers = [{allowed}]\n"
    )
}

/// The interaction that a page of the way to an app carries.
fn interaction(page: &Answer) -> String {
    let found = page.url.query_pairs().find(|(name, _)| name == "interaction");
    found.expect("an interaction").1.into_owned()
}

/// Whether the way to the app is not open to whoever is signed in in this browser.
async fn is_closed(browser: &Browser, app: &AppClient) -> bool {
    let silent = app.authorize_url_of(&app.authorization().with("prompt", "none"));
    let callback = browser.get(silent.as_str()).await.callback();
    let page = browser.open(app.authorize_url()).await;
    let is_closed = page.url.path() == "/login";
    assert_eq!(callback.get("error").is_some(), is_closed, "{page}");
    is_closed
}

/// `providers.md` bug 51.
async fn an_app_takes_people_who_come_its_way_alone(database: Database) {
    let (google, github, inbox) = (Upstream::start(Kind::Google), Upstream::start(Kind::GitHub), Inbox::start());
    let settings = format!(
        "issuer = 'http://localhost:PORT'\n{}{}{}",
        inbox.settings(),
        client("g", "'google'"),
        client("l", "'local'")
    );
    let mut server = start(database, &settings, &[("google", &google, ""), ("github", &github, "")]).await;
    let (alice, g, l) = (server.user("Alice"), server.app("g"), server.app("l"));
    // What is not open is not shown.
    let browser = server.browser();
    let closed = browser.open(g.authorize_url()).await;
    for (id, shown) in
        [("login-with-google", true), ("login-with-github", false), ("login-submit", false), ("login-passkey", false)]
    {
        assert_eq!(closed.has(id), shown, "{id}: {closed}");
    }
    assert!(!closed.body.contains("/signup") && !closed.body.contains("/login/mail"), "{closed}");
    let local = browser.open(l.authorize_url()).await;
    assert!(local.has("login-submit") && !local.has("login-with-google") && !local.has("login-with-github"), "{local}");
    // Nor is it by another page, with the way to the app put into it.
    let (to_g, to_l) = (interaction(&closed), interaction(&local));
    for path in [format!("/login/github?interaction={to_g}"), format!("/login/google?interaction={to_l}")] {
        browser.open(&path).await.assert_error(403, "way_in_closed");
    }
    assert_eq!((google.count(Endpoint::Authorization), github.count(Endpoint::Authorization)), (0, 0));
    let plain = browser.open("/login").await;
    let password = plain.form("login-submit").fill("username", &alice.email).fill("password", &alice.password);
    browser.submit(&password.fill("interaction", &to_g)).await.assert_error(403, "way_in_closed");
    let passkey = passkeys::passkey_of(&server, &server.browser(), &alice).await;
    assert_eq!(inbox.next(&alice.email).await.subject, "A passkey was added");
    let plain = browser.open("/login").await;
    let form = plain.form("login-passkey").fill("credential", &passkey.get(&plain.options("login-passkey")));
    let answer = browser.submit(&form.fill("interaction", &to_g)).await;
    assert!([400, 403, 422].contains(&answer.status), "{answer}");
    for by_link in [true, false] {
        let page = browser.open(format!("/login/mail?interaction={to_g}")).await;
        let page = browser.press(&page, "mail-sign-in-submit", &[("email", &alice.email)]).await;
        let mail = inbox.next(&alice.email).await;
        let answer = if by_link {
            browser.press(&browser.open(mail.link()).await, "mail-link-submit", &[]).await
        } else {
            browser.press(&page, "mailed-code-submit", &[("code", &mail.code())]).await
        };
        answer.assert_error(403, "way_in_closed");
    }
    assert!(!is_signed_in(&browser).await);

    // Whoever is signed in already, by another way.
    let by_password = server.browser();
    by_password.proceed(by_password.open("/login").await, &alice).await;
    assert!(is_closed(&by_password, &g).await && !is_closed(&by_password, &l).await);
    let by_github = server.browser();
    github.account(Account::new("1").name("Hana"));
    come(&by_github, &github, "github").await;
    assert!(is_closed(&by_github, &g).await && is_closed(&by_github, &l).await);
    // A second proof by the right way opens it, for the account of that.
    google.account(Account::new("1").name("Hana").email("hana@gmail.com"));
    let page = by_github.sign_in_with(&google, &by_github.open(g.authorize_url()).await, "google").await;
    let tokens = g.redeem(&page.callback().code()).await.ok();
    assert!(!is_closed(&by_github, &g).await && is_closed(&by_github, &l).await);
    // A way that is closed later is closed for what was given out before, too.
    let refreshed = g.refresh(&tokens).await.ok();
    let code = by_github.open(g.authorize_url()).await.callback().code();
    server.kill();
    server.set(&client("g", "'github'"));
    server.restart().await;
    g.refresh(&refreshed).await.assert_error(400, "invalid_grant");
    g.redeem(&code).await.assert_error(400, "invalid_grant");
    assert_eq!(g.userinfo(&refreshed).await.status, 401);
    assert!(is_closed(&by_github, &g).await);
    assert!(who(&server, &by_github).await["sub"].is_string(), "others are as they were");
}

async fn an_app_sends_people_straight_to_a_provider(database: Database) {
    let (oidc, google) = (Upstream::start(Kind::Oidc), Upstream::start(Kind::Google));
    let server = start(database, &client("g", "'google'"), &[("oidc", &oidc, ""), ("google", &google, "")]).await;
    let (web, g) = (server.app("web"), server.app("g"));
    let hinting = |app: &AppClient, name: &str| app.authorization().with("idp_hint", name);
    let open = async |browser: &Browser, app: &AppClient, request: crate::support::Params| {
        let page = browser.open(app.authorize_url_of(&request)).await;
        browser.travel(&oidc, page).await
    };
    let browser = server.browser();
    let page = open(&browser, &web, hinting(&web, "oidc")).await;
    assert!(page.has("upstream-allow"), "{page}");
    // Whoever turns back there is shown the other ways, and not sent there again.
    let page = browser.come_back(&oidc, &page, "upstream-deny").await;
    assert!(turned_back(&page, "cancelled") && page.has("login-submit"), "{page}");
    // Nobody is sent where there is nothing, or where the app is not open to.
    for (app, name) in [(&web, "nobody"), (&web, "../evil"), (&web, ""), (&web, "local"), (&g, "oidc")] {
        let page = open(&server.browser(), app, hinting(app, name)).await;
        assert!(page.url.path() == "/login" && page.has("login-with-google"), "{name}: {page}");
    }
    // An app that asks without a word gets an answer without one.
    let silent =
        server.browser().get(web.authorize_url_of(&hinting(&web, "oidc").with("prompt", "none")).as_str()).await;
    assert_eq!(silent.callback().get("error"), Some("login_required"));
    // Whoever is signed in goes on.
    let browser = server.browser();
    let page = open(&browser, &web, hinting(&web, "oidc")).await;
    let page = browser.come_back(&oidc, &page, "upstream-allow").await;
    browser.press(&page, "consent-allow", &[]).await.callback().code();
    let met = oidc.count(Endpoint::Authorization);
    browser.open(web.authorize_url_of(&hinting(&web, "oidc"))).await.callback().code();
    assert_eq!(oidc.count(Endpoint::Authorization), met);
    // A sign-in of long ago is not enough for an app that says so: the provider is to ask.
    server.sql("UPDATE sessions SET state = replace(state, '\"auth_time\":1', '\"auth_time\":-1')").await;
    for (name, upstream, param) in
        [("oidc", &oidc, ("max_age", "100")), ("google", &google, ("prompt", "select_account"))]
    {
        let page = browser.open(web.authorize_url_of(&hinting(&web, name).with("max_age", "100"))).await;
        browser.travel(upstream, page).await;
        assert_eq!(upstream.requests(Endpoint::Authorization).last().unwrap().get(param.0), Some(param.1), "{name}");
    }
    // One that is in trouble is not gone to again and again.
    let mut other = start(database, "", &[("oidc", &oidc, "")]).await;
    oidc.fail(Endpoint::Discovery, Fault::HangsUp);
    let web = other.app("web");
    let browser = other.browser();
    let page = browser.open(web.authorize_url_of(&hinting(&web, "oidc"))).await;
    assert!(turned_back(&page, "trouble") && page.has("login-submit"), "{page}");
    let asked = oidc.count(Endpoint::Discovery);
    for _ in 0..5 {
        assert!(turned_back(&browser.open(page.link("login-with-oidc")).await, "trouble"));
    }
    assert!(oidc.count(Endpoint::Discovery) <= asked + 1);
    let carol = other.user(&format!("Carol{}", &random()[..4].replace(['-', '_'], "x")));
    assert!(browser.proceed(page, &carol).await.location().is_some());
    assert!(other.terminate().await.success());
}
