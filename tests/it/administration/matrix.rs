//! The authorization matrix: every route of the administration, whoever comes. `matrix.txt` is what was agreed on; the
//! routes are read from their tables, so that one that is added fails here until it is written down there.
use super::{Api, operator};
use crate::support::{Answer, Database, Form, Guarded, Params, Server, guarded, on_each_database};
use reqwest::Method;
use std::fmt::Write as _;

on_each_database!(every_route_admits_whom_it_should, no_form_of_the_administration_is_taken_without_its_token);

const AGREED: &str = include_str!("matrix.txt");
/// The columns of the table, from the least to the most.
const ROLES: [&str; 4] = ["support", "auditor", "admin", "owner"];

/// What was agreed on for a route: a letter for each role that may come, a dot for each that may not.
fn agreed(route: &Guarded) -> &'static str {
    let found = AGREED.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        (words.next()? == route.method && words.next()? == route.path).then(|| words.next())?
    });
    let found: Vec<_> = found.collect();
    assert_eq!(found.len(), 1, "tests/it/administration/matrix.txt must have one line for {route:?}");
    found[0]
}

fn admits(route: &Guarded, role: &str) -> bool {
    let column = ROLES.iter().position(|name| *name == role).unwrap();
    agreed(route).as_bytes()[column] != b'.'
}

/// A path at which there is nothing: whoever is admitted is told so, or that what they sent is wrong.
fn nowhere(route: &Guarded) -> String {
    let parts = route.path.split('/').map(|part| if part.starts_with('{') { "nothing" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// `security.md` AD-01.
async fn every_route_admits_whom_it_should(database: Database) {
    let server = Server::start(database, "").await;
    let all = guarded();
    let lines = AGREED.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).count();
    assert_eq!(lines, all.len(), "matrix.txt has lines for routes that there are not");
    let mut wrong = String::new();
    let mut judge = |route: &Guarded, who: &str, expected: bool, answer: &Answer| {
        // A sign-in page, a challenge, or a refusal.
        let refused = [401, 403].contains(&answer.status) || answer.location().is_some_and(|to| to.path() == "/login");
        if refused == expected || answer.status >= 500 {
            let _ = writeln!(wrong, "{} {} for {who}: {}", route.method, route.path, answer.status);
        }
    };
    let (pages, calls): (Vec<_>, Vec<_>) = all.iter().partition(|route| route.path.starts_with("/admin"));

    let person = server.user("Alice");
    let (outsider, nobody) = (server.browser(), server.browser());
    outsider.proceed(outsider.open("/account").await, &person).await;
    for route in &pages {
        for (who, browser) in [("nobody", &nobody), ("a person", &outsider)] {
            let answer = ask(&server, browser, route).await;
            judge(route, who, false, &answer);
        }
    }
    for role in ROLES {
        let (_, browser) = operator(&server, role).await;
        for route in &pages {
            let answer = ask(&server, &browser, route).await;
            judge(route, role, admits(route, role), &answer);
        }
        let api = Api::of(&server, role);
        for route in &calls {
            let method: Method = route.method.parse().unwrap();
            let path = nowhere(route);
            let path = path.strip_prefix("/api/admin/v1").unwrap();
            let body = if method == Method::GET { serde_json::Value::Null } else { serde_json::json!({ "?": 1 }) };
            let answer = api.send(method.clone(), path, &body).await;
            judge(route, role, admits(route, role), &answer);
        }
    }
    let token = server.app("web").tokens(&outsider, &person).await;
    for route in &calls {
        let request = || server.http.request(route.method.parse().unwrap(), &nowhere(route));
        judge(route, "nobody", false, &Answer::of(request()).await);
        let token = token["access_token"].as_str().unwrap();
        judge(route, "an app's token", false, &Answer::of(request().bearer_auth(token)).await);
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Asks for a page, or sends its form with nothing but its token.
async fn ask(server: &Server, browser: &crate::support::Browser, route: &Guarded) -> Answer {
    let path = nowhere(route);
    if route.method == "GET" {
        return browser.get(&path).await;
    }
    let csrf = browser.open("/login?other=1").await.form("login-submit").fields.get("csrf").unwrap().to_owned();
    if path.ends_with("/logo") {
        // What takes a file takes a form in parts (RFC 7578).
        let body = format!("--part\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n--part--\r\n");
        let cookies: Vec<_> = browser.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = server.http.request(Method::POST, &path).header("cookie", cookies.join("; "));
        return Answer::of(request.header("content-type", "multipart/form-data; boundary=part").body(body)).await;
    }
    let form = Form { method: Method::POST, action: server.http.url(&path), fields: Params::new(&[("csrf", &csrf)]) };
    browser.send(Method::POST, &form.action, Some(&form.fields)).await
}

/// `security.md` CS-01.
async fn no_form_of_the_administration_is_taken_without_its_token(database: Database) {
    let server = Server::start(database, "").await;
    let (_, browser) = operator(&server, "owner").await;
    let other = server.browser().open("/login").await.form("login-submit").fields.get("csrf").unwrap().to_owned();
    let posts = guarded().into_iter().filter(|route| route.path.starts_with("/admin") && route.method == "POST");
    for route in posts {
        for token in [None, Some(""), Some("x"), Some(other.as_str())] {
            let fields = Params::new(&[("name", "x"), ("role", "owner")]);
            let fields = token.into_iter().fold(fields, |fields, token| fields.with("csrf", token));
            let answer = browser.send(Method::POST, &server.http.url(&nowhere(&route)), Some(&fields)).await;
            assert_eq!(answer.status, 403, "{route:?} {token:?}: {answer}");
        }
    }
}
