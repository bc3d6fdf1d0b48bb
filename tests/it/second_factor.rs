//! A second factor: turned on, asked for, guessed at and turned off.
use crate::support::{Answer, Authenticator, Browser, Database, Server, User, on_each_database};
use serde_json::json;
use std::{collections::BTreeSet, time::Duration};

on_each_database!(
    a_code_is_asked_for_and_an_app_is_told,
    a_password_alone_opens_nothing,
    a_code_works_once,
    a_recovery_code_works_once,
    of_many_at_once_one_wins,
    codes_are_not_guessed,
    changing_it_needs_a_code_and_ends_other_sessions,
    a_challenge_is_good_in_its_own_browser_and_for_its_own_password,
    setting_up_is_for_who_began_it,
    whoever_has_lost_it_gets_in_again_by_the_operator,
);

const PAGE: &str = "/account/two-step";

async fn sign_in(browser: &Browser, page: Answer, user: &User) -> Answer {
    browser.press(&page, "login-submit", &[("username", &user.email), ("password", &user.password)]).await
}

/// Turns it on; the app, and the recovery codes.
pub async fn turn_on(browser: &Browser, user: &User) -> (Authenticator, Vec<String>) {
    let (app, page) = Authenticator::turn_on(browser, browser.proceed(browser.open(PAGE).await, user).await).await;
    (app, page.texts(".codes li"))
}

async fn code_page(browser: &Browser, user: &User) -> Answer {
    let page = sign_in(browser, browser.open("/login").await, user).await;
    assert!(page.has("second-factor-submit"), "{page}");
    page
}

async fn is_signed_in(browser: &Browser) -> bool {
    browser.get("/account").await.status == 200
}

async fn a_code_is_asked_for_and_an_app_is_told(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, browser, web) = (server.user("Alice"), server.browser(), server.app("web"));
    let before = server.claims(&web.tokens(&browser, &alice).await["id_token"]).await;
    assert_eq!(before["amr"], json!(["pwd"]));
    let (mut app, codes) = turn_on(&browser, &alice).await;

    for (code, amr) in [(app.code().await, json!(["pwd", "otp", "mfa"])), (codes[0].clone(), json!(["pwd", "mfa"]))] {
        let browser = server.browser();
        let page = sign_in(&browser, browser.open(web.authorize_url()).await, &alice).await;
        let page = browser.press(&page, "second-factor-submit", &[("code", &code)]).await;
        let callback = browser.proceed(page, &alice).await.callback();
        let tokens = web.redeem(&callback.code()).await.ok();
        for token in ["id_token", "access_token"] {
            assert_eq!(server.claims(&tokens[token]).await["amr"], amr);
        }
    }
    let page = browser.open(PAGE).await;
    assert_eq!(page.texts("#two-step-codes-left"), ["9 left"]);
    let log = server.log();
    assert!(log.contains("event=second_factor_on") && log.contains("event=recovery_code_used"), "{log}");
    assert!(!codes.iter().any(|code| log.contains(code)) && !log.contains(&app.secret.base32()));
}

async fn a_password_alone_opens_nothing(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, web) = (server.user("Alice"), server.app("web"));
    let (mut app, _) = turn_on(&server.browser(), &alice).await;

    let browser = server.browser();
    let before = browser.cookies();
    let page = sign_in(&browser, browser.open(web.authorize_url()).await, &alice).await;
    assert!(page.has("second-factor-submit"), "{page}");
    assert!(!browser.cookies().contains_key("genkan-session"), "{before:?} {:?}", browser.cookies());
    assert!(!is_signed_in(&browser).await);
    // Neither by going on nor silently is there a code for an app.
    let interaction = page.form("second-factor-submit").fields.get("interaction").unwrap().to_owned();
    for step in ["/resume", "/consent", "/select-account"] {
        let page = browser.open(format!("{step}?interaction={interaction}")).await;
        assert!(page.has("login-submit"), "{step}: {page}");
    }
    let silent = web.authorization().with("prompt", "none");
    let refused = browser.get(web.authorize_url_of(&silent).as_str()).await.callback();
    assert_eq!((refused.get("error"), refused.get("code")), (Some("login_required"), None));
    // What was sealed for one way through the steps is not good for another.
    let alone = page.form("second-factor-submit");
    let alone = super::support::Params(alone.fields.0.into_iter().filter(|(name, _)| name != "interaction").collect());
    let alone = alone.with("code", app.code().await);
    let answer = browser.send(reqwest::Method::POST, &server.http.url("/login/second-factor"), Some(&alone)).await;
    assert!(browser.follow(answer).await.has("login-submit"));
    assert!(!is_signed_in(&browser).await);
}

/// `security.md` OT-01 and OT-07.
async fn a_code_works_once(database: Database) {
    let server = Server::start(database, "").await;
    let alice = server.user("Alice");
    let (mut app, _) = turn_on(&server.browser(), &alice).await;
    let spent = app.spent();
    let code = app.code().await;
    // However it is typed.
    let typed: String = code.chars().map(|c| char::from_u32(c as u32 - 0x30 + 0xff10).unwrap()).collect();
    let first = server.browser();
    let page = first.press(&code_page(&first, &alice).await, "second-factor-submit", &[("code", &typed)]).await;
    assert_eq!(page.url.path(), "/account");

    let second = server.browser();
    let page = code_page(&second, &alice).await;
    for code in [code, spent, app.wrong(), String::new(), "12345".into(), "+12345".into()] {
        let refused = second.press(&page, "second-factor-submit", &[("code", &code)]).await;
        assert_eq!(refused.status, 422, "{refused}");
        assert!(refused.body.contains("role=\"alert\"") && refused.body.contains("aria-invalid"), "{refused}");
        assert!(!is_signed_in(&second).await);
    }
    let page = second.press(&page, "second-factor-submit", &[("code", &app.code().await)]).await;
    assert_eq!(page.url.path(), "/account");
}

/// `security.md` OT-04.
async fn a_recovery_code_works_once(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, bob) = (server.user("Alice"), server.user("Bob"));
    let browser = server.browser();
    let (mut app, codes) = turn_on(&browser, &alice).await;
    turn_on(&server.browser(), &bob).await;
    assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), 10);

    let attempt = async |user: &User, code: &str| {
        let browser = server.browser();
        browser.press(&code_page(&browser, user).await, "second-factor-submit", &[("code", code)]).await;
        is_signed_in(&browser).await
    };
    assert!(!attempt(&bob, &codes[0]).await, "another person's");
    assert!(attempt(&alice, &codes[0].replace('-', " ")).await);
    assert!(!attempt(&alice, &codes[0]).await, "again");

    let page = browser.open(PAGE).await;
    let page = browser.press(&page, "two-step-codes", &[("code", &app.code().await)]).await;
    let renewed = page.texts(".codes li");
    assert_eq!(renewed.len(), 10);
    assert!(!attempt(&alice, &codes[1]).await, "of the old set");
    assert!(attempt(&alice, &renewed[1]).await);
}

/// `security.md` OT-01 and OT-04.
async fn of_many_at_once_one_wins(database: Database) {
    const MANY: usize = 16;
    let server = Server::start(database, "").await;
    let alice = server.user("Alice");
    let (mut app, codes) = turn_on(&server.browser(), &alice).await;
    let mut ready = vec![];
    for _ in 0..MANY {
        let browser = server.browser();
        let page = code_page(&browser, &alice).await;
        ready.push((browser, page));
    }
    for code in [app.code().await, codes[0].clone()] {
        let mut sent = tokio::task::JoinSet::new();
        for (browser, page) in ready.clone() {
            let form = page.form("second-factor-submit").fill("code", &code);
            sent.spawn(async move { browser.submit(&form).await.status });
        }
        let mut statuses = sent.join_all().await;
        statuses.sort_unstable();
        assert_eq!((statuses[0], &statuses[1..]), (303, &[422; MANY - 1][..]));
    }
}

/// `security.md` OT-02.
async fn codes_are_not_guessed(database: Database) {
    let limits = "limits = { enabled = true, attempts_per_account = 10, attempts_per_address = 1000, window = 600 }";
    let server = Server::start(database, limits).await;
    let alice = server.user("Alice");
    let (mut app, codes) = turn_on(&server.browser(), &alice).await;
    let browser = server.browser();
    for _ in 0..2 {
        // One proof of the password is good for five.
        let page = code_page(&browser, &alice).await;
        for _ in 0..5 {
            let refused = browser.press(&page, "second-factor-submit", &[("code", &app.wrong())]).await;
            assert_eq!(refused.status, 422, "{refused}");
        }
        let again = browser.press(&page, "second-factor-submit", &[("code", &app.wrong())]).await;
        assert!(again.has("login-submit") && again.body.contains("role=\"status\""), "{again}");
    }
    let page = code_page(&browser, &alice).await;
    for code in [app.code().await, codes[0].clone()] {
        let throttled = browser.press(&page, "second-factor-submit", &[("code", &code)]).await;
        assert_eq!(throttled.status, 429, "{throttled}");
        assert!(throttled.header("retry-after").unwrap().parse::<u32>().unwrap() > 0);
    }
    assert!(!is_signed_in(&browser).await);
}

/// `security.md` OT-06 and SE-09.
async fn changing_it_needs_a_code_and_ends_other_sessions(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, here, elsewhere) = (server.user("Alice"), server.browser(), server.browser());
    sign_in(&elsewhere, elsewhere.open("/login").await, &alice).await;
    assert!(is_signed_in(&elsewhere).await);
    let (mut app, codes) = turn_on(&here, &alice).await;
    assert!(is_signed_in(&here).await && !is_signed_in(&elsewhere).await);

    let page = code_page(&elsewhere, &alice).await;
    elsewhere.press(&page, "second-factor-submit", &[("code", &codes[0])]).await;
    let page = here.open(PAGE).await;
    for button in ["two-step-codes", "two-step-off"] {
        let refused = here.press(&page, button, &[("code", &app.wrong())]).await;
        assert_eq!(refused.status, 422, "{refused}");
        assert!(refused.has(button) && refused.body.contains("aria-invalid"), "{refused}");
    }
    // Nothing of it can be seen or begun anew while it is on.
    assert_eq!(here.get("/account/two-step/qr.svg").await.status, 404);
    let start = page.form("two-step-off").fill("action", "start");
    here.follow(here.submit(&start).await).await;
    assert!(is_signed_in(&elsewhere).await);

    let page = here.press(&page, "two-step-off", &[("code", &app.code().await)]).await;
    assert!(page.has("two-step-start"), "{page}");
    assert!(is_signed_in(&here).await && !is_signed_in(&elsewhere).await);
    // Now the password is enough again, and nothing is left of the codes.
    let page = sign_in(&elsewhere, elsewhere.open("/login").await, &alice).await;
    assert_eq!(page.url.path(), "/account");
    let (_, renewed) = turn_on(&here, &alice).await;
    assert!(renewed.iter().all(|code| !codes.contains(code)));
}

async fn a_challenge_is_good_in_its_own_browser_and_for_its_own_password(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, here) = (server.user("Alice"), server.browser());
    let (_, codes) = turn_on(&here, &alice).await;
    let browser = server.browser();
    let page = code_page(&browser, &alice).await;

    let other = server.browser();
    let token = other.open("/login").await.form("login-submit").fields.get("csrf").unwrap().to_owned();
    let stolen = page.form("second-factor-submit").fill("csrf", &token).fill("code", &codes[0]);
    assert!(other.follow(other.submit(&stolen).await).await.has("login-submit"));
    let forged = page.form("second-factor-submit").fill("challenge", "AAAA").fill("code", &codes[0]);
    assert!(browser.follow(browser.submit(&forged).await).await.has("login-submit"));

    // A new password, a second later, and the old one is as good as never proved.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let changed = here.open("/account/password").await;
    let (old, new) = (alice.password.as_str(), "correct horse battery staple 9");
    let changed = here.press(&changed, "password-submit", &[("current", old), ("password", new)]).await;
    assert_eq!(changed.status, 200, "{changed}");
    let again = browser.press(&page, "second-factor-submit", &[("code", &codes[0])]).await;
    assert!(again.has("login-submit"), "{again}");
    let alice = User { password: new.into(), ..alice };
    let page = code_page(&browser, &alice).await;
    let page = browser.press(&page, "second-factor-submit", &[("code", &codes[0])]).await;
    assert_eq!(page.url.path(), "/account");
}

async fn setting_up_is_for_who_began_it(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, bob, browser) = (server.user("Alice"), server.user("Bob"), server.browser());
    assert!(browser.open(PAGE).await.has("login-submit"));
    assert!(browser.open("/account/two-step/qr.svg").await.has("login-submit"));
    let page = sign_in(&browser, browser.open(PAGE).await, &alice).await;
    let page = browser.press(&page, "two-step-start", &[]).await;
    let app = Authenticator::of(&page);
    let picture = browser.get("/account/two-step/qr.svg").await;
    assert_eq!((picture.status, picture.header("content-type")), (200, Some("image/svg+xml")));
    assert_eq!(picture.header("cache-control"), Some("no-store"));
    assert!(picture.body.starts_with("<?xml") && !picture.body.contains("style="), "{picture}");

    let refused = browser.press(&page, "two-step-confirm", &[("code", &app.wrong())]).await;
    assert_eq!(refused.status, 422, "{refused}");
    assert_eq!(Authenticator::of(&refused).secret, app.secret);
    // It is asked for only once it is confirmed.
    let second = server.browser();
    let page = sign_in(&second, second.open("/login").await, &alice).await;
    assert_eq!(page.url.path(), "/account");
    let other = server.browser();
    sign_in(&other, other.open(PAGE).await, &bob).await;
    assert_eq!(other.get("/account/two-step/qr.svg").await.status, 404);

    let page = browser.press(&refused, "two-step-cancel", &[]).await;
    assert!(page.has("two-step-start"), "{page}");
    assert_eq!(browser.get("/account/two-step/qr.svg").await.status, 404);
}

async fn whoever_has_lost_it_gets_in_again_by_the_operator(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, bob, browser) = (server.user("Alice"), server.user("Bob"), server.browser());
    let found = server.browser();
    turn_on(&found, &alice).await;
    code_page(&browser, &alice).await;
    for refused in [&bob.email, "nobody", "nobody@people.test", ""] {
        assert!(!server.try_cli(&["user", "reset-second-factor", refused], "").0.success(), "{refused}");
    }
    let reset: serde_json::Value =
        serde_json::from_str(&server.cli(&["user", "reset-second-factor", &alice.email], "")).unwrap();
    assert_eq!(reset, json!({ "sub": alice.sub, "two_step_removed": true, "passkeys_removed": 0 }));
    assert!(!is_signed_in(&found).await, "nor does whoever found it go on");
    sign_in(&browser, browser.open("/login").await, &alice).await;
    assert!(is_signed_in(&browser).await);
}
