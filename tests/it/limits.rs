//! Guessing, and what it tells (`security.md` BF, EN, DO).
use crate::support::{Answer, Browser, Database, Server, at_once, on_each_database};
use reqwest::{Method, header::COOKIE};

on_each_database!(
    whoever_guesses_is_stopped_and_the_right_guess_too,
    every_door_to_an_account_shares_its_tries,
    of_many_guesses_at_once_no_more_are_looked_at,
    tries_are_counted_by_the_address_that_sends_them,
    tries_survive_a_restart_and_are_shared,
    an_account_that_is_not_there_looks_like_one_that_is,
    a_password_is_long_enough_and_not_too_long,
);

const LIMITS: &str = "[limits]\nenabled = true\nattempts_per_account = 5\nattempts_per_address = 1000";

async fn try_password(browser: &Browser, username: &str, password: &str) -> Answer {
    let form = browser.open("/login?other=1").await.form("login-submit");
    browser.submit(&form.fill("username", username).fill("password", password)).await
}

#[track_caller]
fn assert_throttled(answer: &Answer) {
    assert_eq!(answer.status, 429, "{answer}");
    let wait: i64 = answer.header("retry-after").expect("RFC 6585 section 4").parse().unwrap();
    assert!((1..=600).contains(&wait));
}

/// `security.md` BF-01: five wrong ones, then nothing is looked at, not even the right one.
async fn whoever_guesses_is_stopped_and_the_right_guess_too(database: Database) {
    let server = Server::start(database, LIMITS).await;
    let (alice, bob, browser) = (server.user("Alice"), server.user("Bob"), server.browser());
    for _ in 0..4 {
        assert_eq!(try_password(&browser, &alice.email, "wrong password").await.status, 422);
    }
    // The right one gives the tries back.
    assert_eq!(try_password(&browser, &alice.email, &alice.password).await.status, 303);
    let browser = server.browser();
    for name in
        [alice.email.as_str(), &alice.email.to_uppercase(), &format!(" {} ", alice.email), &alice.email, &alice.email]
    {
        assert_eq!(try_password(&browser, name, "wrong password").await.status, 422, "{name}");
    }
    let wrong = try_password(&browser, &alice.email, "wrong password").await;
    let right = try_password(&browser, &alice.email, &alice.password).await;
    for answer in [&wrong, &right] {
        assert_throttled(answer);
    }
    assert_eq!(wrong.body, right.body);
    assert_eq!(try_password(&server.browser(), &bob.email, &bob.password).await.status, 303);
    // Nobody there is stopped as well, and a flood of password is a try.
    for _ in 0..5 {
        assert_eq!(try_password(&browser, "nobody@people.test", &"x".repeat(2000)).await.status, 422);
    }
    assert_throttled(&try_password(&browser, "nobody@people.test", "wrong password").await);
}

/// `security.md` BF-05: the email address, the user name and the page that changes the password.
async fn every_door_to_an_account_shares_its_tries(database: Database) {
    let server = Server::start(database, LIMITS).await;
    let create = ["user", "create", "--email", "carol@people.test", "--username", "carol", "--password-stdin"];
    server.cli(&create, "correct horse battery");
    let carol = server.browser();
    assert_eq!(try_password(&carol, "carol", "correct horse battery").await.status, 303);
    let page = carol.open("/account/password").await;
    let form = page.form("password-submit").fill("current", "wrong password").fill("password", "another horse battery");
    for _ in 0..2 {
        assert_eq!(try_password(&carol, "carol", "wrong password").await.status, 422);
        assert_eq!(try_password(&carol, "carol@people.test", "wrong password").await.status, 422);
    }
    assert_eq!(carol.submit(&form).await.status, 422);
    for name in ["carol", "carol@people.test"] {
        assert_throttled(&try_password(&carol, name, "correct horse battery").await);
    }
    assert_throttled(&carol.submit(&form).await);
}

/// `security.md` BF-04.
async fn of_many_guesses_at_once_no_more_are_looked_at(database: Database) {
    let server = Server::start(database, LIMITS).await;
    let (alice, browser) = (server.user("Alice"), server.browser());
    let form = browser.open("/login").await.form("login-submit").fill("username", &alice.email);
    let answers = at_once((0..60).map(|n| {
        let (browser, form) = (browser.clone(), form.clone().fill("password", &format!("wrong password {n}")));
        async move { browser.submit(&form).await.status }
    }))
    .await;
    assert_eq!(answers.iter().filter(|status| **status == 422).count(), 5, "{answers:?}");
    assert_eq!(answers.iter().filter(|status| **status == 429).count(), 55, "{answers:?}");
}

/// `security.md` BF-03 and HH-03: what an untrusted peer says of itself does not count; what a proxy of ours does.
async fn tries_are_counted_by_the_address_that_sends_them(database: Database) {
    let by_address = LIMITS.replace("1000", "5");
    let direct = Server::start(database, &by_address).await;
    let proxied = format!("{by_address}\n[server]\ntrusted_proxies = ['127.0.0.0/8', '10.0.0.0/8']");
    let behind = Server::start(database, &proxied).await;
    let guess = async |server: &Server, n: usize, forwarded: &str| {
        let browser = server.browser();
        let form = browser.open("/login").await.form("login-submit");
        let form = form.fill("username", &format!("u{n}@people.test")).fill("password", "wrong password");
        let cookies: Vec<_> = browser.cookies().into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = server.http.request(Method::POST, "/login").header(COOKIE, cookies.join("; "));
        let request = request.header("x-forwarded-for", forwarded).form(&form.fields.0);
        Answer::of(request).await.status
    };
    let claims = ["1.1.1.1", "2.2.2.2, 3.3.3.3", "::1", "garbage", "", "4.4.4.4, 127.0.0.1"];
    for (n, claim) in claims.iter().enumerate() {
        assert_eq!(guess(&direct, n, claim).await, if n < 5 { 422 } else { 429 });
    }
    // The nearest hop that is no proxy of ours; what is to the left of it anybody can write.
    for n in 0..5 {
        assert_eq!(guess(&behind, n, &format!("6.6.6.{n}, 9.9.9.9, 10.0.0.{n}")).await, 422);
    }
    assert_eq!(guess(&behind, 6, "7.7.7.7, 9.9.9.9").await, 429);
    assert_eq!(guess(&behind, 7, "9.9.9.9, 8.8.8.8").await, 422);
}

/// `security.md` BF-06.
async fn tries_survive_a_restart_and_are_shared(database: Database) {
    let mut server = Server::start(database, LIMITS).await;
    let alice = server.user("Alice");
    for _ in 0..5 {
        assert_eq!(try_password(&server.browser(), &alice.email, "wrong password").await.status, 422);
    }
    server.kill();
    server.restart().await;
    assert_throttled(&try_password(&server.browser(), &alice.email, &alice.password).await);
    let other = server.start_another(LIMITS).await;
    assert_throttled(&try_password(&other.browser(), &alice.email, &alice.password).await);
}

/// `security.md` EN-01: same status, headers and body.
async fn an_account_that_is_not_there_looks_like_one_that_is(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, disabled) = (server.user("Alice"), server.user("Disabled"));
    server.disable(&disabled.sub).await;
    server.cli(&["user", "create", "--email", "bare@people.test"], "");
    let (browser, mut answers) = (server.browser(), vec![]);
    for (username, password) in [
        (alice.email.as_str(), "wrong password"),
        (&alice.email, ""),
        (&alice.email, &"x".repeat(2000)),
        ("unknown@people.test", "wrong password"),
        ("unknown", "wrong password"),
        ("not an address@", "wrong password"),
        (&disabled.email, &disabled.password),
        ("bare@people.test", "wrong password"),
        ("bare@people.test", ""),
    ] {
        let answer = try_password(&browser, username, password).await;
        assert_eq!(answer.status, 422, "{username} {answer}");
        let typed = answer.find("username", |field| field.attr("value").unwrap_or_default().to_owned()).unwrap();
        assert_eq!(typed, username.trim_end_matches('\n'));
        let shown = format!("value=\"{username}\"");
        let mut headers: Vec<_> = answer.headers.iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
        headers
            .retain(|header| ["date:", "content-length:", "x-request-id:"].iter().all(|own| !header.starts_with(own)));
        headers.sort();
        answers.push((headers, answer.body.replace(&shown, "value=\"\"")));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:#?}");
}

/// `security.md` DO-01 and UN-05.
async fn a_password_is_long_enough_and_not_too_long(database: Database) {
    let server = Server::start(database, "passwords.min_strength = 0").await;
    let browser = server.browser();
    let form = browser.open("/signup").await.form("signup-submit").fill("name", "Hana");
    for (n, (password, status)) in [
        ("short77".to_owned(), 422),
        ("x".repeat(8), 303),
        ("玄".repeat(256), 303),
        ("x".repeat(256), 303),
        ("x".repeat(257), 422),
        ("x".repeat(4096), 422),
        ("x".repeat(1024 * 1024), 413),
        (String::new(), 422),
    ]
    .into_iter()
    .enumerate()
    {
        let email = format!("p{n}@people.test");
        let answer = browser.submit(&form.clone().fill("email", &email).fill("password", &password)).await;
        assert_eq!(answer.status, status, "{n}: {}", answer.body);
        let login = try_password(&server.browser(), &email, &password).await;
        assert_eq!(login.status, status, "{n}: the same at sign-in {}", login.body);
    }
    // However a keyboard spells it.
    let (composed, decomposed) = ("caf\u{e9} gen\u{2603}kan", "cafe\u{301} gen\u{2603}kan");
    let answer = browser.submit(&form.fill("email", "nfc@people.test").fill("password", composed)).await;
    assert_eq!(answer.status, 303);
    assert_eq!(try_password(&server.browser(), "nfc@people.test", decomposed).await.status, 303);
}
