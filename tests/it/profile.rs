//! What people say of themselves: on the page, and what apps hear of it.
use crate::support::{Answer, Browser, Database, Server, User, on_each_database};
use image::{DynamicImage, ImageFormat, RgbImage};
use reqwest::{
    Method,
    header::{CONTENT_TYPE, COOKIE},
};
use serde_json::{Value, json};
use std::io::Cursor;

on_each_database!(
    apps_hear_what_a_person_says_of_themselves,
    what_is_wrong_is_said_where_it_is_and_what_was_typed_is_kept,
    nobody_makes_themselves_more_than_they_are,
    a_user_name_is_one_persons,
    of_two_windows_the_second_is_told,
    a_language_is_set_for_every_device,
    a_picture_is_drawn_anew_and_served_alone,
    what_is_no_picture_is_refused,
);

const PAGE: &str = "/account/profile";
const PICTURE: &str = "/account/profile/picture";

async fn signed_in(server: &Server, user: &User) -> Browser {
    let browser = server.browser();
    browser.proceed(browser.open("/login").await, user).await;
    browser
}

/// What an app hears of somebody.
async fn claims(server: &Server, browser: &Browser, user: &User) -> Value {
    let app = server.app("web").asking_for("openid profile email phone address");
    let tokens = app.tokens(browser, user).await;
    app.userinfo(&tokens).await.ok()
}

async fn save(browser: &Browser, fields: &[(&str, &str)]) -> Answer {
    browser.press(&browser.open(PAGE).await, "profile-submit", fields).await
}

fn shown(page: &Answer, field: &str) -> String {
    page.find(field, |element| element.attr("value").unwrap_or_default().to_owned()).expect("the field is there")
}

async fn apps_hear_what_a_person_says_of_themselves(database: Database) {
    let server = Server::start(database, "").await;
    let alice = server.user("Alice");
    let browser = signed_in(&server, &alice).await;
    let before = claims(&server, &browser, &alice).await;
    let fields = [
        ("name", " 佐藤 花 "),
        ("family_name", "佐藤"),
        ("given_name", "花"),
        ("middle_name", "M"),
        ("nickname", "Hana"),
        ("preferred_username", "Hana.S"),
        ("profile", "https://example.com/hana"),
        ("website", "http://hana.example"),
        ("gender", "female"),
        ("birthdate", "0000-04-01"),
        ("zoneinfo", "asia/tokyo"),
        ("locale", "ja"),
        ("phone_number", "+81 90-1234-5678"),
        ("street_address", "寺町通御池上る488"),
        ("locality", "京都市中京区"),
        ("region", "京都府"),
        ("postal_code", "604-8571"),
        ("country", "日本"),
    ];
    let saved = save(&browser, &fields).await;
    assert!(saved.status == 200 && saved.body.contains("role=\"status\""), "{saved}");
    let told = claims(&server, &browser, &alice).await;
    assert!(told["updated_at"].as_i64() >= before["updated_at"].as_i64());
    assert_eq!(
        told,
        json!({
            "sub": alice.sub, "email": alice.email, "email_verified": true, "updated_at": told["updated_at"],
            "name": "佐藤 花", "family_name": "佐藤", "given_name": "花", "middle_name": "M", "nickname": "Hana",
            "preferred_username": "hana.s", "profile": "https://example.com/hana", "website": "http://hana.example",
            "gender": "female", "birthdate": "0000-04-01", "zoneinfo": "Asia/Tokyo", "locale": "ja",
            "phone_number": "+819012345678",
            "address": {
                "formatted": "日本\n604-8571\n京都府京都市中京区寺町通御池上る488", "street_address": "寺町通御池上る488",
                "locality": "京都市中京区", "region": "京都府", "postal_code": "604-8571", "country": "日本",
            },
        })
    );
    // It is shown again, and what is emptied is gone.
    let page = browser.open(PAGE).await;
    assert_eq!((shown(&page, "name"), shown(&page, "birthdate")), ("佐藤 花".into(), "0000-04-01".into()));
    let emptied: Vec<_> = fields.iter().map(|(name, _)| (*name, "")).collect();
    save(&browser, &emptied).await;
    let told = claims(&server, &browser, &alice).await;
    let left =
        json!({ "sub": alice.sub, "email": alice.email, "email_verified": true, "updated_at": told["updated_at"] });
    assert_eq!(told, left);
}

/// `security.md` UN-03 and XS-05.
async fn what_is_wrong_is_said_where_it_is_and_what_was_typed_is_kept(database: Database) {
    let server = Server::start(database, "").await;
    let alice = server.user("Alice");
    let browser = signed_in(&server, &alice).await;
    let long = "あ".repeat(1001);
    for (field, typed) in [
        ("name", long.as_str()),
        ("name", "gnp.\u{202e}exe"),
        ("nickname", &long),
        ("preferred_username", "x"),
        ("preferred_username", "аdmin"),
        ("profile", "javascript:alert(1)"),
        ("website", "example.com"),
        ("website", &format!("https://x.test/{long}")),
        ("birthdate", "2001-02-29"),
        ("zoneinfo", "Moon/Tranquility"),
        ("locale", "tlh"),
        ("phone_number", "090-1234-5678"),
        ("country", &long),
    ] {
        let refused = save(&browser, &[("given_name", "Kept"), (field, typed)]).await;
        assert_eq!(refused.status, 422, "{field} {refused}");
        assert!(refused.has(&format!("{field}-error")), "{field} {refused}");
        assert!(field == "locale" || shown(&refused, field) == typed, "{field} {refused}");
        assert_eq!(shown(&refused, "given_name"), "Kept");
        assert_eq!(refused.body.matches("aria-invalid").count(), 1);
    }
    for hostile in ["%00", "%0A", "%1B", "%ED%A0%80", "%FF"] {
        let form = browser.open(PAGE).await.form("profile-submit");
        let body = format!("{}&nickname={hostile}", form.fields.clone().without("nickname").encoded());
        let cookies = cookies(&browser);
        let request = server.http.request(Method::POST, PAGE).header(COOKIE, cookies);
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body);
        assert_eq!(Answer::of(request).await.status, 400, "{hostile}");
    }
    assert_eq!(claims(&server, &browser, &alice).await["name"], "Alice");
    assert_eq!(server.texts("SELECT profile FROM users").await, ["{}"]);
}

fn cookies(browser: &Browser) -> String {
    browser.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
}

/// `security.md` AD-02.
async fn nobody_makes_themselves_more_than_they_are(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, bob) = (server.user("Alice"), server.user("Bob"));
    let browser = signed_in(&server, &alice).await;
    let known = "SELECT id || coalesce(email, '') || coalesce(role, '') || coalesce(disabled_at, 0)
                 || coalesce(email_verified_at, 0) FROM users ORDER BY id";
    let before = server.texts(known).await;
    let more = [
        ("nickname", "Al"),
        ("email", "alice@admin.test"),
        ("email_verified", "true"),
        ("email_verified_at", "1"),
        ("phone_number_verified", "true"),
        ("role", "owner"),
        ("is_admin", "true"),
        ("sub", bob.sub.as_str()),
        ("id", bob.sub.as_str()),
        ("user_id", bob.sub.as_str()),
        ("disabled_at", "1"),
        ("picture", "https://evil.test/x.svg"),
        ("formatted", "elsewhere"),
        ("address", "{}"),
    ];
    assert_eq!(save(&browser, &more).await.status, 200);
    assert_eq!(server.texts(known).await, before);
    let mut profiles = server.texts("SELECT profile FROM users").await;
    profiles.sort();
    assert_eq!(profiles, ["{\"nickname\":\"Al\"}", "{}"]);
    // Without signing in, or without the page's token, nothing.
    let form = browser.open(PAGE).await.form("profile-submit").fill("nickname", "Mallory");
    assert_eq!(browser.submit(&form.clone().fill("csrf", "forged")).await.status, 403);
    assert_eq!(server.browser().submit(&form).await.status, 403);
    let stranger = server.browser();
    let token = stranger.open("/login").await.form("login-submit").fields.get("csrf").unwrap().to_owned();
    assert_eq!(stranger.submit(&form.fill("csrf", &token)).await.status, 303);
    assert_eq!(claims(&server, &browser, &alice).await["nickname"], "Al");
}

/// `security.md` UN-02.
async fn a_user_name_is_one_persons(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, bob) = (server.user("Alice"), server.user("Bob"));
    let (hers, his) = (signed_in(&server, &alice).await, signed_in(&server, &bob).await);
    assert_eq!(save(&hers, &[("preferred_username", "admin")]).await.status, 200);
    for taken in ["admin", "ADMIN", " admin "] {
        let refused = save(&his, &[("preferred_username", taken)]).await;
        assert!(refused.status == 422 && refused.has("preferred_username-error"), "{taken} {refused}");
    }
    for other in ["аdmin", "ad\u{200b}min", "\u{202e}nimda", "ａｄｍｉｎ", "a dmin", "admin@people.test"] {
        assert_eq!(save(&his, &[("preferred_username", other)]).await.status, 422, "{other}");
    }
    // She signs in with it, and may save again what she has.
    let user = User { email: "Admin".into(), ..alice.clone() };
    let again = signed_in(&server, &user).await;
    assert_eq!(save(&again, &[("preferred_username", "admin"), ("nickname", "Al")]).await.status, 200);
    assert_eq!(claims(&server, &his, &bob).await.get("preferred_username"), None);
}

async fn of_two_windows_the_second_is_told(database: Database) {
    let server = Server::start(database, "").await;
    let alice = server.user("Alice");
    let browser = signed_in(&server, &alice).await;
    let (first, second) = (browser.open(PAGE).await, browser.open(PAGE).await);
    // Within one second, too.
    assert_eq!(browser.press(&first, "profile-submit", &[("nickname", "First")]).await.status, 200);
    let told = browser.press(&second, "profile-submit", &[("nickname", "Second")]).await;
    assert!(told.status == 422 && told.body.contains("changed elsewhere"), "{told}");
    assert_eq!(shown(&told, "nickname"), "Second");
    assert_eq!(claims(&server, &browser, &alice).await["nickname"], "First");
    // Who has been told, and saves again, means it.
    assert_eq!(browser.press(&told, "profile-submit", &[]).await.status, 200);
    assert_eq!(claims(&server, &browser, &alice).await["nickname"], "Second");
}

async fn a_language_is_set_for_every_device(database: Database) {
    let server = Server::start(database, "").await;
    let alice = server.user("Alice");
    let browser = signed_in(&server, &alice).await;
    let saved = save(&browser, &[("locale", "ja")]).await;
    assert!(saved.body.contains("<html lang=\"ja\">"), "{saved}");
    // At once on another device, too, but for what was chosen there.
    let other = signed_in(&server, &alice).await;
    let language = async |path: &str| other.open(path).await.header("content-language").map(ToOwned::to_owned);
    for path in ["/account", "/nowhere", "/account/email/undo"] {
        assert_eq!(language(path).await.as_deref(), Some("ja"), "{path}");
    }
    let refused = other.send(Method::PUT, &server.http.url("/account"), None).await;
    assert_eq!((refused.status, refused.header("content-language")), (405, Some("ja")));
    assert_eq!(language("/account?ui_locales=en").await.as_deref(), Some("en"));
    assert_eq!(language("/account").await.as_deref(), Some("en"));
    // After signing out, it is the browser's.
    let third = signed_in(&server, &alice).await;
    third.press(&third.open("/logout").await, "logout-confirm", &[]).await;
    assert_eq!(third.open("/login").await.header("content-language"), Some("en"));
}

/// Sends a file as the page's form would.
pub async fn upload(server: &Server, browser: &Browser, action: &str, kind: &str, file: &[u8]) -> Answer {
    let csrf = browser.open(PAGE).await.form("picture-submit").fields.get("csrf").unwrap().to_owned();
    let part = |name: &str, value: &str| {
        format!("--limit\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let head = format!(
        "{}--limit\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"me.png\"\r\n\
         Content-Type: {kind}\r\n\r\n",
        part("csrf", &csrf)
    );
    let tail = format!("\r\n{}--limit--\r\n", part("action", action));
    let body = [head.as_bytes(), file, tail.as_bytes()].concat();
    let request = server.http.request(Method::POST, PICTURE).header(COOKIE, cookies(browser));
    let request = request.header(CONTENT_TYPE, "multipart/form-data; boundary=limit").body(body);
    Answer::of(request).await
}

pub fn encoded(picture: RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(vec![]);
    DynamicImage::from(picture).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// `security.md` XS-03.
async fn a_picture_is_drawn_anew_and_served_alone(database: Database) {
    let server = Server::start(database, "").await;
    let alice = server.user("Alice");
    let browser = signed_in(&server, &alice).await;
    let script = b"<script>alert(1)</script>";
    let mut addresses = vec![];
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
        // A polyglot, and a type that is not its own.
        let file = [&encoded(RgbImage::new(40, 30), format), &script[..]].concat();
        let answer = upload(&server, &browser, "save", "text/html", &file).await;
        assert_eq!(answer.status, 303, "{answer}");
        let page = browser.follow(answer).await;
        assert!(page.body.contains("role=\"status\"") && page.has("picture-remove"), "{page}");
        let picture = claims(&server, &browser, &alice).await["picture"].as_str().unwrap().to_owned();
        let path = picture.strip_prefix(&server.issuer).expect("at the issuer").to_owned();
        assert!(page.body.contains(&format!("src=\"{path}\"")) && path.len() > 30);
        assert!(browser.open("/account").await.body.contains(&format!("src=\"{path}\"")));
        let response = server.http.request(Method::GET, &path).send().await.unwrap();
        let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(header("content-type").as_deref(), Some("image/jpeg"));
        assert_eq!(header("x-content-type-options").as_deref(), Some("nosniff"));
        assert_eq!(header("content-security-policy").as_deref(), Some("sandbox; default-src 'none'"));
        assert_eq!(header("cross-origin-resource-policy").as_deref(), Some("cross-origin"));
        assert_eq!(header("cache-control").as_deref(), Some("public, max-age=31536000, immutable"));
        assert_eq!(header("set-cookie"), None);
        let bytes = response.bytes().await.unwrap();
        assert!(!bytes.windows(script.len()).any(|part| part == script));
        let drawn = image::load_from_memory(&bytes).unwrap();
        assert_eq!((drawn.width(), drawn.height()), (256, 256));
        addresses.push(path);
    }
    // Each has an address of its own, and none is left but the last.
    for old in &addresses[..2] {
        assert_eq!(server.http.get(old).await.status, 404);
    }
    server.disable(&alice.sub).await;
    assert_eq!(server.http.get(&addresses[2]).await.status, 404);
    server.sql("UPDATE users SET disabled_at = NULL").await;
    assert_eq!(server.http.get(&addresses[2]).await.status, 200);
    let removed = upload(&server, &browser, "remove", "image/png", b"").await;
    assert_eq!(removed.status, 303, "{removed}");
    assert_eq!(server.http.get(&addresses[2]).await.status, 404);
    assert_eq!(claims(&server, &browser, &alice).await.get("picture"), None);
    for path in ["/picture/nobody", "/picture/..%2f", "/picture/'--", "/picture/"] {
        assert_eq!(server.http.get(path).await.status, 404, "{path}");
    }
    // One that is kept elsewhere is handed on, and removed the same way.
    server.sql("UPDATE users SET profile = '{\"picture\":\"https://elsewhere.test/a.png\"}'").await;
    assert_eq!(claims(&server, &browser, &alice).await["picture"], "https://elsewhere.test/a.png");
    upload(&server, &browser, "remove", "image/png", b"").await;
    assert_eq!(claims(&server, &browser, &alice).await.get("picture"), None);
}

/// `security.md` XS-03 and CS-01.
async fn what_is_no_picture_is_refused(database: Database) {
    let server = Server::start(database, "").await;
    let alice = server.user("Alice");
    let browser = signed_in(&server, &alice).await;
    let png = encoded(RgbImage::new(40, 30), ImageFormat::Png);
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    let wide = [&png[..16], &[0, 1, 0, 0, 0, 1, 0, 0], &png[24..]].concat();
    let large = [&png[..], &vec![0; 5 * 1024 * 1024]].concat();
    for (file, kind) in [
        (&b""[..], "image/png"),
        (b"<!doctype html><script>alert(1)</script>", "image/png"),
        (svg, "image/svg+xml"),
        (svg, "image/png"),
        (b"GIF89a\x01\0\x01\0\0\0\0;", "image/gif"),
        (&png[..60], "image/png"),
        (&png[1..], "image/png"),
        (&wide, "image/png"),
        (&large, "image/png"),
    ] {
        let refused = upload(&server, &browser, "save", kind, file).await;
        assert!(refused.status == 422 && refused.has("picture-error"), "{refused}");
    }
    let refused = upload(&server, &browser, "save", "image/png", &large).await;
    assert!(refused.body.contains("too large"), "{refused}");
    assert!(server.texts("SELECT id FROM pictures").await.is_empty());
    // What does not come from the page in this browser does nothing.
    let request = |content_type: &str, body: &str| {
        let request = server.http.request(Method::POST, PICTURE).header(COOKIE, cookies(&browser));
        Answer::of(request.header(CONTENT_TYPE, content_type).body(body.to_owned()))
    };
    let forged = "--limit\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nforged\r\n--limit--\r\n";
    assert_eq!(request("multipart/form-data; boundary=limit", forged).await.status, 403);
    assert_eq!(request("multipart/form-data; boundary=limit", "--limit\r\n\r\n\r\n--limit--").await.status, 400);
    assert_eq!(request("multipart/form-data", forged).await.status, 400);
    assert_eq!(request("application/x-www-form-urlencoded", "action=save").await.status, 403);
    let stranger = server.browser();
    assert!(stranger.open(PAGE).await.has("login-submit"));
    assert_eq!(server.http.get(PICTURE).await.status, 405);
}
