//! Every route there is, whatever is added to them: forged forms, safe reading, headers, cookies (`security.md` CS, SE).
use crate::support::{Answer, Browser, Database, Form, Params, Route, Server, on_each_database, routes};
use reqwest::{
    Method,
    header::{COOKIE, SET_COOKIE},
};
use std::collections::BTreeSet;

on_each_database!(
    no_form_is_taken_without_the_token_of_its_browser,
    reading_changes_nothing,
    every_answer_of_every_route_has_its_headers,
    every_cookie_is_one_of_these,
);

/// What answers a POST without the token of a form: clients that authenticate, and what asks before it does anything.
const WITHOUT_TOKEN: [&str; 7] =
    ["/authorize", "/introspect", "/logout", "/native/nonce", "/revoke", "/token", "/userinfo"];

/// What takes a file, and so its form in parts (RFC 7578).
const WITH_A_FILE: &str = "/account/profile/picture";

async fn send_parts(server: &Server, browser: &Browser, fields: &Params) -> Answer {
    let part = |(name, value): &(String, String)| {
        format!("--parts\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let cookies: Vec<_> = browser.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect();
    let request = server.http.request(Method::POST, WITH_A_FILE).header(COOKIE, cookies.join("; "));
    let request = request.header("content-type", "multipart/form-data; boundary=parts");
    Answer::of(request.body(fields.0.iter().map(part).collect::<String>() + "--parts--\r\n")).await
}

/// Whatever a form here may have, so that nothing but its token is missing.
fn plausible(browser: &Browser, page: &Answer) -> Params {
    let interaction = page.form("login-submit").fields.get("interaction").unwrap().to_owned();
    let params = [
        ("email", "new@people.test"),
        ("username", "new@people.test"),
        ("name", "New"),
        ("current", "correct horse battery"),
        ("password", "another horse battery 7"),
        ("code", "123456"),
        ("decision", "allow"),
        ("choice", "continue"),
        ("action", "start"),
        ("sid", "others"),
        ("client_id", "web"),
        ("interaction", &interaction),
    ];
    assert!(!browser.cookies().is_empty());
    Params::new(&params)
}

/// Somebody signed in, with an app that may sign them in, and the sign-in page of an app that asks again.
async fn at_home(server: &Server) -> (Browser, Answer) {
    let (alice, web, browser) = (server.user("Alice"), server.app("web"), server.browser());
    web.tokens(&browser, &alice).await;
    let page = browser.open(web.authorize_url_of(&web.authorization().with("prompt", "login"))).await;
    (browser, page)
}

/// `security.md` CS-01: and nothing has changed.
async fn no_form_is_taken_without_the_token_of_its_browser(database: Database) {
    let server = Server::start(database, "").await;
    let (browser, page) = at_home(&server).await;
    let fields = plausible(&browser, &page);
    let other = server.browser().open("/login").await.form("login-submit").fields.get("csrf").unwrap().to_owned();
    let posts: Vec<_> = routes().into_iter().filter(|route| route.takes("POST")).collect();
    let exempt: BTreeSet<_> = posts.iter().map(|route| route.path.as_str()).collect();
    assert!(WITHOUT_TOKEN.iter().all(|path| exempt.contains(path)), "{exempt:?}");
    // That a client has not proved who it is is written down, at most once a minute.
    let rows = async || {
        let mut rows = server.rows().await;
        rows.retain(|row| !row.starts_with("audit_chain: ") && !row.contains("client_refused"));
        rows
    };
    let before = rows().await;
    for Route { path, .. } in posts {
        for token in [None, Some(""), Some("x"), Some(other.as_str())] {
            let action = server.http.url(&path.replace(['{', '}'], ""));
            let fields = token.into_iter().fold(fields.clone(), |fields, token| fields.with("csrf", token));
            let answer = if path == WITH_A_FILE {
                send_parts(&server, &browser, &fields).await
            } else {
                browser.submit(&Form { method: Method::POST, action, fields }).await
            };
            match path.as_str() {
                "/logout" if token.unwrap_or_default().is_empty() => {
                    assert_eq!(answer.status, 303, "it asks: {answer}");
                }
                // What comes from a provider has its state in place of a token; here there is no provider.
                path if path.starts_with("/callback/") => assert_eq!(answer.status, 404, "{path} {token:?}: {answer}"),
                path if path != "/logout" && WITHOUT_TOKEN.contains(&path) => {
                    assert!([303, 400, 401].contains(&answer.status), "{path} {token:?}: {answer}");
                }
                _ => assert_eq!(answer.status, 403, "{path} {token:?}: {answer}"),
            }
        }
    }
    assert_eq!(rows().await, before);
    assert_eq!(browser.get("/account").await.status, 200);
}

/// `security.md` CS-02: each route and each link of each page, by somebody who is signed in.
async fn reading_changes_nothing(database: Database) {
    let server = Server::start(database, "").await;
    let (browser, page) = at_home(&server).await;
    let interaction = page.form("login-submit").fields.get("interaction").unwrap().to_owned();
    let mut ahead: Vec<_> = routes().into_iter().filter(|route| route.takes("GET")).map(|route| route.path).collect();
    ahead.extend(ahead.clone().iter().map(|path| format!("{path}?interaction={interaction}&token=x&return=/account")));
    // Where it goes on to the app, with a code, which is what it is asked for.
    ahead.retain(|path| !path.starts_with("/resume?"));
    let (mut seen, before) = (BTreeSet::new(), server.rows().await);
    while let Some(path) = ahead.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let answer = browser.get(&path).await;
        assert!(answer.status < 500, "{answer}");
        ahead.extend(links(&server, &answer));
        assert!(seen.len() < 500, "it ends: {seen:?}");
    }
    assert!(seen.len() > 20 && seen.contains("/account/sessions"), "{seen:?}");
    assert_eq!(server.rows().await, before, "{seen:?}");
    assert_eq!(browser.get("/account").await.status, 200);
}

/// Where a page leads, on the server itself.
fn links(server: &Server, page: &Answer) -> Vec<String> {
    let anchors = scraper::Selector::parse("a[href], img[src], link[href]").unwrap();
    let parsed = scraper::Html::parse_document(&page.body);
    let addresses = parsed.select(&anchors).filter_map(|link| link.attr("href").or_else(|| link.attr("src")));
    let urls = addresses.map(|address| page.url.join(address).unwrap()).chain(page.location());
    let own = urls.filter(|url| server.http.owns(url) && !url.path().starts_with("/resume"));
    own.map(|url| url[url::Position::BeforePath..url::Position::AfterQuery].to_owned()).collect()
}

/// `security.md` CS-04 to CS-06, CS-08 and SE-06: whatever the method, and whatever comes of it.
async fn every_answer_of_every_route_has_its_headers(database: Database) {
    let server = Server::start(database, "issuer = 'https://id.test'").await;
    let strangers =
        [None, Some("__Host-genkan-session=planted; __Host-genkan-browser=00112233445566778899aabbccddeeff")];
    let unknown = Route { path: "/nowhere".into(), methods: vec!["GET".into()] };
    let mut kinds = BTreeSet::new();
    for Route { path, .. } in routes().into_iter().chain([unknown]) {
        for (method, cookie) in ["GET", "HEAD", "POST", "PUT"].into_iter().flat_map(|m| strangers.map(|c| (m, c))) {
            let request = server.http.request(method.parse().unwrap(), &path.replace("{name}", "genkan.css"));
            let request = cookie.into_iter().fold(request, |request, cookie| request.header(COOKIE, cookie));
            let request = if method == "POST" { request.form(&[("x", "y")]) } else { request };
            let answer = Answer::of(request).await;
            assert!(answer.status < 500, "{answer}");
            kinds.insert(answer.status / 100);
            // Another site's form comes without the cookies that there are, and must not replace them.
            assert!(method != "POST" || answer.header("set-cookie").is_none(), "{answer}");
            check_headers(&path, &answer);
        }
    }
    assert_eq!(kinds, [2, 3, 4].into());
}

fn check_headers(path: &str, answer: &Answer) {
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("strict-transport-security", "max-age=31536000"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{answer}");
    }
    assert!(answer.header("permissions-policy").is_some() && answer.header("server").is_none(), "{answer}");
    let policy = answer.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{answer}");
    for lax in ["unsafe", "data:", "*", "http:", "object-src"] {
        assert!(!policy.contains(lax), "{answer}");
    }
    let kind = answer.header("content-type").unwrap_or_default();
    assert!(answer.body.is_empty() || kind.contains('/'), "{answer}");
    if kind.starts_with("text/html") {
        assert_eq!(kind, "text/html; charset=utf-8");
        assert!(policy.contains("base-uri 'none'") && policy.contains("form-action 'self'"), "{answer}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer}");
    }
    let cached = answer.header("cache-control").unwrap_or_default();
    let public = path.starts_with("/.well-known/") || path == "/jwks.json" || path.starts_with("/static/");
    match answer.status {
        200 if public => assert!(cached.starts_with("public, max-age="), "{answer}"),
        405 => assert!(answer.header("allow").is_some(), "{answer}"),
        // What is not there is nobody's: a document's absence says the same to everybody.
        404 if !kind.starts_with("text/html") => {}
        _ => assert_eq!(cached, "no-store", "{path} {answer}"),
    }
}

/// `security.md` SE-03: over https, every one that there is on the way through all pages.
async fn every_cookie_is_one_of_these(database: Database) {
    let server = Server::start(database, "issuer = 'https://id.test'").await;
    let (alice, web) = (server.user("Alice"), server.app("web"));
    let (mut jar, mut seen) = (vec![], BTreeSet::new());
    let mut paths: Vec<_> = routes().into_iter().map(|route| route.path).collect();
    paths.retain(|path| path != "/logout");
    let mut ask = async |method: Method, path: &str, form: Option<&Params>| {
        let cookies: Vec<_> = jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = server.http.request(method, path).header(COOKIE, cookies.join("; "));
        let request = form.into_iter().fold(request, |request, form| request.form(&form.0));
        let answer = Answer::of(request).await;
        for cookie in answer.headers.get_all(SET_COOKIE) {
            let (pair, attributes) = cookie.to_str().unwrap().split_once("; ").unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            jar.retain(|(held, _): &(String, String)| held != name);
            jar.push((name.into(), value.into()));
            seen.insert(format!("{name}; {attributes}"));
        }
        answer
    };
    for path in &paths {
        ask(Method::GET, &format!("{path}?ui_locales=ja"), None).await;
        ask(Method::POST, path, Some(&Params::default())).await;
    }
    let first = ask(Method::GET, &format!("/authorize?{}", web.authorization().encoded()), None).await;
    let page = ask(Method::GET, first.header("location").unwrap(), None).await;
    let form = page.form("login-submit").fill("username", &alice.email).fill("password", &alice.password);
    assert_eq!(ask(Method::POST, "/login", Some(&form.fields)).await.status, 303);
    for path in &paths {
        ask(Method::GET, path, None).await;
        ask(Method::POST, path, Some(&Params::default())).await;
    }
    let page = ask(Method::GET, "/account/password", None).await;
    let form =
        page.form("password-submit").fill("current", &alice.password).fill("password", "another horse 77 battery");
    assert_eq!(ask(Method::POST, "/account/password", Some(&form.fields)).await.status, 200);
    let out = ask(Method::GET, "/logout", None).await;
    assert_eq!(ask(Method::POST, "/logout", Some(&out.form("logout-confirm").fields)).await.status, 200);

    let alone = "HttpOnly; SameSite=Lax; Secure; Path=/";
    let expected = [
        format!("__Host-genkan-browser; {alone}"),
        format!("__Host-genkan-device; {alone}; Max-Age=31536000"),
        format!("__Host-genkan-language; {alone}; Max-Age=31536000"),
        format!("__Host-genkan-session; {alone}; Max-Age=2592000"),
        format!("__Host-genkan-session; {alone}; Max-Age=0; Expires="),
        format!("__Host-genkan-signed-out; {alone}"),
    ];
    let without_date = |cookie: &String| match cookie.split_once("Expires=") {
        Some((before, _)) => format!("{before}Expires="),
        None => cookie.clone(),
    };
    assert_eq!(seen.iter().map(without_date).collect::<BTreeSet<_>>(), expected.into());
}
