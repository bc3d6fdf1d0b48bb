//! Sessions, their cookies, and their end (OpenID Connect RP-Initiated Logout 1.0, RFC 6265bis).
use crate::support::{Answer, AppClient, Browser, Database, Params, Server, User, eventually, on_each_database};
use reqwest::{
    Method,
    header::{COOKIE, HeaderMap, SET_COOKIE},
};

on_each_database!(
    a_session_is_new_with_each_sign_in,
    a_session_ends_on_the_server,
    a_session_ends_in_time,
    cookies_are_for_this_host_alone,
    nobody_is_signed_out_by_another_site,
    after_sign_out_people_go_where_the_app_registered,
    sign_out_ends_what_was_given_in_the_session,
    whoever_is_disabled_is_out,
);

async fn signed_in(server: &Server, user: &User) -> Browser {
    let browser = server.browser();
    let page = browser.proceed(browser.open("/login").await, user).await;
    assert!(page.body.contains(&user.email), "{page}");
    browser
}

fn session(browser: &Browser) -> String {
    browser.cookies().remove("genkan-session").expect("a session")
}

/// What a thief of a browser's cookies has.
fn cookies(browser: &Browser) -> (String, String) {
    (session(browser), browser.cookies().remove("genkan-browser").expect("a name"))
}

/// Whether whoever has these cookies is somebody.
async fn is_alive(server: &Server, (session, name): &(String, String)) -> bool {
    let browser = server.browser();
    browser.set_cookie(&format!("genkan-session={session}"));
    browser.set_cookie(&format!("genkan-browser={name}"));
    browser.get("/account").await.status == 200
}

/// `security.md` SE-01 and SE-02.
async fn a_session_is_new_with_each_sign_in(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, web) = (server.user("Alice"), server.app("web"));
    let browser = signed_in(&server, &alice).await;
    let first = cookies(&browser);
    browser
        .proceed(browser.open(web.authorize_url_of(&web.authorization().with("prompt", "login"))).await, &alice)
        .await;
    let second = cookies(&browser);
    assert_ne!(first.0, second.0);
    assert!(!is_alive(&server, &first).await && is_alive(&server, &second).await);

    // What an attacker planted is nobody's, before and after.
    let planted = server.browser();
    for cookie in ["genkan-session=planted", "genkan-session=", "genkan-browser=00112233445566778899aabbccddeeff"] {
        planted.set_cookie(cookie);
    }
    planted.proceed(planted.open("/login").await, &alice).await;
    let name = second.1;
    assert!(session(&planted) != "planted" && !is_alive(&server, &("planted".into(), name.clone())).await);
    let (first, second) = (first.0, second.0);
    for garbage in ["x", "%00", "%ff", &"x".repeat(4000), &first[..first.len() - 2], &format!("{second}A")] {
        assert!(!is_alive(&server, &(garbage.to_owned(), name.clone())).await, "{garbage}");
    }
}

/// `security.md` SE-05.
async fn a_session_ends_on_the_server(database: Database) {
    let server = Server::start(database, "").await;
    let alice = server.user("Alice");
    let (browser, other) = (signed_in(&server, &alice).await, signed_in(&server, &alice).await);
    let (captured, elsewhere) = (cookies(&browser), cookies(&other));
    let out = browser.press(&browser.open("/logout").await, "logout-confirm", &[]).await;
    assert_eq!(out.status, 200, "{out}");
    assert!(!is_alive(&server, &captured).await);
    assert!(!browser.cookies().contains_key("genkan-session"));
    assert!(is_alive(&server, &elsewhere).await, "another browser stays");
    // Out is out, however often.
    assert_eq!(browser.open("/logout").await.status, 200);
}

/// `security.md` SE-08.
async fn a_session_ends_in_time(database: Database) {
    let settings = ["sessions.idle = 2", "sessions.idle = 3\nsessions.absolute = 3"];
    for settings in settings {
        let server = Server::start(database, settings).await;
        let browser = signed_in(&server, &server.user("Alice")).await;
        let held = cookies(&browser);
        server.passes(3).await;
        assert!(!is_alive(&server, &held).await, "{settings}");
        assert!(browser.open("/account").await.has("login-submit"));
    }
}

/// `security.md` SE-03, CS-06 and HH-02: behind a proxy that speaks https, and without one.
async fn cookies_are_for_this_host_alone(database: Database) {
    for (settings, prefix) in [("issuer = 'https://id.test'", "__Host-genkan-"), ("", "genkan-")] {
        let server = Server::start(database, settings).await;
        let (alice, web) = (server.user("Alice"), server.app("web"));
        let mut jar = std::collections::BTreeMap::<String, String>::new();
        let mut seen = vec![];
        let mut ask = async |method: Method, path: &str, form: Option<&Params>| {
            let cookies: Vec<_> = jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let mut headers = HeaderMap::new();
            headers.insert(COOKIE, cookies.join("; ").parse().unwrap());
            let answer = match form {
                Some(form) => server.http.post(path, form, headers).await,
                None => Answer::of(server.http.request(method, path).headers(headers)).await,
            };
            for cookie in answer.headers.get_all(SET_COOKIE) {
                let cookie = cookie.to_str().unwrap().to_owned();
                let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
                jar.insert(name.into(), value.into());
                seen.push(cookie);
            }
            let strict = answer.header("strict-transport-security").is_some();
            assert_eq!(strict, settings.contains("https"), "{answer}");
            answer
        };
        let mut query = web.authorize_url().query().unwrap().to_owned();
        query.push_str("&ui_locales=en");
        let first = ask(Method::GET, &format!("/authorize?{query}"), None).await;
        let to = first.header("location").unwrap().to_owned();
        assert!(to.starts_with("/login?"), "{to}");
        let page = ask(Method::GET, &format!("{to}&ui_locales=ja"), None).await;
        let form = page.form("login-submit").fill("username", &alice.email).fill("password", &alice.password);
        let done = ask(Method::POST, "/login", Some(&form.fields)).await;
        assert_eq!(done.status, 303, "{done}");
        let consent = ask(Method::GET, done.header("location").unwrap(), None).await;
        let consent = ask(Method::GET, consent.header("location").unwrap(), None).await;
        let form = consent.form("consent-allow");
        let back = ask(Method::POST, "/consent", Some(&form.fields)).await;
        let callback = back.callback();
        assert_eq!(callback.get("iss"), Some(server.issuer.as_str()));
        web.redeem(&callback.code()).await.ok();
        let out = ask(Method::GET, "/logout", None).await;
        ask(Method::POST, "/logout", Some(&out.form("logout-confirm").fields)).await;

        let names: std::collections::BTreeSet<_> =
            seen.iter().map(|cookie| cookie.split('=').next().unwrap().to_owned()).collect();
        let all = ["browser", "device", "language", "session", "signed-out"].map(|name| format!("{prefix}{name}"));
        assert_eq!(names, all.into());
        for cookie in &seen {
            let mut attributes: Vec<_> = cookie.split("; ").skip(1).map(str::to_ascii_lowercase).collect();
            attributes.retain(|attribute| !attribute.starts_with("max-age=") && !attribute.starts_with("expires="));
            attributes.sort();
            let mut expected = vec!["httponly", "path=/", "samesite=lax"];
            expected.extend(settings.contains("https").then_some("secure"));
            assert_eq!(attributes, expected, "{cookie}");
        }
    }
}

/// `security.md` SE-06 and CS-01.
async fn nobody_is_signed_out_by_another_site(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, bob, web) = (server.user("Alice"), server.user("Bob"), server.app("web"));
    let browser = server.browser();
    web.tokens(&browser, &alice).await;
    let his = web.tokens(&server.browser(), &bob).await;
    let held = cookies(&browser);
    let his = his["id_token"].as_str().unwrap();
    for request in [
        Params::default(),
        Params::new(&[("client_id", "web")]),
        Params::new(&[("client_id", "web"), ("post_logout_redirect_uri", "https://app.test/out")]),
        // Somebody else's hint proves nothing about who is here.
        Params::new(&[("id_token_hint", his), ("post_logout_redirect_uri", "https://app.test/out")]),
        Params::new(&[("id_token_hint", "tampered"), ("client_id", "web")]),
    ] {
        let page = browser.open(format!("/logout?{}", request.encoded())).await;
        assert!(page.has("logout-confirm"), "{page}");
        let url = server.http.url("/logout");
        let posted = browser.follow(browser.send(Method::POST, &url, Some(&request)).await).await;
        assert!(posted.has("logout-confirm"), "{posted}");
        let forged = browser.send(Method::POST, &url, Some(&request.with("csrf", "forged"))).await;
        assert_eq!(forged.status, 403, "{forged}");
        assert!(is_alive(&server, &held).await);
    }
}

/// `security.md` SE-07 and OR-02.
async fn after_sign_out_people_go_where_the_app_registered(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, web) = (server.user("Alice"), server.app("web"));
    let browser = server.browser();
    let tokens = web.tokens(&browser, &alice).await;
    let hint = tokens["id_token"].as_str().unwrap();
    let logout = |pairs: &[(&str, &str)]| format!("/logout?{}", Params::new(pairs).encoded());
    for (client, to) in [
        ("web", "https://evil.test/"),
        ("web", "https://app.test/out/"),
        ("web", "https://app.test/outX"),
        ("web", "https://app.test/cb"),
        ("web", "https://post.test/out"),
        ("web", "//app.test/out"),
        ("web", "javascript:alert(1)"),
        ("post", "https://app.test/out"),
        ("nobody", "https://app.test/out"),
    ] {
        for pairs in [
            vec![("client_id", client), ("post_logout_redirect_uri", to)],
            vec![("client_id", client), ("post_logout_redirect_uri", to), ("id_token_hint", hint)],
            vec![("post_logout_redirect_uri", to)],
        ] {
            let page = browser.get(&logout(&pairs)).await;
            assert!(page.location().is_none(), "{page}");
            let policy = page.header("content-security-policy").unwrap();
            assert!(policy.ends_with("form-action 'self'"), "{policy}");
        }
    }
    assert!(is_alive(&server, &cookies(&browser)).await);
    let good = [("id_token_hint", hint), ("post_logout_redirect_uri", "https://app.test/out"), ("state", "a b&c=\"d")];
    let back = browser.get(&logout(&good)).await;
    assert_eq!(back.status, 303);
    let callback = back.callback();
    assert_eq!((callback.to.as_str(), callback.get("state")), ("https://app.test/out", Some("a b&c=\"d")));
    assert!(browser.open("/account").await.has("login-submit"));
}

/// `security.md` RT-07 (OpenID Connect Core section 11): `offline_access` goes on, the rest ends with the session.
async fn sign_out_ends_what_was_given_in_the_session(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, browser, elsewhere) = (server.user("Alice"), server.browser(), server.browser());
    let bound = server.app("web").asking_for("openid email");
    let offline = server.app("spa").asking_for("openid offline_access");
    let ended = bound.tokens(&browser, &alice).await;
    let goes_on = offline.tokens(&browser, &alice).await;
    let other = bound.tokens(&elsewhere, &alice).await;
    browser.press(&browser.open("/logout").await, "logout-confirm", &[]).await;

    bound.refresh(&ended).await.assert_error(400, "invalid_grant");
    assert_eq!(bound.userinfo(&ended).await.status, 401);
    assert_eq!(bound.introspect(&ended["access_token"]).await["active"], false);
    bound.refresh(&other).await.ok();
    offline.refresh(&goes_on).await.ok();
}

/// `security.md` RT-06 and AD-10.
async fn whoever_is_disabled_is_out(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, web): (User, AppClient) = (server.user("Alice"), server.app("web"));
    let browser = server.browser();
    web.tokens(&browser, &alice).await;
    let held = cookies(&browser);
    server.disable(&alice.sub).await;
    assert!(!is_alive(&server, &held).await);
    assert!(browser.open(web.authorize_url()).await.has("login-submit"));
    let page = browser.open("/login").await;
    let refused =
        browser.press(&page, "login-submit", &[("username", &alice.email), ("password", &alice.password)]).await;
    assert_eq!(refused.status, 422);
    // Whoever runs the instance reads why; the page says no more than of a wrong password.
    let refusals = format!(
        "SELECT kind || coalesce(details, '') FROM audit
         WHERE user_id = '{}' AND kind IN ('sign_in_refused', 'password_wrong') ORDER BY seq",
        alice.sub
    );
    let told = async |count: usize| {
        let all = async || Some(server.texts(&refusals).await).filter(|all| all.len() == count);
        eventually("the refusal is written down", all).await.pop().unwrap()
    };
    assert_eq!(told(1).await, r#"sign_in_refused{"reason":"disabled"}"#);
    let wrong = browser.press(&page, "login-submit", &[("username", &alice.email), ("password", "wrong")]).await;
    assert_eq!((wrong.status, wrong.text_of("form-error")), (422, refused.text_of("form-error")));
    assert_eq!(told(2).await, "password_wrong");
}
