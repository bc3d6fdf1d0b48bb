//! Passkeys: used to sign in, and as the second step.
mod forged;
mod kept;

use self::kept::remove;
use crate::support::{
    Answer, Authenticator, Browser, COPIED, Database, Passkey, Script, Server, User, on_each_database,
};
use serde_json::json;

on_each_database!(
    one_signs_in_without_a_word,
    an_app_that_asks_for_one_gets_one,
    it_is_the_second_step,
    an_app_and_a_passkey_go_together,
    where_there_can_be_none_none_is_offered,
    whoever_had_a_second_factor_keeps_it,
    a_real_browser_does_it_all,
);

const PAGE: &str = "/account/passkeys";
const TWO_STEP: &str = "/account/two-step";
const BITWARDEN: [u8; 16] = 0xd548_826e_79b4_db40_a3d8_1111_6f7e_8349_u128.to_be_bytes();

async fn start(database: Database) -> Server {
    Server::start(database, "issuer = 'http://localhost:PORT'").await
}

/// Adds one on the page; whatever comes of it.
async fn add(browser: &Browser, page: &Answer, passkey: &mut Passkey) -> Answer {
    let answer = passkey.create(&page.options("passkeys-add"));
    browser.press(page, "passkeys-add", &[("credential", &answer)]).await
}

/// A passkey of somebody who signs in with their password for it.
pub async fn passkey_of(server: &Server, browser: &Browser, user: &User) -> Passkey {
    let mut passkey = Passkey::new(&server.issuer);
    let page = browser.open(PAGE).await;
    let page = if page.has("login-submit") { sign_in(browser, page, user).await } else { page };
    let before = names(&page).len();
    let page = add(browser, &page, &mut passkey).await;
    assert_eq!(names(&page).len(), before + 1, "{page}");
    passkey
}

/// Answers what the form around a button asks.
async fn answer(browser: &Browser, page: &Answer, button: &str, passkey: &Passkey) -> Answer {
    browser.press(page, button, &[("credential", &passkey.get(&page.options(button)))]).await
}

fn names(page: &Answer) -> Vec<String> {
    page.texts(".passkeys strong")
}

async fn is_signed_in(browser: &Browser) -> bool {
    browser.get("/account").await.status == 200
}

#[track_caller]
fn assert_refused(page: &Answer) {
    assert_eq!(page.status, 422, "{page}");
    assert!(page.body.contains("That passkey couldn’t be used."), "{page}");
}

async fn sign_in(browser: &Browser, page: Answer, user: &User) -> Answer {
    browser.press(&page, "login-submit", &[("username", &user.email), ("password", &user.password)]).await
}

async fn one_signs_in_without_a_word(database: Database) {
    let server = start(database).await;
    let (alice, web) = (server.user("Alice"), server.app("web"));
    let bound = passkey_of(&server, &server.browser(), &alice).await;
    let mut copied = Passkey::new(&server.issuer);
    copied.flags |= COPIED;
    let browser = server.browser();
    let page = sign_in(&browser, browser.open(PAGE).await, &alice).await;
    add(&browser, &page, &mut copied).await;

    for (passkey, amr) in [(bound, json!(["hwk", "user", "mfa"])), (copied.clone(), json!(["swk", "user", "mfa"]))] {
        let browser = server.browser();
        let page = browser.open(web.authorize_url()).await;
        let page = answer(&browser, &page, "login-passkey", &passkey).await;
        let callback = browser.proceed(page, &alice).await.callback();
        let tokens = web.redeem(&callback.code()).await.ok();
        let claims = server.claims(&tokens["id_token"]).await;
        assert_eq!((&claims["sub"], &claims["amr"]), (&json!(alice.sub), &amr));
    }
    // Back to where the person was going.
    let browser = server.browser();
    let page = answer(&browser, &browser.open(TWO_STEP).await, "login-passkey", &copied).await;
    assert_eq!(page.url.path(), TWO_STEP);
    // What is asked says nothing of anybody.
    let nobody = server.browser();
    let page = nobody.open("/login").await;
    let mistyped = nobody.press(&page, "login-submit", &[("username", &alice.email), ("password", "x")]).await;
    for page in [page, mistyped] {
        let options = page.options("login-passkey");
        assert_eq!((&options["allowCredentials"], &options["userVerification"]), (&json!([]), &json!("required")));
        assert!(page.header("content-security-policy").unwrap().contains("; script-src 'self'"));
    }
    let script = server.http.get("/static/passkeys.js").await;
    assert_eq!(script.header("content-type"), Some("text/javascript; charset=utf-8"));
}

async fn an_app_that_asks_for_one_gets_one(database: Database) {
    let server = start(database).await;
    let (alice, browser, web) = (server.user("Alice"), server.browser(), server.app("web"));
    let asking = web.authorize_url_of(&web.authorization().with("acr_values", "phr"));
    // Who has none makes one on the way, and proves it.
    let page = sign_in(&browser, browser.open(&asking).await, &alice).await;
    let set_up = page.find("enroll-set-up", |link| link.attr("href").unwrap().to_owned()).unwrap();
    let page = browser.open(&set_up).await;
    let mut passkey = Passkey::new(&server.issuer);
    let page = add(&browser, &page, &mut passkey).await;
    assert!(page.body.contains("This app asks for a passkey."), "{page}");
    // The password will not do.
    let page = sign_in(&browser, page, &alice).await;
    assert!(page.body.contains("This app asks for a passkey."), "{page}");
    let page = answer(&browser, &page, "login-passkey", &passkey).await;
    let tokens = web.redeem(&browser.proceed(page, &alice).await.callback().code()).await.ok();
    let claims = server.claims(&tokens["id_token"]).await;
    assert_eq!((&claims["acr"], &claims["amr"]), (&json!("phr"), &json!(["hwk", "user", "mfa"])));
    let metadata = server.http.get("/.well-known/openid-configuration").await.ok();
    assert_eq!(metadata["acr_values_supported"], json!(["1fa", "mfa", "phr"]));
}

async fn it_is_the_second_step(database: Database) {
    let server = start(database).await;
    let (alice, here, web) = (server.user("Alice"), server.browser(), server.app("web"));
    let elsewhere = server.browser();
    sign_in(&elsewhere, elsewhere.open("/login").await, &alice).await;
    let passkey = passkey_of(&server, &here, &alice).await;
    let page = answer(&here, &here.open(TWO_STEP).await, "two-step-passkey", &passkey).await;
    let codes = page.texts(".codes li");
    assert_eq!(codes.len(), 10, "{page}");
    assert!(is_signed_in(&here).await && !is_signed_in(&elsewhere).await);

    let browser = server.browser();
    let page = sign_in(&browser, browser.open(web.authorize_url()).await, &alice).await;
    assert!(page.has("second-factor-submit") && !is_signed_in(&browser).await, "{page}");
    let options = page.options("second-factor-passkey");
    assert_eq!(options["allowCredentials"], json!([{ "type": "public-key", "id": passkey.id() }]));
    let mut stranger = Passkey::new(&server.issuer);
    stranger.handle.clone_from(&passkey.handle);
    let page = answer(&browser, &page, "second-factor-passkey", &stranger).await;
    assert_refused(&page);
    let of_another = passkey.saying(Some("another"));
    let page = answer(&browser, &page, "second-factor-passkey", &of_another).await;
    assert_refused(&page);
    // Many authenticators do not say whose it is when they are told which.
    let silent = passkey.saying(None);
    let page = answer(&browser, &page, "second-factor-passkey", &silent).await;
    let callback = browser.proceed(page, &alice).await.callback();
    let tokens = web.redeem(&callback.code()).await.ok();
    assert_eq!(server.claims(&tokens["id_token"]).await["amr"], json!(["pwd", "hwk", "user", "mfa"]));

    // Without it a recovery code opens, and by itself it opens, too.
    let browser = server.browser();
    let page = sign_in(&browser, browser.open("/login").await, &alice).await;
    let page = browser.press(&page, "second-factor-submit", &[("code", "123456")]).await;
    assert_eq!(page.status, 422);
    let page = browser.press(&page, "second-factor-submit", &[("code", &codes[0])]).await;
    assert_eq!(page.url.path(), "/account");
    let browser = server.browser();
    let page = answer(&browser, &browser.open("/login").await, "login-passkey", &passkey).await;
    assert_eq!(page.url.path(), "/account");

    let page = answer(&here, &here.open(TWO_STEP).await, "two-step-codes-passkey", &passkey).await;
    let renewed = page.texts(".codes li");
    assert!(renewed.len() == 10 && renewed.iter().all(|code| !codes.contains(code)), "{page}");

    // The operator takes all of it away, or leaves the passkeys, where those are not on what was lost.
    let reset = |arguments: &[&str]| {
        let arguments = [&["user", "reset-second-factor", &alice.email], arguments].concat();
        serde_json::from_str::<serde_json::Value>(&server.cli(&arguments, "")).unwrap()
    };
    let told = |two_step: bool, passkeys: u64| json!({ "sub": alice.sub, "two_step_removed": two_step, "passkeys_removed": passkeys });
    assert_eq!(reset(&["--keep-passkeys"]), told(true, 0));
    let browser = server.browser();
    let page = sign_in(&browser, browser.open("/login").await, &alice).await;
    assert_eq!(page.url.path(), "/account");
    let browser = server.browser();
    let page = answer(&browser, &browser.open("/login").await, "login-passkey", &passkey).await;
    assert_eq!(page.url.path(), "/account");
    assert_eq!(reset(&[]), told(false, 1));
    assert!(!is_signed_in(&browser).await);
    let page = answer(&browser, &browser.open("/login").await, "login-passkey", &passkey).await;
    assert_refused(&page);
}

async fn an_app_and_a_passkey_go_together(database: Database) {
    let server = start(database).await;
    let (alice, here) = (server.user("Alice"), server.browser());
    let passkey = passkey_of(&server, &here, &alice).await;
    let page = answer(&here, &here.open(TWO_STEP).await, "two-step-passkey", &passkey).await;
    let codes = page.texts(".codes li");
    let page = here.press(&here.open(TWO_STEP).await, "two-step-start", &[]).await;
    let mut app = Authenticator::of(&page);
    let page = here.press(&page, "two-step-confirm", &[("code", &app.code().await)]).await;
    // The codes that there were go on to hold.
    assert_eq!(page.text_of("two-step-codes-left").as_deref(), Some("10 left"), "{page}");
    let page = remove(&here, &here.open(PAGE).await, 0).await;
    assert!(names(&page).is_empty(), "{page}");
    let browser = server.browser();
    let page = sign_in(&browser, browser.open("/login").await, &alice).await;
    assert!(!page.has("second-factor-passkey"));
    let page = browser.press(&page, "second-factor-submit", &[("code", &codes[0])]).await;
    assert_eq!(page.url.path(), "/account");
}

async fn where_there_can_be_none_none_is_offered(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, browser) = (server.user("Alice"), server.browser());
    let page = browser.open("/login").await;
    assert!(!page.has("login-passkey") && !page.body.contains("webauthn") && !page.body.contains("<script"), "{page}");
    let page = sign_in(&browser, page, &alice).await;
    assert!(!page.body.contains("passkey"), "{page}");
    assert!(!browser.open(TWO_STEP).await.body.contains("passkey"));
    for path in [PAGE, "/.well-known/passkey-endpoints"] {
        assert_eq!(browser.get(path).await.status, 404);
    }
}

/// What earlier versions stored is what this one asks for.
async fn whoever_had_a_second_factor_keeps_it(database: Database) {
    let mut server = Server::prepare(database, "").await;
    server.migrate(&["0001_init.sql"]).await;
    let sealed = if database == Database::Sqlite { "X'00'" } else { "'\\x00'" };
    for (id, confirmed) in [("on", "5"), ("begun", "NULL")] {
        let person = format!("INSERT INTO users (id, profile, created_at, updated_at) VALUES ('{id}', '{{}}', 1, 1)");
        server.sql(&person).await;
        let totp = "INSERT INTO totp (user_id, sealed, created_at, confirmed_at, last_step)";
        server.sql(&format!("{totp} VALUES ('{id}', {sealed}, 1, {confirmed}, 0)")).await;
    }
    server.sql("INSERT INTO recovery_codes (user_id, digest) VALUES ('on', 'code')").await;
    server.set("");
    server.restart().await;
    assert_eq!(server.texts("SELECT user_id FROM two_step WHERE since = 5").await, ["on"]);
    assert_eq!(server.texts("SELECT digest FROM recovery_codes WHERE user_id = 'on'").await, ["code"]);
    assert_eq!(server.texts("SELECT user_id FROM two_step").await, ["on"]);
    server.sql("DELETE FROM two_step").await;
    assert!(server.texts("SELECT digest FROM recovery_codes").await.is_empty());
}

async fn a_real_browser_does_it_all(database: Database) {
    let server = start(database).await;
    let person = |name: &str| {
        let user = server.user(name);
        json!({ "email": user.email, "password": user.password })
    };
    let people = json!({ "en": person("Alice"), "ja": person("Hana") });
    let script = Script::node("passkeys.mjs").with("ISSUER", &server.issuer).with("LANGUAGES", "en ja");
    let script = script.with("PEOPLE", people.to_string());
    script.looking_at_pages(database).succeeds().await;
}
