//! Passkeys that lie, and challenges that were answered before (`security.md` PK).
use super::{PAGE, TWO_STEP, add, answer, assert_refused, is_signed_in, names, passkey_of, sign_in, start};
use crate::support::{Answer, Database, PRESENT, Passkey, Server, VERIFIED, at_once, on_each_database};
use serde_json::{Value, json};

on_each_database!(
    a_challenge_is_answered_once,
    a_challenge_is_good_where_and_for_what_it_was_given,
    a_forged_answer_is_refused,
    what_cannot_be_read_is_refused,
    one_that_counts_backwards_is_refused,
    nobody_who_is_disabled_or_gone_signs_in,
    tries_are_counted,
);

/// `security.md` PK-01.
async fn a_challenge_is_answered_once(database: Database) {
    const MANY: usize = 64;
    let server = start(database).await;
    let (alice, browser) = (server.user("Alice"), server.browser());
    let passkey = passkey_of(&server, &browser, &alice).await;
    let stranger = server.browser();
    let page = stranger.open("/login").await;
    let form = page.form("login-passkey").fill("credential", &passkey.get(&page.options("login-passkey")));
    let send = |_| {
        let (browser, form) = (stranger.clone(), form.clone());
        async move { browser.submit(&form).await.status }
    };
    let mut statuses = at_once((0..MANY).map(send)).await;
    statuses.sort_unstable();
    assert_eq!((statuses[0], &statuses[1..]), (303, &[422; MANY - 1][..]));
    let replayed = stranger.submit(&form).await;
    assert_refused(&replayed);

    // Nor is one made twice from one question.
    let page = browser.open(PAGE).await;
    let mut another = Passkey::new(&server.issuer);
    let made = page.form("passkeys-add").fill("credential", &another.create(&page.options("passkeys-add")));
    let mut third = Passkey::new(&server.issuer);
    let twice = made.clone().fill("credential", &third.create(&page.options("passkeys-add")));
    assert_eq!(names(&browser.follow(browser.submit(&made).await).await).len(), 2);
    assert_refused(&browser.submit(&twice).await);
    assert_eq!(names(&browser.open(PAGE).await).len(), 2);
}

/// `security.md` PK-01: of another browser, another person, another ceremony.
async fn a_challenge_is_good_where_and_for_what_it_was_given(database: Database) {
    let server = start(database).await;
    let (alice, bob, here) = (server.user("Alice"), server.user("Bob"), server.browser());
    let passkey = passkey_of(&server, &here, &alice).await;
    let (other, theirs) = (server.browser(), server.browser());
    let stolen = theirs.open("/login").await;
    let page = other.open("/login").await;
    let ceremony = |page: &Answer, button: &str| page.form(button).fields.get("ceremony").unwrap().to_owned();
    let submit = async |page: &Answer, button: &str, ceremony: &str, credential: &str| {
        let form = page.form(button).fill("ceremony", ceremony).fill("credential", credential);
        other.follow(other.submit(&form).await).await
    };
    // Another browser's, and none of ours.
    let credential = passkey.get(&stolen.options("login-passkey"));
    assert_refused(&submit(&page, "login-passkey", &ceremony(&stolen, "login-passkey"), &credential).await);
    for forged in ["", "AAAA", "!", &"A".repeat(500)] {
        let credential = passkey.get(&page.options("login-passkey"));
        assert_refused(&submit(&page, "login-passkey", forged, &credential).await);
    }
    assert!(!is_signed_in(&other).await);

    // A question to one person, answered for another or by another's passkey.
    let bobs = sign_in(&other, other.open(PAGE).await, &bob).await;
    let mut bobs_own = Passkey::new(&server.issuer);
    let alices = here.open(PAGE).await;
    let credential = bobs_own.clone().create(&alices.options("passkeys-add"));
    assert_refused(&submit(&bobs, "passkeys-add", &ceremony(&alices, "passkeys-add"), &credential).await);
    add(&other, &bobs, &mut bobs_own).await;
    let two_step = other.open(TWO_STEP).await;
    assert_eq!(two_step.options("two-step-passkey")["allowCredentials"][0]["id"], bobs_own.id());
    assert_refused(&answer(&other, &two_step, "two-step-passkey", &passkey).await);
    // One for signing in is none for turning something on.
    let page = other.open("/login?return=/account").await;
    let credential = bobs_own.get(&page.options("login-passkey"));
    assert_refused(&submit(&two_step, "two-step-passkey", &ceremony(&page, "login-passkey"), &credential).await);
    let credential = bobs_own.get(&two_step.options("two-step-passkey"));
    assert_refused(&submit(&page, "login-passkey", &ceremony(&two_step, "two-step-passkey"), &credential).await);
    let credential = bobs_own.get(&page.options("login-passkey"));
    let bobs = other.open(PAGE).await;
    assert_refused(&submit(&bobs, "passkeys-add", &ceremony(&page, "login-passkey"), &credential).await);
    assert!(other.open(TWO_STEP).await.has("two-step-passkey"));
}

type Lie = fn(&mut Passkey);

/// `security.md` PK-02 to PK-04.
async fn a_forged_answer_is_refused(database: Database) {
    const LIES: [(&str, Lie); 14] = [
        ("another origin", |passkey| passkey.origin = "https://badidp.test".into()),
        ("an origin that ends alike", |passkey| passkey.origin = "https://localhost.evil.test".into()),
        ("an origin that begins alike", |passkey| passkey.origin = "https://evil-localhost".into()),
        ("a host below", |passkey| passkey.origin = passkey.origin.replace("localhost", "a.localhost")),
        ("another scheme", |passkey| passkey.origin = passkey.origin.replace("http:", "https:")),
        ("another port", |passkey| passkey.origin = "http://localhost:1".into()),
        ("no origin", |passkey| passkey.origin = String::new()),
        ("another relying party", |passkey| passkey.rp_id = "evil.test".into()),
        ("the other type", |passkey| passkey.kind = Some("webauthn.get")),
        ("the other type", |passkey| passkey.kind = Some("webauthn.create")),
        ("a frame", |passkey| passkey.cross_origin = true),
        ("nobody verified", |passkey| passkey.flags = PRESENT),
        ("nobody present", |passkey| passkey.flags = VERIFIED),
        ("a copy of what cannot be copied", |passkey| passkey.flags |= 0x10),
    ];
    let server = start(database).await;
    let (alice, browser) = (server.user("Alice"), server.browser());
    let good = passkey_of(&server, &browser, &alice).await;
    let stranger = server.browser();
    for (what, lie) in LIES {
        let mut passkey = good.clone();
        lie(&mut passkey);
        if passkey.kind != Some("webauthn.get") {
            let page = answer(&stranger, &stranger.open("/login").await, "login-passkey", &passkey).await;
            assert_refused(&page);
        }
        let mut passkey = Passkey::new(&server.issuer);
        lie(&mut passkey);
        if passkey.kind != Some("webauthn.create") {
            assert_refused(&add(&browser, &browser.open(PAGE).await, &mut passkey).await);
        }
        assert!(!is_signed_in(&stranger).await, "{what}");
    }
    // Another key under this id, an id of nobody's, and whose it is left out or wrong.
    let mut other_key = Passkey::new(&server.issuer);
    other_key.handle.clone_from(&good.handle);
    for passkey in [good.with_key_of(&other_key), other_key, good.saying(None), good.saying(Some("bob"))] {
        assert_refused(&answer(&stranger, &stranger.open("/login").await, "login-passkey", &passkey).await);
    }
    assert_eq!(names(&browser.open(PAGE).await).len(), 1);
    let page = answer(&stranger, &stranger.open("/login").await, "login-passkey", &good).await;
    assert_eq!(page.url.path(), "/account");
}

/// `security.md` PK-07.
async fn what_cannot_be_read_is_refused(database: Database) {
    let server = start(database).await;
    let (alice, browser) = (server.user("Alice"), server.browser());
    let passkey = passkey_of(&server, &browser, &alice).await;
    let stranger = server.browser();
    let (login, page) = (stranger.open("/login").await, browser.open(PAGE).await);
    let assertion = passkey.get(&login.options("login-passkey"));
    let attestation = Passkey::new(&server.issuer).create(&page.options("passkeys-add"));
    for text in ["", "null", "[]", "{}", "\"", "{\"id\":1}", &"[".repeat(1000), &"{\"a\":".repeat(300)] {
        assert_refused(&browser.press(&page, "passkeys-add", &[("credential", text)]).await);
        assert_refused(&stranger.press(&login, "login-passkey", &[("credential", text)]).await);
    }
    // Each part of each, cut short, lengthened, and with bits turned where they are signed.
    for (browser, page, button, good) in
        [(&browser, &page, "passkeys-add", &attestation), (&stranger, &login, "login-passkey", &assertion)]
    {
        let parsed: Value = serde_json::from_str(good).unwrap();
        for part in ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"] {
            let Some(text) = parsed["response"][part].as_str() else { continue };
            for broken in mangled(text, button == "login-passkey") {
                let mut credential = parsed.clone();
                credential["response"][part] = broken;
                assert_refused(&browser.press(page, button, &[("credential", &credential.to_string())]).await);
            }
        }
    }
    assert_eq!(names(&browser.open(PAGE).await).len(), 1);
    assert!(!is_signed_in(&stranger).await);
}

/// Base64url that says something else.
fn mangled(text: &str, is_signed: bool) -> Vec<Value> {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let bytes = URL_SAFE_NO_PAD.decode(text).unwrap();
    let turned = |at: usize, bit: u8| {
        let mut bytes = bytes.clone();
        bytes[at] ^= bit;
        bytes
    };
    // Nobody signs a new passkey: it is what it says.
    let signed = (0..bytes.len()).step_by(7).filter(|_| is_signed);
    let mut broken: Vec<Vec<u8>> = signed.map(|at| turned(at, 1 << (at % 8))).collect();
    broken.extend((0..bytes.len()).step_by(11).map(|length| bytes[..length].to_vec()));
    broken.extend([vec![0xff; 300], [&[0x9f; 600][..], &bytes].concat(), b"\xbf\x61a\x5f".to_vec()]);
    let mut values: Vec<Value> = broken.iter().map(|bytes| URL_SAFE_NO_PAD.encode(bytes).into()).collect();
    values.extend([json!("not base64!"), json!(1), json!({}), json!("")]);
    values
}

/// `security.md` PK-05.
async fn one_that_counts_backwards_is_refused(database: Database) {
    let server = start(database).await;
    let (alice, browser) = (server.user("Alice"), server.browser());
    let mut passkey = Passkey::new(&server.issuer);
    passkey.counter = 7;
    let page = sign_in(&browser, browser.open(PAGE).await, &alice).await;
    add(&browser, &page, &mut passkey).await;
    for (counter, good) in [(7, false), (6, false), (0, false), (8, true), (8, false), (100, true), (99, false)] {
        passkey.counter = counter;
        let stranger = server.browser();
        let page = answer(&stranger, &stranger.open("/login").await, "login-passkey", &passkey).await;
        assert_eq!(page.status, if good { 200 } else { 422 }, "{counter} {page}");
        assert_eq!(is_signed_in(&stranger).await, good);
    }
    assert!(server.log().contains("the counter went back"));
    // Of many copies that count alike, one wins.
    passkey.counter = 200;
    let mut ready = vec![];
    for _ in 0..16 {
        let stranger = server.browser();
        let page = stranger.open("/login").await;
        ready.push((
            stranger,
            page.form("login-passkey").fill("credential", &passkey.get(&page.options("login-passkey"))),
        ));
    }
    let statuses = at_once(ready.into_iter().map(|(browser, form)| async move { browser.submit(&form).await.status }));
    assert_eq!(statuses.await.iter().filter(|status| **status == 303).count(), 1);
}

/// `security.md` PK-08.
async fn nobody_who_is_disabled_or_gone_signs_in(database: Database) {
    let server = start(database).await;
    let (alice, bob) = (server.user("Alice"), server.user("Bob"));
    let of_alice = passkey_of(&server, &server.browser(), &alice).await;
    let of_bob = passkey_of(&server, &server.browser(), &bob).await;
    let stranger = server.browser();
    let pages = [stranger.open("/login").await, stranger.open("/login").await];
    server.disable(&alice.sub).await;
    server.sql(&format!("DELETE FROM users WHERE id = '{}'", bob.sub)).await;
    for (page, passkey) in pages.iter().zip([of_alice, of_bob]) {
        assert_refused(&answer(&stranger, page, "login-passkey", &passkey).await);
    }
    assert!(!is_signed_in(&stranger).await);
}

async fn tries_are_counted(database: Database) {
    let limits = "issuer = 'http://localhost:PORT'
        limits = { enabled = true, attempts_per_account = 100, attempts_per_address = 5, window = 600 }";
    let server = Server::start(database, limits).await;
    let browser = server.browser();
    let page = browser.open("/login").await;
    for _ in 0..5 {
        assert_refused(&browser.press(&page, "login-passkey", &[("credential", "{}")]).await);
    }
    let throttled = browser.press(&page, "login-passkey", &[("credential", "{}")]).await;
    assert_eq!(throttled.status, 429, "{throttled}");
    assert!(throttled.header("retry-after").unwrap().parse::<u32>().unwrap() > 0 && throttled.has("login-submit"));
}
