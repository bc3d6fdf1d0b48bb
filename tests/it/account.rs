//! Accounts: the first one, what people change about theirs, and what ends with it.
use crate::support::{Answer, Browser, Database, Params, Server, User, at_once, on_each_database, random};

on_each_database!(
    a_new_password_ends_what_the_old_one_opened,
    a_password_is_changed_by_whoever_has_just_proved_who_they_are,
    another_persons_sessions_are_nobodys_business,
    an_app_that_is_sent_away_is_out_at_once,
    the_setup_link_makes_one_owner,
);

async fn signed_in(server: &Server, user: &User) -> Browser {
    let browser = server.browser();
    browser.proceed(browser.open("/login").await, user).await;
    assert_eq!(browser.get("/account").await.status, 200);
    browser
}

/// Sends a form of the account pages.
async fn send(browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Answer {
    let mut form = browser.open("/account/password").await.form("password-submit");
    form.action.set_path(path);
    let csrf = form.fields.get("csrf").unwrap().to_owned();
    form.fields = Params::new(fields).with("csrf", csrf);
    browser.submit(&form).await
}

/// `security.md` SE-02, SE-09, RT-06 and TK-08.
async fn a_new_password_ends_what_the_old_one_opened(database: Database) {
    let server = Server::start(database, "").await;
    let (mut alice, app) = (server.user("Alice"), server.app("spa").asking_for("openid email"));
    let (here, there) = (signed_in(&server, &alice).await, server.browser());
    let theirs = app.tokens(&there, &alice).await;
    let silent = app.authorize_url_of(&app.authorization().with("prompt", "none"));
    let code = there.get(silent.as_str()).await.callback().code();
    let before = here.cookies();

    let fresh = random();
    let fields = [("current", alice.password.as_str()), ("password", fresh.as_str())];
    assert_eq!(send(&here, "/account/password", &fields).await.status, 200);
    assert_eq!(here.get("/account").await.status, 200);
    assert_ne!(here.cookies(), before, "the cookie is a new one");
    let stolen = server.browser();
    for (name, value) in before {
        stolen.set_cookie(&format!("{name}={value}"));
    }
    for gone in [&there, &stolen] {
        assert_eq!(gone.get("/account").await.status, 303);
    }
    app.refresh(&theirs).await.assert_error(400, "invalid_grant");
    assert_eq!(app.userinfo(&theirs).await.status, 401);
    app.redeem(&code).await.assert_error(400, "invalid_grant");

    let page = server.browser();
    let refused = page.press(&page.open("/login").await, "login-submit", &login(&alice)).await;
    assert_eq!(refused.status, 422);
    alice.password = fresh;
    signed_in(&server, &alice).await;
}

fn login(user: &User) -> [(&str, &str); 2] {
    [("username", &user.email), ("password", &user.password)]
}

/// `security.md` CS-01 and DO-01.
async fn a_password_is_changed_by_whoever_has_just_proved_who_they_are(database: Database) {
    let server = Server::start(database, "").await;
    let alice = server.user("Alice");
    let browser = signed_in(&server, &alice).await;
    let (fresh, long) = (random(), "x".repeat(4096));
    for (current, password) in [
        ("", fresh.as_str()),
        ("wrong password", &fresh),
        (&long, &fresh),
        (&alice.password, ""),
        (&alice.password, "short"),
        (&alice.password, &long),
        (&alice.password, &alice.email),
        (&alice.password, "password"),
    ] {
        let answer = send(&browser, "/account/password", &[("current", current), ("password", password)]).await;
        assert_eq!(answer.status, 422, "{answer}");
        assert!(!answer.body.contains(&fresh) && !answer.body.contains(&alice.password));
    }
    let form = browser.open("/account/password").await.form("password-submit");
    let form = form.fill("current", &alice.password).fill("password", &fresh);
    assert_eq!(browser.submit(&form.clone().fill("csrf", "forged")).await.status, 403);
    assert_eq!(server.browser().submit(&form).await.status, 403);
    server.sql("UPDATE sessions SET state = replace(state, '\"auth_time\":1', '\"auth_time\":-1')").await;
    // Signed in long ago, they prove it again first.
    let old = browser.submit(&form).await;
    assert_eq!(old.status, 303, "{old}");
    assert!(browser.follow(old).await.has("login-submit"));
    signed_in(&server, &alice).await;
}

/// `security.md` SE-09, SE-10 and AD-03.
async fn another_persons_sessions_are_nobodys_business(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, mallory) = (server.user("Alice"), server.user("Mallory"));
    let (hers, phone) = (signed_in(&server, &alice).await, signed_in(&server, &alice).await);
    let attacker = signed_in(&server, &mallory).await;
    let sids = server.texts(&format!("SELECT sid FROM sessions WHERE user_id = '{}'", alice.sub)).await;
    assert_eq!(sids.len(), 2);
    let mut answers = vec![];
    for sid in [sids[0].as_str(), &sids[1], "nobody", "", "' OR 1=1 --", "others"] {
        let answer = send(&attacker, "/account/sessions", &[("sid", sid)]).await;
        answers.push((answer.status, answer.header("location").map(ToOwned::to_owned)));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert!(!attacker.open("/account/sessions").await.body.contains(&sids[0]));
    for browser in [&hers, &phone, &attacker] {
        assert_eq!(browser.get("/account").await.status, 200);
    }
    send(&hers, "/account/sessions", &[("sid", "others")]).await;
    assert_eq!((hers.get("/account").await.status, phone.get("/account").await.status), (200, 303));
}

/// `security.md` RT-06, TK-08 and AD-03.
async fn an_app_that_is_sent_away_is_out_at_once(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, bob, spa, web) = (server.user("Alice"), server.user("Bob"), server.app("spa"), server.app("web"));
    let (hers, his) = (server.browser(), server.browser());
    let [sent_away, stays] = [spa.tokens(&hers, &alice).await, web.tokens(&hers, &alice).await];
    let others = spa.tokens(&his, &bob).await;
    let silent = spa.authorize_url_of(&spa.authorization().with("prompt", "none"));
    let code = hers.get(silent.as_str()).await.callback().code();
    send(&hers, "/account/apps", &[("client_id", "nobody")]).await;
    assert_eq!(spa.userinfo(&sent_away).await.status, 200);

    assert_eq!(send(&hers, "/account/apps", &[("client_id", "spa")]).await.status, 303);
    spa.refresh(&sent_away).await.assert_error(400, "invalid_grant");
    assert_eq!(spa.userinfo(&sent_away).await.status, 401);
    spa.redeem(&code).await.assert_error(400, "invalid_grant");
    web.refresh(&stays).await.ok();
    spa.refresh(&others).await.ok();
    assert_eq!(hers.get(silent.as_str()).await.callback().get("error"), Some("consent_required"));
}

/// `security.md` AD-07.
async fn the_setup_link_makes_one_owner(database: Database) {
    let server = Server::start(database, "").await;
    let log = server.log();
    let link = log.split_whitespace().find(|word| word.contains("/setup?token=")).expect("the link is printed");
    let form = server.browser().open(link).await;
    assert!(form.has("signup-submit"), "{form}");
    let mut pages = vec![];
    for browser in (0..50).map(|_| server.browser()) {
        pages.push((browser.clone(), browser.open(link).await));
    }
    let answers = at_once(pages.into_iter().enumerate().map(|(n, (browser, page))| async move {
        let form = page.form("signup-submit").fill("email", &format!("owner{n}@people.test")).fill("name", "Owner");
        browser.submit(&form.fill("password", "correct horse")).await
    }))
    .await;
    let winners = answers.iter().filter(|answer| answer.status == 303).count();
    assert_eq!(winners, 1, "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
    // The queue of passwords may have been full.
    assert!(answers.iter().all(|answer| [303, 403, 503].contains(&answer.status)));
    assert_eq!(server.texts("SELECT email FROM users").await.len(), 1);
    assert_eq!(server.browser().open(link).await.status, 403);
}
