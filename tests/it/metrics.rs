//! What operators see: metrics for who may read them, and a line of the log for each request (`security.md` LG).
use crate::support::{Answer, Database, Http, Server, eventually, free_port, on_each_database};
use reqwest::Method;

on_each_database!(
    metrics_are_for_who_has_the_token,
    without_a_setting_there_are_none,
    a_listener_of_its_own_has_nothing_else,
    what_happens_is_counted,
    each_request_is_one_line_without_its_path,
);

const TOKEN: &str = "a-token-of-the-operator";

fn with_token() -> String {
    format!("metrics.token = '{TOKEN}'")
}

async fn metrics(server: &Server) -> String {
    let answer = server.http.get_with_token("/metrics", TOKEN).await;
    assert_eq!(answer.status, 200, "{answer}");
    assert_eq!(answer.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    answer.body
}

/// The value of the line that begins so.
fn value(metrics: &str, name: &str) -> Option<f64> {
    metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok())
}

/// `security.md` LG-04.
async fn metrics_are_for_who_has_the_token(database: Database) {
    let server = Server::start(database, &with_token()).await;
    assert!(metrics(&server).await.ends_with("# EOF\n"));
    for wrong in ["", "wrong", &TOKEN[1..], &format!("{TOKEN}x")] {
        let answer = server.http.get_with_token("/metrics", wrong).await;
        assert!(answer.status == 401 && answer.body.is_empty(), "{wrong}: {answer}");
    }
    let answer = server.http.get(&format!("/metrics?token={TOKEN}")).await;
    assert!(answer.status == 401 && answer.header("www-authenticate").is_some(), "{answer}");
    let request = server.http.request(Method::GET, "/metrics").bearer_auth(TOKEN);
    let answer = Answer::of(request.header("accept", "application/openmetrics-text; version=1.0.0")).await;
    assert_eq!(answer.header("content-type"), Some("application/openmetrics-text; version=1.0.0; charset=utf-8"));
}

/// `security.md` LG-04.
async fn without_a_setting_there_are_none(database: Database) {
    let server = Server::start(database, "").await;
    for method in [Method::GET, Method::HEAD, Method::PUT] {
        let answer = Answer::of(server.http.request(method, "/metrics").bearer_auth("")).await;
        assert_eq!(answer.status, 404, "{answer}");
    }
}

/// `security.md` LG-04.
async fn a_listener_of_its_own_has_nothing_else(database: Database) {
    let port = free_port();
    let mut server = Server::start(database, &format!("metrics.listen = '127.0.0.1:{port}'")).await;
    let beside = Http::new(&format!("http://127.0.0.1:{port}"));
    let answer = beside.get("/metrics").await;
    assert!(answer.status == 200 && answer.body.contains("genkan_build_info"), "{answer}");
    for path in ["/", "/login", "/healthz", "/jwks.json"] {
        assert_eq!(beside.get(path).await.status, 404, "{path}");
    }
    assert_eq!(server.http.get("/metrics").await.status, 404);
    assert!(server.terminate().await.success(), "{}", server.log());
}

async fn what_happens_is_counted(database: Database) {
    let server = Server::start(database, &with_token()).await;
    let (alice, web, browser) = (server.user("Alice"), server.app("web"), server.browser());
    let page = browser.open("/login").await;
    browser.press(&page, "login-submit", &[("username", &alice.email), ("password", "not hers at all")]).await;
    let tokens = web.tokens(&browser, &alice).await;
    web.refresh(&tokens).await.ok();
    server.http.get(&format!("/nowhere/{}", alice.sub)).await;
    let refused = "genkan_sign_ins_total{method=\"password\",outcome=\"refused\"}";
    // It is written down while the answer is on its way.
    let all = eventually("the refusal is counted", async || {
        Some(metrics(&server).await).filter(|all| value(all, refused) == Some(1.0))
    })
    .await;
    for (name, expected) in [
        ("genkan_sign_ins_total{method=\"password\",outcome=\"signed_in\"}", 1.0),
        ("genkan_events_total{event=\"signed_in\"}", 1.0),
        ("genkan_tokens_issued_total{grant_type=\"authorization_code\"}", 1.0),
        ("genkan_tokens_issued_total{grant_type=\"refresh_token\"}", 1.0),
        ("genkan_http_requests_total{method=\"POST\",route=\"/token\",status=\"2xx\"}", 2.0),
        ("genkan_http_requests_total{method=\"GET\",route=\"none\",status=\"4xx\"}", 1.0),
        ("genkan_http_request_duration_seconds_count{method=\"POST\",route=\"/token\"}", 2.0),
        ("genkan_password_hashing_waiting", 0.0),
        ("genkan_password_hashing_refused_total", 0.0),
        ("genkan_sessions_active", 1.0),
    ] {
        assert_eq!(value(&all, name), Some(expected), "{name} in {all}");
    }
    for name in [
        "genkan_database_connections_max",
        "genkan_password_hashing_limit",
        "process_start_time_seconds",
        "process_resident_memory_bytes",
        "process_open_fds",
    ] {
        assert!(value(&all, name).is_some_and(|value| value > 0.0), "{name} in {all}");
    }
    for name in ["mail_outbox", "signing_key_age_seconds{algorithm=\"RS256\"}", "database_connections{state=\"idle\"}"]
    {
        assert!(value(&all, &format!("genkan_{name}")).is_some_and(|value| value >= 0.0), "{name} in {all}");
    }
    for personal in [&alice.sub, &alice.email, &alice.name] {
        assert!(!all.contains(personal.as_str()), "{personal} in {all}");
    }
}

/// `security.md` LG-01 and LG-02.
async fn each_request_is_one_line_without_its_path(database: Database) {
    let server = Server::start(database, "log.format = 'json'").await;
    let answer = server.http.get("/login/a%0Acanary?secret=canary").await;
    let id = answer.header("x-request-id").unwrap();
    let line = eventually("the line is there", async || {
        let log = server.log();
        let line = log.lines().find(|line| line.contains(id) && line.contains("\"access\""))?;
        serde_json::from_str::<serde_json::Value>(line).ok()
    })
    .await;
    let fields = &line["fields"];
    assert!(fields["method"] == "GET" && fields["route"] == "/login/{provider}" && fields["status"] == 404, "{line}");
    assert!(fields["ms"].is_number() && line["span"]["request_id"] == id, "{line}");
    assert!(!line.to_string().contains("canary"), "{line}");
    assert!(!server.log().contains("/readyz"), "what asks often has none");
    let quiet = Server::start(database, "log.requests = false").await;
    quiet.http.get("/login").await;
    assert!(!quiet.log().contains("access"), "{}", quiet.log());
}
