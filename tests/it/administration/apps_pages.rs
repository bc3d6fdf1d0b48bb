//! Apps, by the administration's pages.
use super::{Api, operator};
use crate::support::{Answer, AppClient, Browser, Database, Server, eventually, on_each_database};
use image::{DynamicImage, ImageFormat, RgbImage};
use reqwest::{
    Method,
    header::{CONTENT_TYPE, COOKIE},
};
use serde_json::json;
use std::{io::Cursor, process::Command};

on_each_database!(
    every_kind_of_app_is_made_by_its_template,
    what_is_typed_is_kept_and_each_fault_stands_beside_its_field,
    whoever_saves_what_they_have_not_seen_is_shown_what_is_there,
    a_machine_gets_a_token_by_the_snippet_as_it_is,
    a_secret_is_renewed_on_the_page,
    what_looks_wrong_is_noticed,
    a_logo_is_drawn_anew,
    names_are_text_and_nothing_else,
);

const CB: &str = "https://made.test/cb";

/// Makes an app of a kind, and ends on the page that says how to connect it.
async fn made(browser: &Browser, kind: &str, fields: &[(&str, &str)]) -> Answer {
    let kinds = browser.open("/admin/new-app").await;
    let form = browser.open(kinds.link(&format!("kind-{kind}"))).await;
    browser.press(&form, "app-save", fields).await
}

async fn every_kind_of_app_is_made_by_its_template(database: Database) {
    let server = Server::start(database, "").await;
    let (owner, browser) = operator(&server, "owner").await;
    let api = Api::of(&server, "auditor");
    for (kind, uris, has_secret) in [
        ("spa", CB, false),
        ("web", CB, true),
        ("native", "com.example.made:/cb\r\nhttp://127.0.0.1/cb", false),
        ("machine", "", true),
        ("agent", "http://127.0.0.1/callback", false),
    ] {
        let fields = [("client_id", kind.to_owned() + "-1"), ("client_name", kind.to_owned())];
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let page = made(&browser, kind, &[&fields[..], &[("redirect_uris", uris)]].concat()).await;
        assert_eq!(page.status, 200, "{kind}: {page}");
        assert_eq!(page.has("app-secret"), has_secret, "{kind}: {page}");
        assert!(page.text_of("snippet-env").unwrap().contains(&format!("OIDC_CLIENT_ID={kind}-1")), "{page}");
        let app = api.get(&format!("/apps/{kind}-1")).await.ok();
        assert_eq!((&app["require_pkce"], &app["skip_consent"]), (&json!(true), &json!(false)), "{app}");
        let shown = browser.open(format!("/admin/apps/{kind}-1")).await;
        assert!(shown.texts(".check-is-broken").is_empty(), "{kind}: {shown}");
        if kind == "web" {
            let mut app = app;
            app["client_secret"] = page.text_of("app-secret").into();
            let tokens = AppClient::new(server.http.clone(), &app).tokens(&browser, &owner).await;
            assert!(tokens["id_token"].is_string(), "{tokens}");
        }
    }
    let list = browser.open("/admin/apps?q=made.test").await;
    assert_eq!(list.texts("tbody th").len(), 2, "{list}");
    let (_, auditor) = operator(&server, "auditor").await;
    let page = auditor.open("/admin/apps/web-1").await;
    assert!(page.status == 200 && !page.has("app-edit") && !page.has("app-delete") && !page.has("app-test"), "{page}");
    assert_eq!(auditor.open("/admin/apps/web-1/edit").await.status, 403);
    assert_eq!(auditor.open("/admin/apps/web-1/test").await.status, 403);
    let page = browser.open("/admin/apps/web-1").await;
    assert_eq!(browser.press(&page, "app-delete", &[]).await.url.path(), "/admin/apps");
    assert_eq!(browser.open("/admin/apps/web-1").await.status, 404);
}

async fn what_is_typed_is_kept_and_each_fault_stands_beside_its_field(database: Database) {
    let server = Server::start(database, "").await;
    let (_, browser) = operator(&server, "admin").await;
    let wrong = [
        ("client_name", "Typed"),
        ("redirect_uris", "http://evil.test/cb\r\nhttps://fine.test/cb"),
        ("access_token_lifetime", "5"),
        ("policy_uri", "javascript:alert(1)"),
    ];
    let page = made(&browser, "web", &wrong).await;
    assert_eq!(page.status, 422, "{page}");
    assert_eq!(page.texts(".problem").len(), 3, "{page}");
    let form = page.form("app-save");
    assert_eq!(form.fields.get("client_name"), Some("Typed"));
    assert_eq!(form.fields.get("redirect_uris"), Some("http://evil.test/cb\nhttps://fine.test/cb"));
    assert_eq!(form.fields.get("policy_uri"), Some("javascript:alert(1)"));
    let page = browser.press(&page, "app-save", &[("access_token_lifetime", "x")]).await;
    assert_eq!((page.status, page.texts(".problem").len()), (422, 1), "{page}");
    let right = [("redirect_uris", CB), ("access_token_lifetime", ""), ("policy_uri", "")];
    let page = browser.press(&page, "app-save", &right).await;
    assert_eq!(page.status, 200, "{page}");
    // In Japanese, too.
    let japanese = browser.clone().speaking("ja");
    let answers = japanese.open("/admin/apps/web").await.texts(".facts dd");
    assert!(answers.contains(&"はい".into()) && answers.contains(&"いいえ".into()), "{answers:?}");
    let page = made(&japanese, "spa", &[("client_name", ""), ("redirect_uris", "x")]).await;
    assert_eq!(page.status, 422);
    assert!(page.texts(".problem").iter().all(|text| text.contains("入力してください")), "{page}");
}

async fn whoever_saves_what_they_have_not_seen_is_shown_what_is_there(database: Database) {
    let server = Server::start(database, "").await;
    let (_, browser) = operator(&server, "admin").await;
    made(&browser, "web", &[("client_id", "shop"), ("client_name", "One"), ("redirect_uris", CB)]).await;
    let [first, second] = [browser.open("/admin/apps/shop/edit").await, browser.open("/admin/apps/shop/edit").await];
    let saved = browser.press(&first, "app-save", &[("client_name", "Two")]).await;
    assert_eq!(saved.url.path(), "/admin/apps/shop", "{saved}");
    let stale = browser.press(&second, "app-save", &[("client_name", "Three")]).await;
    assert_eq!(stale.status, 409, "{stale}");
    assert!(stale.text_of("meanwhile").unwrap().contains("Two"), "{stale}");
    assert_eq!(stale.form("app-save").fields.get("client_name"), Some("Three"));
    assert_eq!(Api::of(&server, "auditor").get("/apps/shop").await.json()["client_name"], "Two");
    let saved = browser.press(&stale, "app-save", &[]).await;
    assert_eq!(saved.url.path(), "/admin/apps/shop", "{saved}");
    assert_eq!(Api::of(&server, "auditor").get("/apps/shop").await.json()["client_name"], "Three");
    // From public to one that keeps a secret: it is shown once.
    let form = browser.open("/admin/apps/shop/edit").await;
    let public = browser.press(&form, "app-save", &[("token_endpoint_auth_method", "none")]).await;
    assert!(!public.has("secret-renew"), "{public}");
    let form = browser.open("/admin/apps/shop/edit").await;
    let page = browser.press(&form, "app-save", &[("token_endpoint_auth_method", "client_secret_post")]).await;
    assert!(page.has("app-secret"), "{page}");
    assert!(!browser.open("/admin/apps/shop").await.has("app-secret"));
}

async fn a_machine_gets_a_token_by_the_snippet_as_it_is(database: Database) {
    let server = Server::start(database, "").await;
    let (_, browser) = operator(&server, "admin").await;
    let fields = [("client_id", "nightly"), ("client_name", "Nightly"), ("scope", "reports:read reports:write")];
    let page = made(&browser, "machine", &fields).await;
    let (secret, snippet) = (page.text_of("app-secret").unwrap(), page.text_of("snippet-curl").unwrap());
    let run = Command::new("sh").args(["-c", &snippet]).env("OIDC_CLIENT_SECRET", &secret).output().unwrap();
    let told = String::from_utf8_lossy(&run.stdout).into_owned();
    assert!(run.status.success(), "{told}{}", String::from_utf8_lossy(&run.stderr));
    let tokens: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(server.claims(&tokens["access_token"]).await["scope"], "reports:read reports:write");
}

/// `security.md` AD-06.
async fn a_secret_is_renewed_on_the_page(database: Database) {
    let server = Server::start(database, "").await;
    let (_, browser) = operator(&server, "admin").await;
    let page = made(&browser, "machine", &[("client_id", "job"), ("client_name", "Job")]).await;
    let first = page.text_of("app-secret").unwrap();
    let refused = browser.press(&browser.open("/admin/apps/job").await, "secret-renew", &[("days", "31")]).await;
    assert_eq!((refused.status, refused.texts(".problem").len()), (422, 1), "{refused}");
    let page = browser.press(&refused, "secret-renew", &[("days", "30")]).await;
    let second = page.text_of("app-secret").unwrap();
    assert_ne!(first, second);
    let page = browser.open("/admin/apps/job").await;
    assert!(!page.body.contains(&second) && page.has("check-two-secrets"), "{page}");
    let mut metadata = Api::of(&server, "auditor").get("/apps/job").await.json();
    metadata["client_secret"] = first.into();
    let opens = async || {
        let form = crate::support::Params::new(&[("grant_type", "client_credentials")]);
        AppClient::new(server.http.clone(), &metadata).token(form).await.status == 200
    };
    assert!(opens().await);
    let page = browser.press(&page, "secret-revoke", &[]).await;
    assert!(!page.has("secret-revoke"), "{page}");
    eventually("the old secret is worth nothing", async || (!opens().await).then_some(())).await;
}

async fn what_looks_wrong_is_noticed(database: Database) {
    let server = Server::start(database, "").await;
    let (_, browser) = operator(&server, "admin").await;
    let form = browser.open("/admin/new-app?kind=spa").await.form("app-save");
    let form =
        form.fill("client_id", "odd").fill("client_name", "Odd").fill("redirect_uris", "http://localhost:3000/cb");
    let form = form.fill("provider.line", "yes");
    assert_eq!(browser.submit(&form).await.status, 200);
    let page = browser.open("/admin/apps/odd").await;
    for check in ["check-no-way-in", "check-development", "check-cors", "check-no-sign-out"] {
        assert!(page.has(check), "{check}: {page}");
    }
}

async fn send_logo(server: &Server, browser: &Browser, file: &[u8], action: &str) -> Answer {
    let page = browser.open("/admin/apps/shop").await;
    let csrf = page.form("logo-save").fields.get("csrf").unwrap().to_owned();
    let mut body = vec![];
    for (name, value) in [("csrf", csrf.as_bytes()), ("action", action.as_bytes())] {
        body.extend(format!("--limit\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n").bytes());
        body.extend(value);
        body.extend(b"\r\n");
    }
    body.extend(b"--limit\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"x.png\"\r\n\r\n");
    body.extend(file);
    body.extend(b"\r\n--limit--\r\n");
    let cookies: Vec<_> = browser.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect();
    let request = server.http.request(Method::POST, "/admin/apps/shop/logo").header(COOKIE, cookies.join("; "));
    Answer::of(request.header(CONTENT_TYPE, "multipart/form-data; boundary=limit").body(body)).await
}

/// `security.md` XS-03.
async fn a_logo_is_drawn_anew(database: Database) {
    let server = Server::start(database, "").await;
    let (_, browser) = operator(&server, "admin").await;
    made(&browser, "web", &[("client_id", "shop"), ("client_name", "Shop"), ("redirect_uris", CB)]).await;
    let mut png = Cursor::new(vec![]);
    DynamicImage::ImageRgb8(RgbImage::new(8, 8)).write_to(&mut png, ImageFormat::Png).unwrap();
    let polyglot = [png.get_ref().as_slice(), b"<script>alert(1)</script>"].concat();
    for bad in [b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".as_slice(), b"<html>", b""] {
        assert_eq!(send_logo(&server, &browser, bad, "save").await.status, 422);
    }
    assert_eq!(send_logo(&server, &browser, &polyglot, "save").await.status, 303);
    let page = browser.open("/admin/apps/shop").await;
    let path = page.body.split("src=\"/picture/").nth(1).and_then(|rest| rest.split('"').next()).expect("a logo");
    let served = server.http.get(&format!("/picture/{path}")).await;
    assert_eq!((served.status, served.header("content-type")), (200, Some("image/jpeg")), "{served}");
    assert!(served.header("content-security-policy").unwrap().contains("sandbox"));
    assert_eq!(served.header("x-content-type-options"), Some("nosniff"));
    assert!(!served.body.contains("<script>"));
    assert_eq!(send_logo(&server, &browser, b"", "remove").await.status, 303);
    assert_eq!(server.http.get(&format!("/picture/{path}")).await.status, 404);
    let events = Api::of(&server, "auditor").get("/audit?client=shop&kind=client_updated").await.ok();
    assert_eq!(events["items"].as_array().unwrap().len(), 2, "{events}");
}

/// `security.md` XS-01.
async fn names_are_text_and_nothing_else(database: Database) {
    let server = Server::start(database, "").await;
    let (_, browser) = operator(&server, "admin").await;
    let name = "\"><svg onload=alert(1)>";
    let page = made(&browser, "web", &[("client_id", "x"), ("client_name", name), ("redirect_uris", CB)]).await;
    let pages =
        ["", "?q=%3Csvg", "/x", "/x/edit", "/x/start?kind=native", "/x/test"].map(|path| format!("/admin/apps{path}"));
    assert!(!page.body.contains("<svg onload"));
    for path in pages {
        let page = browser.open(&path).await;
        assert!(page.status == 200 && !page.body.contains("<svg onload"), "{path}: {page}");
    }
}
