//! Links of mails: each for its own, once, and nothing by itself.
use super::{FRESH, assert_dead, is_signed_in, link, signs_in};
use crate::support::{Answer, Database, Inbox, Server, at_once, on_each_database};
use reqwest::Method;

on_each_database!(
    of_many_uses_of_a_link_one_counts,
    a_link_dies_with_what_it_was_for,
    a_link_is_good_for_its_own_account_alone,
    a_link_leaves_no_trace,
    opening_a_link_does_nothing,
    links_come_from_the_settings,
);

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
