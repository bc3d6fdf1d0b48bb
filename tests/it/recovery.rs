//! Getting in by mail: forgotten passwords, sign-in by link or code, addresses that are shown to be one's own.
use crate::support::{Answer, Browser, Database, Inbox, Server, User, at_once, eventually, on_each_database, random};
use reqwest::Method;

on_each_database!(
    a_forgotten_password_is_replaced,
    of_many_uses_of_a_link_one_counts,
    a_link_dies_with_what_it_was_for,
    a_link_is_good_for_its_own_account_alone,
    a_new_password_is_not_a_second_factor,
    whoever_proves_an_address_first_owns_the_account,
    a_link_leaves_no_trace,
    opening_a_link_does_nothing,
    links_come_from_the_settings,
    asking_tells_nothing_of_who_is_there,
    nobody_is_flooded,
    a_code_signs_in_where_it_was_asked_for,
    a_code_is_not_guessed,
    a_link_signs_in_where_it_is_opened,
    an_address_is_confirmed,
);

const FRESH: &str = "correct horse battery staple 9";

/// Asks for a mail at one of the pages that send one, in this browser.
async fn ask(browser: &Browser, path: &str, email: &str) -> Answer {
    let button = if path.starts_with("/forgot") { "forgot-submit" } else { "mail-sign-in-submit" };
    let page = browser.press(&browser.open(path).await, button, &[("email", email)]).await;
    assert_eq!(page.status, 200, "{page}");
    page
}

/// The page of a link that was asked for and came.
pub async fn link(server: &Server, inbox: &Inbox, path: &str, email: &str) -> String {
    ask(&server.browser(), path, email).await;
    inbox.next(email).await.link()
}

async fn reset(browser: &Browser, link: &str, password: &str) -> Answer {
    browser.press(&browser.open(link).await, "reset-submit", &[("password", password)]).await
}

/// Somebody who has not shown that the address is theirs.
pub fn unproved(server: &Server, email: &str, name: &str) -> User {
    let password = random();
    server.cli(&["user", "create", "--email", email, "--name", name, "--password-stdin"], &password);
    User { sub: String::new(), email: email.into(), name: name.into(), password }
}

async fn is_signed_in(browser: &Browser) -> bool {
    browser.get("/account").await.status == 200
}

async fn signs_in(server: &Server, email: &str, password: &str) -> bool {
    let browser = server.browser();
    let page = browser.open("/login").await;
    browser.press(&page, "login-submit", &[("username", email), ("password", password)]).await.url.path() == "/account"
}

#[track_caller]
fn assert_dead(answer: &Answer) {
    answer.assert_error(403, "link_invalid");
}

async fn a_forgotten_password_is_replaced(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    let (alice, web, elsewhere) = (server.user("Alice"), server.app("web"), server.browser());
    let tokens = web.tokens(&elsewhere, &alice).await;
    // On the way to an app, and back to it.
    let browser = server.browser();
    let page = browser.open(web.authorize_url()).await;
    let forgot = page.body.split('"').find(|part| part.starts_with("/forgot?interaction=")).expect("a link").to_owned();
    ask(&browser, &forgot, &alice.email).await;
    let link = inbox.next(&alice.email).await.link();
    let page = browser.open(&link).await;
    for bad in ["", "short", "password", alice.email.as_str()] {
        let refused = browser.press(&page, "reset-submit", &[("password", bad)]).await;
        assert!(refused.status == 422 && refused.has("password-error"), "{refused}");
    }
    let page = browser.press(&page, "reset-submit", &[("password", FRESH)]).await;
    let code = browser.proceed(page, &alice).await.callback().code();
    let fresh = web.redeem(&code).await.ok();
    assert_eq!(server.claims(&fresh["id_token"]).await["amr"], serde_json::json!(["email"]));
    // All that began before has ended, and the owner is told.
    assert!(!is_signed_in(&elsewhere).await && is_signed_in(&browser).await);
    web.refresh(&tokens).await.assert_error(400, "invalid_grant");
    assert!(!signs_in(&server, &alice.email, &alice.password).await);
    assert!(signs_in(&server, &alice.email, FRESH).await);
    assert_eq!(inbox.next(&alice.email).await.subject, "Your password was changed");
    assert_dead(&server.browser().open(&link).await);
}

/// `security.md` RS-01.
async fn of_many_uses_of_a_link_one_counts(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &format!("{}passwords.queue = 100", inbox.settings())).await;
    let alice = server.user("Alice");
    for (path, button, many) in
        [("/forgot", "reset-submit", 32), ("/forgot", "reset-submit", 64), ("/login/mail", "mail-link-submit", 64)]
    {
        let link = link(&server, &inbox, path, &alice.email).await;
        let mut ready = vec![];
        for n in 0..many {
            let browser = server.browser();
            let form = browser.open(&link).await.form(button).fill("password", &format!("{FRESH} {n}"));
            ready.push((browser, form));
        }
        let statuses = at_once(ready.into_iter().map(|(browser, form)| async move {
            let status = browser.submit(&form).await.status;
            assert_eq!(status == 303, is_signed_in(&browser).await);
            status
        }))
        .await;
        assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{path} {statuses:?}");
        // The database may have been busy.
        assert!(statuses.iter().all(|status| [303, 403, 503].contains(status)), "{path} {statuses:?}");
        assert_dead(&server.browser().open(&link).await);
        if path == "/forgot" {
            inbox.next(&alice.email).await;
        }
    }
}

/// `security.md` RS-02.
async fn a_link_dies_with_what_it_was_for(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    for (n, path) in ["/forgot", "/login/mail"].into_iter().enumerate() {
        let alice = server.user(&format!("Alice{n}"));
        // By a newer one.
        let older = link(&server, &inbox, path, &alice.email).await;
        let newer = link(&server, &inbox, path, &alice.email).await;
        assert_dead(&server.browser().open(&older).await);
        assert_eq!(server.browser().open(&newer).await.status, 200);
        // By a new password, when its page is open already.
        let (browser, here) = (server.browser(), server.browser());
        let open = browser.open(&newer).await;
        let page = here.proceed(here.open("/account/password").await, &alice).await;
        let fields = [("current", alice.password.as_str()), ("password", FRESH)];
        assert_eq!(here.press(&page, "password-submit", &fields).await.status, 200);
        assert_eq!(inbox.next(&alice.email).await.subject, "Your password was changed");
        let button = if path == "/forgot" { "reset-submit" } else { "mail-link-submit" };
        assert_dead(&browser.press(&open, button, &[("password", "another horse battery")]).await);
        // By another address, by time, and by a closed account.
        for change in [
            format!("UPDATE users SET email = 'other{n}@people.test' WHERE id = '{}'", alice.sub),
            "UPDATE tickets SET expires_at = 1".into(),
            format!("UPDATE users SET disabled_at = 1 WHERE id = '{}'", alice.sub),
        ] {
            let link = link(&server, &inbox, path, &alice.email).await;
            let browser = server.browser();
            let open = browser.open(&link).await;
            server.sql(&change).await;
            assert_dead(&browser.press(&open, button, &[("password", "another horse battery")]).await);
            assert_dead(&server.browser().open(&link).await);
            server.sql(&format!("UPDATE users SET email = '{}' WHERE id = '{}'", alice.email, alice.sub)).await;
        }
    }
}

/// `security.md` RS-03.
async fn a_link_is_good_for_its_own_account_alone(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    let (alice, bob) = (server.user("Alice"), server.user("Bob"));
    let link = link(&server, &inbox, "/forgot", &alice.email).await;
    let browser = server.browser();
    let mut form = browser.open(&link).await.form("reset-submit").fill("password", FRESH);
    for name in ["email", "username", "user", "user_id", "sub", "login"] {
        form = form.fill(name, if name == "sub" { &bob.sub } else { &bob.email });
    }
    assert_eq!(browser.submit(&form).await.status, 303);
    assert!(signs_in(&server, &alice.email, FRESH).await && signs_in(&server, &bob.email, &bob.password).await);
    // A link of one kind is none of another.
    let token = link.split_once('=').unwrap().1;
    for path in ["/reset", "/verify", "/login/mail/link"] {
        assert_dead(&server.browser().open(format!("{path}?token={token}")).await);
    }
    let sign_in = self::link(&server, &inbox, "/login/mail", &bob.email).await;
    let token = sign_in.split_once('=').unwrap().1;
    assert_dead(&server.browser().open(format!("/reset?token={token}")).await);
    assert_dead(&server.browser().open("/reset").await);
    assert_dead(&server.browser().open("/reset?token=").await);
}

/// `security.md` RS-04 and OT-05.
async fn a_new_password_is_not_a_second_factor(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    let (alice, here) = (server.user("Alice"), server.browser());
    let (mut app, _) = crate::second_factor::turn_on(&here, &alice).await;
    assert_eq!(inbox.next(&alice.email).await.subject, "Two-step verification is on");
    let link = link(&server, &inbox, "/forgot", &alice.email).await;
    let browser = server.browser();
    let page = reset(&browser, &link, FRESH).await;
    assert!(page.has("second-factor-submit"), "{page}");
    assert!(!is_signed_in(&browser).await && !is_signed_in(&here).await);
    let page = browser.press(&page, "second-factor-submit", &[("code", &app.code().await)]).await;
    assert_eq!(page.url.path(), "/account");
    // Nor are a link and a code.
    let browser = server.browser();
    let page = ask(&browser, "/login/mail", &alice.email).await;
    inbox.next(&alice.email).await;
    let mail = inbox.next(&alice.email).await;
    let page = browser.press(&page, "mailed-code-submit", &[("code", &mail.code())]).await;
    assert!(page.has("second-factor-submit") && !is_signed_in(&browser).await, "{page}");
}

async fn whoever_proves_an_address_first_owns_the_account(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    for (n, path) in ["/forgot", "/login/mail"].into_iter().enumerate() {
        let user = unproved(&server, &format!("victim{n}@people.test"), "Squatter");
        let (email, squatter) = (user.email.clone(), server.browser());
        crate::second_factor::turn_on(&squatter, &user).await;
        let owner = server.browser();
        let link = link(&server, &inbox, path, &email).await;
        let page = owner.open(&link).await;
        assert!(page.body.contains("class=\"note\""), "they are told before: {page}");
        let button = if path == "/forgot" { "reset-submit" } else { "mail-link-submit" };
        let page = owner.press(&page, button, &[("password", FRESH)]).await;
        assert_eq!(page.url.path(), "/account", "no second factor of the squatter's: {page}");
        assert!(!is_signed_in(&squatter).await);
        assert!(!signs_in(&server, &email, &user.password).await);
        assert_eq!(signs_in(&server, &email, FRESH).await, path == "/forgot");
        assert_eq!(inbox.next(&email).await.subject, "Your address is confirmed");
        assert!(page.body.contains("tag-good"), "{page}");
    }
}

/// `security.md` RS-05.
async fn a_link_leaves_no_trace(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    let alice = server.user("Alice");
    let (forgot, sign_in) = (
        link(&server, &inbox, "/forgot", &alice.email).await,
        link(&server, &inbox, "/login/mail", &alice.email).await,
    );
    for link in [&forgot, &sign_in] {
        let (path, token) = link.strip_prefix(&server.issuer).unwrap().split_once("?token=").unwrap();
        let browser = server.browser();
        let arrived = browser.get(link).await;
        assert_eq!((arrived.status, arrived.header("location")), (303, Some(path)));
        assert_eq!(arrived.header("referrer-policy"), Some("no-referrer"));
        let cookie = arrived.header("set-cookie").unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Max-Age="));
        let page = browser.follow(arrived).await;
        assert!(page.status == 200 && !page.body.contains(token) && page.url.query().is_none(), "{page}");
        assert!(!page.body.contains("src=\"http"), "{page}");
        assert!(!server.log().contains(token));
        let kept = server.texts("SELECT digest FROM tickets").await.join(" ");
        assert!(!kept.contains(token));
    }
}

/// `security.md` RS-09.
async fn opening_a_link_does_nothing(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    let alice = server.user("Alice");
    let tickets = "SELECT digest || tries || coalesce(spent_at, 0) FROM tickets ORDER BY id";
    for (path, button) in [("/forgot", "reset-submit"), ("/login/mail", "mail-link-submit")] {
        let link = link(&server, &inbox, path, &alice.email).await;
        let before = server.texts(tickets).await;
        for method in [Method::GET, Method::HEAD] {
            for _ in 0..10 {
                let scanner = server.browser();
                let answer = scanner.send(method.clone(), &server.http.url(&link), None).await;
                let clean = server.http.url(answer.header("location").unwrap());
                assert_eq!(scanner.send(method.clone(), &clean, None).await.status, 200);
                assert!(!is_signed_in(&scanner).await && !scanner.cookies().contains_key("genkan-session"));
            }
        }
        assert_eq!(server.texts(tickets).await, before);
        // What a scanner sends without the form's token is refused.
        let form = server.browser().open(&link).await.form(button).fill("password", FRESH);
        assert_eq!(server.browser().submit(&form).await.status, 403);
        let browser = server.browser();
        let page = browser.press(&browser.open(&link).await, button, &[("password", FRESH)]).await;
        assert_eq!(page.url.path(), "/account");
        assert_dead(&server.browser().open(&link).await);
        if path == "/forgot" {
            assert_eq!(inbox.next(&alice.email).await.subject, "Your password was changed");
        }
    }
}

/// `security.md` HH-01.
async fn links_come_from_the_settings(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    let alice = server.user("Alice");
    for (path, button) in [("/forgot", "forgot-submit"), ("/login/mail", "mail-sign-in-submit")] {
        let browser = server.browser();
        let form = browser.open(path).await.form(button).fill("email", &alice.email);
        let cookies: Vec<_> = browser.cookies().into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = server.http.request(Method::POST, path).form(&form.fields.0);
        let request = request.header("cookie", cookies.join("; "));
        let poisoned = request.try_clone().unwrap().header("host", "evil.test");
        assert_eq!(Answer::of(poisoned).await.status, 421, "a host that is not ours");
        let request = request.header("x-forwarded-host", "evil.test").header("forwarded", "host=evil.test");
        assert!([200, 303].contains(&Answer::of(request).await.status));
        let mail = inbox.next(&alice.email).await;
        assert!(mail.link().starts_with(&server.issuer) && !mail.raw.contains("evil.test"), "{mail:?}");
        assert!(!mail.text.contains("evil.test") && !mail.html.contains("evil.test"));
    }
}

/// `security.md` EN-02: the same status, headers, body, and work done before the answer.
async fn asking_tells_nothing_of_who_is_there(database: Database) {
    let inbox = Inbox::start();
    // So that what was put into the outbox can be counted.
    inbox.refuse(1000);
    let server = Server::start(database, &inbox.settings()).await;
    let (alice, disabled) = (server.user("Alice"), server.user("Closed"));
    server.disable(&disabled.sub).await;
    for (path, button) in [("/forgot", "forgot-submit"), ("/login/mail", "mail-sign-in-submit")] {
        let (browser, mut answers) = (server.browser(), vec![]);
        let form = browser.open(path).await.form(button);
        for email in [alice.email.as_str(), "aliss@people.test", "closed@people.test"] {
            let answer = browser.submit(&form.clone().fill("email", email)).await;
            let mut headers: Vec<_> = answer.headers.iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
            headers.retain(|header| !header.starts_with("date:") && !header.starts_with("content-length:"));
            let sealed = |text: &str| text.split("waiting=").next().unwrap().to_owned();
            for header in &mut headers {
                *header = sealed(header);
            }
            headers.sort();
            let page = browser.follow(answer.clone()).await;
            let hidden = |page: &Answer| page.find("code", |_| page.form("mailed-code-submit").fields);
            let body = match hidden(&page) {
                Some(fields) => page.body.replace(fields.get("waiting").unwrap(), ""),
                None => page.body.clone(),
            };
            let mut outcomes = vec![(answer.status, headers, body)];
            if page.has("mailed-code-submit") {
                for _ in 0..6 {
                    let wrong = browser.press(&page, "mailed-code-submit", &[("code", "000000")]).await;
                    let waiting = page.form("mailed-code-submit").fields.get("waiting").unwrap().to_owned();
                    outcomes.push((wrong.status, vec![], wrong.body.replace(&waiting, "")));
                }
            }
            answers.push(outcomes);
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{path} {answers:#?}");
    }
}

/// `security.md` DO-07.
async fn nobody_is_flooded(database: Database) {
    let inbox = Inbox::start();
    let settings = format!("{}limits.enabled = true\nlimits.attempts_per_address = 100000", inbox.settings());
    let server = Server::start(database, &settings).await;
    let (alice, bob) = (server.user("Alice"), server.user("Bob"));
    for (path, button) in [("/forgot", "forgot-submit"), ("/login/mail", "mail-sign-in-submit")] {
        let browser = server.browser();
        let form = browser.open(path).await.form(button);
        let mut statuses = vec![];
        for _ in 0..10 {
            statuses.push(browser.submit(&form.clone().fill("email", &alice.email)).await.status);
        }
        statuses.dedup();
        assert_eq!(statuses.len(), 1, "the answer is the same");
        for _ in 0..3 {
            inbox.next(&alice.email).await;
        }
    }
    // Of a thousand addresses as many as one sender may ask for.
    let browser = server.browser();
    let form = browser.open("/forgot").await.form("forgot-submit");
    for n in 0..40 {
        assert_eq!(browser.submit(&form.clone().fill("email", &format!("p{n}@people.test"))).await.status, 200);
    }
    assert_eq!(browser.submit(&form.fill("email", &bob.email)).await.status, 200);
    eventually("all is sent", async || server.texts("SELECT id FROM outbox").await.is_empty().then_some(())).await;
    assert!(inbox.all().is_empty(), "{:?}", inbox.all());
}

async fn a_code_signs_in_where_it_was_asked_for(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    let (alice, web, browser) = (server.user("Alice"), server.app("web"), server.browser());
    let page = browser.open(web.authorize_url()).await;
    let by_mail = page.body.split('"').find(|part| part.starts_with("/login/mail?interaction=")).unwrap().to_owned();
    let page = ask(&browser, &by_mail, &alice.email).await;
    let mail = inbox.next(&alice.email).await;
    // In another browser it is worth nothing.
    let thief = server.browser();
    let token = thief.open("/login").await.form("login-submit").fields.get("csrf").unwrap().to_owned();
    let stolen = page.form("mailed-code-submit").fill("csrf", &token).fill("code", &mail.code());
    assert_eq!(thief.submit(&stolen).await.status, 400);
    let mut alone = stolen.clone();
    alone.fields = alone.fields.without("interaction");
    assert!(thief.follow(thief.submit(&alone).await).await.has("mail-sign-in-submit"));
    assert!(!is_signed_in(&thief).await);

    let typed: String = mail.code().chars().map(|c| char::from_u32(c as u32 - 0x30 + 0xff10).unwrap()).collect();
    let next = browser.press(&page, "mailed-code-submit", &[("code", &typed)]).await;
    let code = browser.proceed(next, &alice).await.callback().code();
    let tokens = web.redeem(&code).await.ok();
    assert_eq!(server.claims(&tokens["id_token"]).await["amr"], serde_json::json!(["email"]));
    // One use in all.
    assert_dead(&server.browser().open(mail.link()).await);
    assert_eq!(browser.press(&page, "mailed-code-submit", &[("code", &mail.code())]).await.status, 422);

    // Many at once, the code and the link among them.
    let browser = server.browser();
    let page = ask(&browser, "/login/mail?return=/account/sessions", &alice.email).await;
    let mail = inbox.next(&alice.email).await;
    let form = page.form("mailed-code-submit").fill("code", &mail.code());
    let mut ready = vec![];
    for n in 0..64 {
        // A code has five tries, of which the right ones count as well.
        let own = if n % 2 == 0 { browser.clone() } else { server.browser() };
        let form = if n % 2 == 0 { form.clone() } else { own.open(mail.link()).await.form("mail-link-submit") };
        ready.push((own, form));
    }
    let answers = at_once(ready.into_iter().map(|(browser, form)| async move { browser.submit(&form).await })).await;
    let statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [303, 403, 422].contains(status)), "{statuses:?}");
}

async fn a_code_is_not_guessed(database: Database) {
    let inbox = Inbox::start();
    let settings = format!("{}limits.enabled = true\nlimits.attempts_per_account = 12", inbox.settings());
    let server = Server::start(database, &settings).await;
    let (alice, browser) = (server.user("Alice"), server.browser());
    let wrong = |right: &str| if right == "000000" { "000001" } else { "000000" };
    for round in 0..2 {
        let page = ask(&browser, "/login/mail", &alice.email).await;
        let mail = inbox.next(&alice.email).await;
        for _ in 0..5 {
            let refused = browser.press(&page, "mailed-code-submit", &[("code", wrong(&mail.code()))]).await;
            assert!(refused.status == 422 && refused.has("code-error"), "{round} {refused}");
        }
        // Not even the right one.
        let over = browser.press(&page, "mailed-code-submit", &[("code", &mail.code())]).await;
        assert!(over.has("mail-sign-in-submit") && over.has("email-error"), "{over}");
        assert!(!is_signed_in(&browser).await);
    }
    let page = ask(&browser, "/login/mail", &alice.email).await;
    let mail = inbox.next(&alice.email).await;
    let throttled = browser.press(&page, "mailed-code-submit", &[("code", &mail.code())]).await;
    assert_eq!(throttled.status, 429, "{throttled}");
    // The link is no guess.
    let page = browser.press(&browser.open(mail.link()).await, "mail-link-submit", &[]).await;
    assert_eq!(page.url.path(), "/account");
}

async fn a_link_signs_in_where_it_is_opened(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    let (alice, web, began) = (server.user("Alice"), server.app("web"), server.browser());
    let page = began.open(web.authorize_url()).await;
    let by_mail = page.body.split('"').find(|part| part.starts_with("/login/mail?interaction=")).unwrap().to_owned();
    // In the browser that began, it goes on from there.
    ask(&began, &by_mail, &alice.email).await;
    let page = began.open(inbox.next(&alice.email).await.link()).await;
    assert!(page.body.contains(&alice.email) && !page.body.contains("class=\"note\""), "{page}");
    let page = began.press(&page, "mail-link-submit", &[]).await;
    began.proceed(page, &alice).await.callback().code();
    // In another one, it says so, and signs in there.
    let (began, other) = (server.browser(), server.browser());
    let waits = ask(&began, "/login/mail", &alice.email).await;
    let mail = inbox.next(&alice.email).await;
    let page = other.open(mail.link()).await;
    assert!(page.body.contains("class=\"note\""), "{page}");
    let page = other.press(&page, "mail-link-submit", &[]).await;
    assert_eq!(page.url.path(), "/account");
    let late = began.press(&waits, "mailed-code-submit", &[("code", &mail.code())]).await;
    assert_eq!(late.status, 422);
    assert!(is_signed_in(&other).await && !is_signed_in(&began).await);
}

async fn an_address_is_confirmed(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    let (browser, hana) = (server.browser(), unproved(&server, "hana@people.test", "Hana"));
    let (email, password) = (hana.email.as_str(), hana.password.clone());
    let page = browser.proceed(browser.open("/account").await, &hana).await;
    let page = browser.press(&page, "verify-send", &[]).await;
    assert!(page.has("verify-send") && page.body.contains("role=\"status\""), "{page}");
    let first = inbox.next(email).await;
    assert!(!first.text.contains("Hana") && !first.html.contains("Hana"), "{first:?}");
    let page = browser.press(&page, "verify-send", &[]).await;
    assert!(page.body.contains("role=\"status\""), "{page}");
    let second = inbox.next(email).await;
    assert_dead(&server.browser().open(first.link()).await);
    // Wherever it is opened; nobody is signed in by it.
    let phone = server.browser();
    let page = phone.open(second.link()).await;
    assert!(page.body.contains(email), "{page}");
    assert!(browser.open("/account").await.has("verify-send"), "not yet");
    let done = phone.press(&page, "verify-submit", &[]).await;
    assert!(done.has("verify-onward") && !is_signed_in(&phone).await, "{done}");
    assert!(!browser.open("/account").await.has("verify-send"));
    assert!(signs_in(&server, email, &password).await, "the password stays");
    assert_dead(&server.browser().open(second.link()).await);
}
