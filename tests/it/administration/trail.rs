//! The audit trail's page, its copies, and its search.
use super::{Api, operator, signed_in_earlier};
use crate::support::{Answer, Browser, Database, Server, on_each_database};
use serde_json::{Value, json};

on_each_database!(
    the_trail_is_searched_page_by_page,
    who_follows_the_trail_is_told_what_is_new,
    a_copy_has_what_was_asked_for_and_no_formulas,
    the_page_tells_whether_the_chain_holds,
    hostile_names_are_inert_in_the_trail
);

async fn the_trail_is_searched_page_by_page(database: Database) {
    let server = Server::start(database, "").await;
    let (owner, browser) = operator(&server, "owner").await;
    let api = Api::of(&server, "owner");
    for n in 0..60 {
        let made = api.post("/api-keys", json!({ "name": format!("key {n}"), "role": "auditor" })).await;
        assert_eq!(made.status, 201, "{made}");
    }
    let page = browser.open("/admin/audit?kind=api_key_created").await;
    assert_eq!((page.status, page.texts("#rows > tr").len()), (200, 50), "{page}");
    assert!(page.body.contains("key 59") && !page.body.contains("key 1<"), "{page}");
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("connect-src 'self'") && policy.contains("script-src 'self'"), "{policy}");
    let earlier = browser.open(page.link("audit-earlier")).await;
    // One key is this test's own.
    assert_eq!(earlier.texts("#audit > tbody > tr").len(), 11, "{earlier}");
    assert!(!earlier.has("audit-earlier") && !earlier.has("follow"), "{earlier}");
    // What has no list loads no script, and asks for nothing.
    let keys = browser.open("/admin/keys").await;
    let policy = keys.header("content-security-policy").unwrap();
    assert!(!policy.contains("connect-src") && !policy.contains("script-src"), "{policy}");

    let rows = api.get("/audit?kind=signed_in").await.ok();
    let signed_in = &rows["items"][0];
    let (id, address) = (signed_in["request_id"].as_str().unwrap(), signed_in["address"].as_str().unwrap());
    let actor = format!("person:{}", owner.sub);
    let at = signed_in["at"].as_i64().unwrap();
    for (query, found) in [
        (format!("request_id={id}"), 1),
        (format!("user={}&kind=signed_in", owner.sub), 1),
        (format!("actor={actor}&kind=signed_in&address={address}"), 1),
        (format!("actor={actor}&kind=signed_out"), 0),
        ("address=192.0.2.1".into(), 0),
        ("client=nobody".into(), 0),
        ("object=provider:none".into(), 0),
        (format!("kind=signed_in&since={at}&until={}", at + 1), 1),
        (format!("kind=signed_in&since={}", at + 1), 0),
        (format!("kind=signed_in&until={at}"), 0),
        (format!("kind=signed_in&since={}", at + 100_000), 0),
    ] {
        let listed = api.get(&format!("/audit?{query}")).await.ok();
        assert_eq!(listed["items"].as_array().unwrap().len(), found, "{query}: {listed}");
    }
    let wrong = browser.open("/admin/audit?since=yesterday").await;
    assert_eq!((wrong.status, wrong.has("since-error")), (422, true), "{wrong}");
    let none = browser.open("/admin/audit?kind=key_retired").await;
    assert!(none.has("audit-none"), "{none}");
}

/// What the script of a list gets that asks for a part.
async fn part(server: &Server, browser: &Browser, path: &str) -> Answer {
    let cookies: Vec<_> = browser.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect();
    let request = server.http.request(reqwest::Method::GET, path).header("cookie", cookies.join("; "));
    Answer::of(request.header("hx-request", "true")).await
}

/// What a page that is followed asks next.
fn asks(page: &Answer) -> String {
    page.find("live", |live| live.attr("hx-get").map(ToOwned::to_owned)).flatten().expect("it asks")
}

async fn who_follows_the_trail_is_told_what_is_new(database: Database) {
    let server = Server::start(database, "").await;
    let (owner, browser) = operator(&server, "owner").await;
    let api = Api::of(&server, "owner");
    let make = async |name: String| api.post("/api-keys", json!({ "name": name, "role": "auditor" })).await.status;
    let page = browser.open("/admin/audit?kind=api_key_created").await;
    let page = browser.open(page.link("follow")).await;
    assert!(page.has("unfollow") && !page.has("follow"), "{page}");
    let rows = page.texts("#rows > tr").len();
    let ask = asks(&page);
    assert_eq!(part(&server, &browser, &ask).await.status, 204);
    assert_eq!(make("new".into()).await, 201);
    let new = part(&server, &browser, &ask).await;
    assert_eq!((new.status, new.texts("#rows > tr").len()), (200, 1), "{new}");
    assert_eq!(part(&server, &browser, &asks(&new)).await.status, 204);
    // Whoever opens the same address themselves gets a page.
    assert_eq!(browser.open(&ask).await.texts("#rows > tr").len(), rows + 1);

    for n in 0..51 {
        assert_eq!(make(format!("key {n}")).await, 201);
    }
    let many = part(&server, &browser, &asks(&new)).await;
    assert_eq!((many.status, many.header("hx-refresh")), (204, Some("true")), "some would be missing: {many}");
    signed_in_earlier(&server, &owner, 4000).await;
    let late = part(&server, &browser, &asks(&new)).await;
    assert_eq!((late.status, late.header("hx-redirect")), (204, Some("/login?return=/admin")), "{late}");
    assert_eq!(browser.get(&ask).await.location().unwrap().path(), "/login");
}

/// `security.md` LG-02: what somebody calls themselves is one cell, and no formula.
async fn a_copy_has_what_was_asked_for_and_no_formulas(database: Database) {
    let server = Server::start(database, "").await;
    let (_, browser) = operator(&server, "owner").await;
    let api = Api::of(&server, "owner");
    let agent = "=HYPERLINK(\"http://x.test\",\"a\")";
    let request = server.http.request(reqwest::Method::POST, "/api/admin/v1/api-keys");
    let request = request.header("user-agent", agent).bearer_auth(api.key());
    let made = request.json(&json!({ "name": "=1+1, \"x\"", "role": "auditor" })).send().await.unwrap();
    assert_eq!(made.status(), 201);
    let copied = api.get("/audit/export?format=csv&kind=api_key_created").await;
    assert_eq!(copied.header("content-type"), Some("text/csv; charset=utf-8; header=present"), "{copied}");
    let lines: Vec<_> = copied.body.split("\r\n").collect();
    assert_eq!((lines.len(), lines[3]), (4, ""), "{copied}");
    assert!(lines[0].starts_with("seq,time,kind,"), "{copied}");
    assert!(lines[1].contains(",\"'=HYPERLINK(\"\"http://x.test\"\",\"\"a\"\")\","), "{copied}");

    let copied = api.get("/audit/export").await;
    let lines: Vec<Value> = copied.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let listed = api.get("/audit?limit=200").await.ok();
    assert_eq!(Value::from(lines.clone()), listed["items"]);
    assert_eq!((&lines[0]["kind"], &lines[0]["details"]["format"]), (&json!("audit_exported"), &json!("jsonl")));
    assert_eq!(api.get("/audit/export?format=xml").await.status, 400);

    let page = browser.open("/admin/audit?kind=api_key_created").await;
    let file = browser.press(&page, "audit-export", &[("format", "csv")]).await;
    assert_eq!((file.status, file.body.lines().count()), (200, 3), "{file}");
    assert!(file.header("content-disposition").unwrap().contains(".csv"), "{file}");
    // A support's role does not read the trail, nor copy it.
    let (_, browser) = operator(&server, "support").await;
    assert_eq!(browser.open("/admin/audit").await.status, 403);
    assert_eq!(Api::of(&server, "support").get("/audit/export").await.status, 403);
}

/// `security.md` AD-08.
async fn the_page_tells_whether_the_chain_holds(database: Database) {
    let server = Server::start(database, "").await;
    let (_, browser) = operator(&server, "auditor").await;
    let page = browser.open("/admin/audit").await;
    let held = browser.press(&page, "audit-verify", &[]).await;
    assert!(held.has("audit-verified") && !held.has("audit-broken"), "{held}");
    server.sql("UPDATE audit SET kind = 'signed_out' WHERE seq = 1").await;
    let broken = browser.press(&page, "audit-verify", &[]).await;
    assert!(broken.has("audit-broken") && !broken.has("audit-verified"), "{broken}");
}

/// `security.md` XS-01.
async fn hostile_names_are_inert_in_the_trail(database: Database) {
    let server = Server::start(database, "").await;
    let (_, browser) = operator(&server, "owner").await;
    let api = Api::of(&server, "owner");
    let hostile = "\"><svg onload=alert(1)></script><script>alert(1)</script>{{7*7}}${7*7}";
    let request = server.http.request(reqwest::Method::POST, "/api/admin/v1/api-keys").bearer_auth(api.key());
    let request = request.header("user-agent", hostile);
    let made = request.json(&json!({ "name": hostile, "role": "auditor" })).send().await.unwrap();
    assert_eq!(made.status(), 201);
    for path in ["/admin/audit".into(), format!("/admin/audit?user={}", urlencoded(hostile))] {
        let page = browser.open(&path).await;
        assert_eq!(page.status, 200, "{page}");
        assert!(page.body.contains("{{7*7}}${7*7}"), "{page}");
        assert!(!page.body.contains("<svg onload") && !page.body.contains("<script>"), "{page}");
        assert!(!page.header("content-security-policy").unwrap().contains("unsafe"), "{page}");
    }
}

fn urlencoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
