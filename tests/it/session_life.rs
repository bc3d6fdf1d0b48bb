//! How long a session lives, and what gives it a new name (`security.md` SE).
use crate::support::{Answer, Browser, Database, Server, User, on_each_database};

on_each_database!(a_session_ends_on_its_second, whatever_is_proved_gives_the_session_a_new_name);

async fn signed_in(server: &Server, user: &User) -> Browser {
    let browser = server.browser();
    let page = browser.proceed(browser.open("/login").await, user).await;
    assert!(page.body.contains(&user.email), "{page}");
    browser
}

/// What a thief of a browser's cookies has.
fn session(browser: &Browser) -> [String; 2] {
    let mut cookies = browser.cookies();
    ["genkan-session", "genkan-browser"].map(|name| format!("{name}={}", cookies.remove(name).expect(name)))
}

/// Whether whoever has these cookies is somebody.
async fn is_alive(server: &Server, cookies: &[String; 2]) -> bool {
    let browser = server.browser();
    for cookie in cookies {
        browser.set_cookie(cookie);
    }
    browser.get("/account").await.status == 200
}

/// `security.md` SE-08: neither a second too early nor one too late, by the server's own clock; using it moves the one
/// limit and never the other.
async fn a_session_ends_on_its_second(database: Database) {
    const LIMIT: i64 = 5;
    let server = Server::start(database, &format!("sessions.idle = {LIMIT}\nsessions.absolute = {LIMIT}")).await;
    let alice = server.user("Alice");
    let before = server.now().await;
    let held = session(&signed_in(&server, &alice).await);
    let after = server.now().await;
    loop {
        let (from, alive, to) = (server.now().await, is_alive(&server, &held).await, server.now().await);
        assert!(alive || to >= before + LIMIT, "it ends {} seconds early", before + LIMIT - to);
        assert!(!alive || from <= after + LIMIT, "it lives {} seconds too long", from - after - LIMIT);
        if !alive {
            break;
        }
    }
    let left = session(&signed_in(&server, &alice).await);
    let seen = server.now().await;
    while server.now().await <= seen + LIMIT {
        tokio::task::yield_now().await;
    }
    assert!(!is_alive(&server, &left).await, "nobody used it");
}

/// `security.md` SE-01, SE-02 and SE-09: a sign-in on top of another, and a new password.
async fn whatever_is_proved_gives_the_session_a_new_name(database: Database) {
    let server = Server::start(database, "").await;
    let alice = server.user("Alice");
    let (browser, elsewhere) = (signed_in(&server, &alice).await, signed_in(&server, &alice).await);
    let mut held = vec![session(&browser)];
    let renewed = async |held: &mut Vec<[String; 2]>, page: &Answer| {
        let now = session(&browser);
        assert!(!held.contains(&now), "{page}");
        for before in held.iter() {
            assert!(!is_alive(&server, before).await, "{page}");
        }
        assert!(is_alive(&server, &now).await);
        held.push(now);
    };
    let page = browser.open("/login").await;
    if page.has("login-submit") {
        let credentials = [("username", alice.email.as_str()), ("password", alice.password.as_str())];
        let page = browser.press(&page, "login-submit", &credentials).await;
        renewed(&mut held, &page).await;
    }
    let page = browser.open("/account/password").await;
    let fields = [("current", alice.password.as_str()), ("password", "another horse 77 battery")];
    let page = browser.press(&page, "password-submit", &fields).await;
    renewed(&mut held, &page).await;
    assert!(!is_alive(&server, &session(&elsewhere)).await, "others end with the password");
}
