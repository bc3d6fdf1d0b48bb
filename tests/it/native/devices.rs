//! A sign-in in an app is a session like a browser's: its owner is told of it, sees it and ends it.
use super::{ID_TOKEN, asked, exchange, nonce_for, on_the_web, start};
use crate::{
    administration::Api,
    support::{Account, Browser, Database, Kind, Server, Upstream, claims_of, eventually, on_each_database},
};
use reqwest::header::{HeaderMap, USER_AGENT};
use serde_json::{Value, json};

on_each_database!(
    whoever_signs_in_in_an_app_is_told_of_it,
    a_sign_in_in_an_app_is_ended_where_others_are,
    what_cannot_be_renewed_is_not_listed_for_longer,
);

const IPHONE: &str = "Phone/2.1 (com.example.phone; iOS 19.0; iPhone17,1) Alamofire/6.0";
const UPDATED: &str = "Phone/2.2 (com.example.phone; iOS 19.1; iPhone17,1) Alamofire/6.1";
const ANDROID: &str = "okhttp/5.1.0";

/// Signs in in an app that calls itself so.
async fn sign_in(server: &Server, upstream: &Upstream, user_agent: &'static str) -> Value {
    let nonce = nonce_for(&server.app("phone"), "up").await;
    let token = upstream.native_id_token(asked(Kind::Google, &nonce));
    let form = exchange(ID_TOKEN, &token).with("nonce", nonce).with("client_id", "phone");
    let headers = HeaderMap::from_iter([(USER_AGENT, user_agent.parse().unwrap())]);
    server.http.post("/token", &form, headers).await.ok()
}

/// What happened to whoever these tokens are of, by what and in which app, the first first.
async fn happened(server: &Server, tokens: &Value) -> Vec<String> {
    let sub = claims_of(&tokens["id_token"])["sub"].as_str().unwrap().to_owned();
    let words = "kind || ' ' || COALESCE(client_id, '-')";
    server.texts(&format!("SELECT {words} FROM audit WHERE user_id = '{sub}' ORDER BY seq")).await
}

/// Where somebody is signed in, the last used first.
async fn devices(browser: &Browser) -> Vec<String> {
    browser.open("/account/sessions").await.texts(".entries strong")
}

async fn whoever_signs_in_in_an_app_is_told_of_it(database: Database) {
    let upstream = Upstream::start(Kind::Google);
    let server = start(database, &upstream, Kind::Google, "").await;
    let told = async || server.mails().await.into_iter().filter(|mail| mail.subject.contains("new sign-in")).count();

    // Of whoever had no other, nothing is new.
    upstream.account(Account { subject: "7".into(), ..Account::of(Kind::Google).email("mizuki@mail.test") });
    let first = sign_in(&server, &upstream, IPHONE).await;
    assert_eq!(happened(&server, &first).await, ["signed_up -", "signed_in phone"]);

    upstream.account(Account::of(Kind::Google));
    let browser = server.browser();
    on_the_web(&server, &browser, &upstream).await;
    let before = happened(&server, &sign_in(&server, &upstream, IPHONE).await).await;
    assert_eq!(before.last().unwrap(), "signed_in_anew phone");
    let mail = eventually("a mail about it", async || {
        server.mails().await.into_iter().find(|mail| mail.subject.contains("new sign-in"))
    });
    let mail = mail.await;
    assert!(mail.text.contains("Phone · iPhone · 127.0.0.1"), "{}", mail.text);

    // It is known again, also when it was updated; another kind of device is not.
    let again = sign_in(&server, &upstream, UPDATED).await;
    sign_in(&server, &upstream, ANDROID).await;
    assert_eq!(happened(&server, &again).await[before.len()..], ["signed_in phone", "signed_in_anew phone"]);
    eventually("a mail of the other, too", async || (told().await > 1).then_some(())).await;
    assert_eq!(told().await, 2);
    let page = browser.open("/account/activity").await;
    let kinds = ["Signed in on a new device", "Signed in", "Signed in on a new device"];
    assert_eq!(page.texts(".entries strong")[..3], kinds, "{page}");
}

async fn a_sign_in_in_an_app_is_ended_where_others_are(database: Database) {
    let upstream = Upstream::start(Kind::Google);
    let server = start(database, &upstream, Kind::Google, "").await;
    let (phone, browser, elsewhere) = (server.app("phone"), server.browser(), server.browser());
    on_the_web(&server, &browser, &upstream).await;
    on_the_web(&server, &elsewhere, &upstream).await;
    let iphone = sign_in(&server, &upstream, IPHONE).await;
    let android = sign_in(&server, &upstream, ANDROID).await;
    server.sql("UPDATE grants SET refresh_rotated_at = refresh_rotated_at + 60 WHERE device LIKE '%iPhone%'").await;
    let listed = devices(&browser).await;
    assert_eq!((listed[0].as_str(), listed.len()), ("Phone · iPhone", 4), "{listed:?}");
    assert!(listed.contains(&"Phone".into()), "{listed:?}");

    // So those who run the instance see it, too: in which app, and in which browser.
    let sub = claims_of(&iphone["id_token"])["sub"].as_str().unwrap().to_owned();
    let sessions = Api::of(&server, "auditor").get(&format!("/users/{sub}/sessions")).await.ok();
    let apps = sessions["items"].as_array().unwrap().iter().map(|one| (&one["client_id"], &one["client_name"]));
    let apps: Vec<_> = apps.collect();
    let (phone_app, in_browser) = ((&json!("phone"), &json!("Phone")), (&Value::Null, &Value::Null));
    assert_eq!(apps.iter().filter(|app| **app == phone_app).count(), 2, "{sessions}");
    assert_eq!(apps.iter().filter(|app| **app == in_browser).count(), 2, "{sessions}");

    // Somebody else has no part in it.
    let sid = claims_of(&iphone["id_token"])["sid"].as_str().unwrap().to_owned();
    upstream.account(Account { subject: "7".into(), ..Account::of(Kind::Google).email("mizuki@mail.test") });
    let other = server.browser();
    on_the_web(&server, &other, &upstream).await;
    on_the_web(&server, &server.browser(), &upstream).await;
    let theirs = other.open("/account/sessions").await;
    assert_eq!(theirs.texts(".entries strong").len(), 2);
    let form = theirs.form("sessions-end-others").fill("sid", &sid);
    assert_eq!(other.submit(&form).await.status, 303);
    let iphone = phone.refresh(&iphone).await.ok();

    let page = browser.open("/account/sessions").await;
    browser.press(&page, &format!("end-{sid}"), &[]).await;
    phone.refresh(&iphone).await.assert_error(400, "invalid_grant");
    assert_eq!((phone.userinfo(&iphone).await.status, phone.userinfo(&android).await.status), (401, 200));
    assert_eq!(devices(&browser).await.len(), 3);
    assert_eq!(happened(&server, &iphone).await.last().unwrap(), "signed_out -");

    let page = browser.open("/account/sessions").await;
    browser.press(&page, "sessions-end-others", &[]).await;
    phone.refresh(&android).await.assert_error(400, "invalid_grant");
    assert_eq!(devices(&browser).await.len(), 1);

    // As when the provider tells that all sessions are over; what the app gives back is over as well.
    upstream.account(Account::of(Kind::Google));
    let [told, given_back] = [sign_in(&server, &upstream, IPHONE).await, sign_in(&server, &upstream, ANDROID).await];
    assert_eq!(phone.revoke(&given_back["refresh_token"]).await.status, 200);
    assert_eq!(devices(&browser).await.len(), 2);
    let event = upstream.security_event("sessions-revoked", &Account::of(Kind::Google).subject);
    let request = server.http.request(reqwest::Method::POST, "/callback/up/events");
    let request = request.header("content-type", "application/secevent+jwt").body(event);
    assert_eq!(crate::support::Answer::of(request).await.status, 202);
    phone.refresh(&told).await.assert_error(400, "invalid_grant");
}

async fn what_cannot_be_renewed_is_not_listed_for_longer(database: Database) {
    let upstream = Upstream::start(Kind::Google);
    let more = "tokens.access_token = 60\n".to_owned() + super::PRIVATE;
    let once = super::APPS.replace("'authorization_code', 'refresh_token', ", "");
    let settings = format!("{more}{}{once}", super::provider(&upstream, Kind::Google, ""));
    let server = Server::start(database, &settings).await;
    let browser = server.browser();
    on_the_web(&server, &browser, &upstream).await;
    let tokens = sign_in(&server, &upstream, IPHONE).await;
    assert_eq!(tokens.get("refresh_token"), None);
    assert_eq!(devices(&browser).await.len(), 2);
    server.sql("UPDATE grants SET idle_expires_at = idle_expires_at - 61").await;
    assert_eq!(devices(&browser).await.len(), 1);
}
