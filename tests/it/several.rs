//! Several people in one browser, staying signed in or not, browsers that are known, and coming back.
use crate::support::{Answer, Browser, Database, Inbox, Params, Server, User, claims_of, on_each_database};
use reqwest::Method;

on_each_database!(
    several_people_are_signed_in_in_one_browser,
    an_app_names_whom_it_means,
    signing_out_is_for_one_or_for_everybody,
    a_session_ends_with_the_browser_unless_it_is_to_last,
    whoever_guesses_does_not_keep_the_owner_out,
    whoever_goes_on_guessing_waits_longer,
    whoever_is_away_is_asked_whether_they_come_back,
    people_are_told_of_a_new_device,
);

async fn joins(browser: &Browser, user: &User) -> Answer {
    let page = browser.open("/login?other=1").await;
    browser.press(&page, "login-submit", &[("username", &user.email), ("password", &user.password)]).await
}

async fn try_password(browser: &Browser, username: &str, password: &str) -> Answer {
    let form = browser.open("/login?other=1").await.form("login-submit");
    browser.submit(&form.fill("username", username).fill("password", password)).await
}

async fn several_people_are_signed_in_in_one_browser(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, bob, web, browser) = (server.user("Alice"), server.user("Bob"), server.app("web"), server.browser());
    joins(&browser, &alice).await;
    let page = joins(&browser, &bob).await;
    assert!(page.body.contains(&bob.email), "{page}");

    let ask = web.authorize_url_of(&web.authorization().with("prompt", "select_account"));
    let page = browser.open(ask.as_str()).await;
    let names = page.texts(".choices strong");
    assert!(names.len() == 2 && names[0].contains("Bob") && names[1].contains("Alice"), "{page}");
    let hers = page.form("account-continue").fill("choice", &sid_of(&page, "Alice"));
    let page = browser.proceed(browser.submit(&hers).await, &alice).await;
    let first = web.redeem(&page.callback().code()).await.ok();
    assert_eq!(claims_of(&first["id_token"])["sub"], alice.sub);
    // She is in use from now on; he is still there, as he was.
    assert!(browser.open("/account").await.body.contains(&alice.email));
    let page = browser.open("/select-account").await;
    let his = page.form("account-continue").fill("choice", &sid_of(&page, "Bob"));
    assert!(browser.follow(browser.submit(&his).await).await.body.contains(&bob.email));
    // What somebody makes up is no account.
    let made_up = page.form("account-continue").fill("choice", "0123456789abcdef0123456789abcdef");
    assert!(browser.follow(browser.submit(&made_up).await).await.has("login-submit"));
    // Whoever is disabled is gone, and the other stays.
    server.disable(&bob.sub).await;
    assert!(browser.open("/account").await.body.contains(&alice.email));
}

fn sid_of(page: &Answer, name: &str) -> String {
    let (before, _) = page.body.split_once(&format!("Continue as {name}")).unwrap_or_else(|| panic!("{page}"));
    before.rsplit_once("value=\"").unwrap().1.split('"').next().unwrap().to_owned()
}

/// OpenID Connect Core section 3.1.2.1, `id_token_hint`; `security.md` AZ-24.
async fn an_app_names_whom_it_means(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, bob, web, browser) = (server.user("Alice"), server.user("Bob"), server.app("web"), server.browser());
    let tokens = web.tokens(&browser, &alice).await;
    joins(&browser, &bob).await;
    let hint = tokens["id_token"].as_str().unwrap();
    let request = web.authorization().with("prompt", "none").with("id_token_hint", hint);
    let code = browser.get(web.authorize_url_of(&request).as_str()).await.callback().code();
    assert_eq!(claims_of(&web.redeem(&code).await.ok()["id_token"])["sub"], alice.sub);
    // And when it signs her out, he stays.
    joins(&browser, &bob).await;
    let logout = Params::new(&[("id_token_hint", hint), ("post_logout_redirect_uri", "https://app.test/out")]);
    assert_eq!(browser.get(&format!("/logout?{}", logout.encoded())).await.callback().to, "https://app.test/out");
    let page = browser.open("/select-account").await;
    assert_eq!(page.texts(".choices strong").len(), 1, "{page}");
    assert!(page.body.contains(&bob.email));
}

async fn signing_out_is_for_one_or_for_everybody(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, bob, browser) = (server.user("Alice"), server.user("Bob"), server.browser());
    joins(&browser, &alice).await;
    assert!(!browser.open("/logout").await.has("logout-everybody"));
    joins(&browser, &bob).await;
    browser.press(&browser.open("/logout").await, "logout-confirm", &[]).await;
    assert!(browser.open("/account").await.body.contains(&alice.email));
    joins(&browser, &bob).await;
    browser.press(&browser.open("/logout").await, "logout-everybody", &[]).await;
    assert!(browser.open("/account").await.has("login-submit"));
    assert!(!browser.cookies().contains_key("genkan-session"));
}

/// `security.md` SE-08.
async fn a_session_ends_with_the_browser_unless_it_is_to_last(database: Database) {
    let server = Server::start(database, "[sessions]\nwindow = 3").await;
    let (alice, bob) = (server.user("Alice"), server.user("Bob"));
    let lasts = async |remember: bool| {
        let browser = server.browser();
        let form = browser.open("/login").await.form("login-submit");
        let form = form.fill("username", &alice.email).fill("password", &alice.password);
        browser.submit(&if remember { form.fill("remember", "yes") } else { form }).await;
        assert_eq!(browser.get("/account").await.status, 200);
        browser
    };
    for remember in [true, false] {
        let browser = lasts(remember).await;
        joins(&browser, &bob).await;
        // Closed and opened again: only what was to last is there.
        browser.close();
        let page = browser.open("/account").await;
        assert_eq!(page.body.contains(&alice.email), remember, "{page}");
        assert!(!page.body.contains(&bob.email));
    }
    let (stays, goes) = (lasts(true).await, lasts(false).await);
    server.passes(4).await;
    assert_eq!((stays.get("/account").await.status, goes.get("/account").await.status), (200, 303));
}

const LIMITS: &str = "[limits]\nenabled = true\nattempts_per_account = 3\nattempts_per_address = 1000\nwindow = 2";

async fn whoever_guesses_does_not_keep_the_owner_out(database: Database) {
    let server = Server::start(database, &LIMITS.replace("window = 2", "window = 600")).await;
    let (alice, bob, home) = (server.user("Alice"), server.user("Bob"), server.browser());
    joins(&home, &alice).await;
    home.press(&home.open("/logout").await, "logout-confirm", &[]).await;
    let attacker = server.browser();
    // One who has an account here is no better off.
    joins(&attacker, &bob).await;
    for _ in 0..3 {
        assert_eq!(try_password(&attacker, &alice.email, "wrong password").await.status, 422);
    }
    assert_eq!(try_password(&attacker, &alice.email, &alice.password).await.status, 429);
    assert_eq!(try_password(&server.browser(), &alice.email, &alice.password).await.status, 429);
    assert_eq!(try_password(&home, &alice.email, &alice.password).await.status, 303);
    // Her own browser has no more tries than any other.
    home.press(&home.open("/logout").await, "logout-confirm", &[]).await;
    for _ in 0..3 {
        assert_eq!(try_password(&home, &alice.email, "wrong password").await.status, 422);
    }
    assert_eq!(try_password(&home, &alice.email, &alice.password).await.status, 429);
}

async fn whoever_goes_on_guessing_waits_longer(database: Database) {
    let server = Server::start(database, LIMITS).await;
    let (alice, browser) = (server.user("Alice"), server.browser());
    let mut waits = vec![];
    for _ in 0..3 {
        let wait = loop {
            let answer = try_password(&browser, &alice.email, "wrong password").await;
            if answer.status == 429 {
                break answer.header("retry-after").unwrap().parse::<i64>().unwrap();
            }
        };
        waits.push(wait);
        server.passes(wait + 1).await;
    }
    assert!(waits[0] <= 2 && waits[1] > 2 && waits[2] > 4, "{waits:?}");
    // It ends by itself.
    assert_eq!(try_password(&browser, &alice.email, &alice.password).await.status, 303);
}

async fn whoever_is_away_is_asked_whether_they_come_back(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, web) = (server.user("Alice"), server.app("web"));
    for change in ["frozen_at = 1, email_verified_at = NULL", "delete_at = 9999999999"] {
        let browser = server.browser();
        joins(&browser, &alice).await;
        server.sql(&format!("UPDATE users SET {change} WHERE id = '{}'", alice.sub)).await;
        assert!(browser.open("/account").await.has("login-submit"), "{change}");
        let page = browser.open(web.authorize_url()).await;
        let page =
            browser.press(&page, "login-submit", &[("username", &alice.email), ("password", &alice.password)]).await;
        assert!(page.has("returning-submit"), "{page}");
        // Nobody else's answer counts, nor one that was made up.
        let form = page.form("returning-submit");
        let other = server.browser();
        let token = other.open("/login").await.form("login-submit").fields.get("csrf").unwrap().to_owned();
        assert_eq!(other.submit(&form.clone().fill("csrf", &token)).await.status, 400);
        assert_eq!(browser.submit(&form.clone().fill("challenge", "AAAA")).await.status, 400);
        assert_eq!(browser.get("/login/returning").await.status, 405);
        let page = browser.proceed(browser.submit(&form).await, &alice).await;
        web.redeem(&page.callback().code()).await.ok();
    }
    let kinds = server.texts("SELECT kind FROM audit ORDER BY seq").await;
    for kind in ["unfrozen", "deletion_cancelled", "signed_in", "app_allowed"] {
        assert!(kinds.iter().any(|found| found == kind), "{kind}: {kinds:?}");
    }
    // A challenge that waits for a second factor is no proof of everything.
    let browser = server.browser();
    crate::support::Authenticator::set_up(&server.browser(), &alice).await;
    server.sql(&format!("UPDATE users SET frozen_at = 1 WHERE id = '{}'", alice.sub)).await;
    let page = joins(&browser, &alice).await;
    let form = page.form("second-factor-submit");
    let url = server.http.url("/login/returning");
    assert_eq!(browser.send(Method::POST, &url, Some(&form.fields)).await.status, 400);
}

async fn people_are_told_of_a_new_device(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    let (alice, home, elsewhere) = (server.user("Alice"), server.browser(), server.browser());
    // The first is no news, nor is one that is known.
    for _ in 0..2 {
        joins(&home, &alice).await;
        home.press(&home.open("/logout").await, "logout-confirm", &[]).await;
    }
    joins(&elsewhere, &alice).await;
    let mail = inbox.new_device(&alice.email).await;
    assert!(mail.text.contains("127.0.0.1") && mail.text.contains("/account"), "{mail:?}");
    let page = elsewhere.open("/account/leave").await;
    elsewhere.submit(&page.form("leave-freeze").fill("sure", "yes")).await;
    assert_eq!(inbox.next(&alice.email).await.subject, "Your account is frozen");
    assert!(inbox.all().is_empty(), "{:?}", inbox.all());
}
