//! Passkeys: added, used to sign in and as the second step, lied about, and removed (`security.md` PK).
use crate::support::{
    Answer, Authenticator, Browser, COPIED, Database, Form, PRESENT, Passkey, Script, Server, User, VERIFIED, at_once,
    on_each_database,
};
use reqwest::Method;
use scraper::{Html, Selector};
use serde_json::{Value, json};

on_each_database!(
    a_person_adds_names_and_removes_them,
    a_name_is_text_and_nothing_else,
    one_signs_in_without_a_word,
    a_challenge_is_answered_once,
    a_challenge_is_good_where_and_for_what_it_was_given,
    a_forged_answer_is_refused,
    what_cannot_be_read_is_refused,
    one_that_counts_backwards_is_refused,
    passkeys_are_looked_after_by_their_owner,
    the_last_way_in_stays,
    the_last_second_factor_stays,
    nobody_who_is_disabled_or_gone_signs_in,
    it_is_the_second_step,
    an_app_and_a_passkey_go_together,
    twenty_are_enough,
    tries_are_counted,
    where_there_can_be_none_none_is_offered,
    whoever_had_a_second_factor_keeps_it,
    a_real_browser_does_it_all,
);

const PAGE: &str = "/account/passkeys";
const TWO_STEP: &str = "/account/two-step";

async fn start(database: Database) -> Server {
    Server::start(database, "issuer = 'http://localhost:PORT'").await
}

async fn sign_in(browser: &Browser, page: Answer, user: &User) -> Answer {
    browser.press(&page, "login-submit", &[("username", &user.email), ("password", &user.password)]).await
}

/// Adds one on the page; whatever comes of it.
async fn add(browser: &Browser, page: &Answer, passkey: &mut Passkey) -> Answer {
    let answer = passkey.create(&page.options("passkeys-add"));
    browser.press(page, "passkeys-add", &[("credential", &answer)]).await
}

/// A passkey of somebody who signs in with their password for it.
async fn passkey_of(server: &Server, browser: &Browser, user: &User) -> Passkey {
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

async fn a_person_adds_names_and_removes_them(database: Database) {
    let server = start(database).await;
    let (alice, browser) = (server.user("Alice"), server.browser());
    let page = sign_in(&browser, browser.open(PAGE).await, &alice).await;
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.ends_with("; script-src 'self'"), "{policy}");
    let options = page.options("passkeys-add");
    assert_eq!((&options["user"]["name"], &options["user"]["displayName"]), (&json!(alice.email), &json!("Alice")));
    assert_eq!(options["excludeCredentials"], json!([]));

    let mut first = Passkey::new(&server.issuer);
    first.aaguid = 0xd548_826e_79b4_db40_a3d8_1111_6f7e_8349_u128.to_be_bytes();
    let page = add(&browser, &page, &mut first).await;
    assert_eq!((page.status, names(&page)), (200, vec!["Bitwarden".to_owned()]));
    assert!(page.body.contains("not used yet"));
    // The same authenticator is not asked again, and asking anyway changes nothing.
    let again = page.options("passkeys-add");
    assert_eq!(again["excludeCredentials"], json!([{ "type": "public-key", "id": first.id() }]));
    assert_eq!(again["user"]["id"], options["user"]["id"]);
    let refused = add(&browser, &page, &mut first.clone()).await;
    assert_refused(&refused);
    assert_eq!(names(&refused).len(), 1);

    let mut second = Passkey::new(&server.issuer);
    let page = add(&browser, &refused, &mut second).await;
    assert_eq!(names(&page), ["Bitwarden", "Passkey"]);
    let page = rename(&browser, &page, 1, "  Hana’s key ").await;
    assert_eq!(names(&page), ["Bitwarden", "Hana’s key"]);

    let stranger = server.browser();
    let signed_in = answer(&stranger, &stranger.open("/login").await, "login-passkey", &second).await;
    assert_eq!(signed_in.url.path(), "/account");
    let page = browser.open(PAGE).await;
    assert!(page.body.contains("last used 20") && page.body.contains("not used yet"), "{page}");

    let page = remove(&browser, &page, 1).await;
    assert_eq!(names(&page), ["Bitwarden"]);
    let stranger = server.browser();
    assert_refused(&answer(&stranger, &stranger.open("/login").await, "login-passkey", &second).await);
    let log = server.log();
    assert!(log.contains("passkey_added") && log.contains("passkey_removed"), "{log}");
    let endpoints = server.http.get("/.well-known/passkey-endpoints").await.ok();
    let page = format!("{}{PAGE}", server.issuer);
    assert_eq!(endpoints, json!({ "enroll": page, "manage": page }));
}

/// The form of one of a person's passkeys.
fn form_of(page: &Answer, action: &str, number: usize) -> Form {
    let parsed = Html::parse_document(&page.body);
    let selector = Selector::parse(&format!("button[value={action}]")).unwrap();
    let button = parsed.select(&selector).nth(number).and_then(|button| button.attr("id")).expect("a button");
    page.form(button)
}

async fn rename(browser: &Browser, page: &Answer, number: usize, name: &str) -> Answer {
    browser.follow(browser.submit(&form_of(page, "rename", number).fill("name", name)).await).await
}

async fn remove(browser: &Browser, page: &Answer, number: usize) -> Answer {
    browser.follow(browser.submit(&form_of(page, "remove", number)).await).await
}

/// `security.md` XS-01 and UN-03, for what people call their passkeys.
async fn a_name_is_text_and_nothing_else(database: Database) {
    let server = start(database).await;
    let (alice, browser) = (server.user("Alice"), server.browser());
    passkey_of(&server, &browser, &alice).await;
    let page = browser.open(PAGE).await;
    for name in ["\"><svg onload=alert(1)>", "</script><script>", "{{7*7}}", "${7*7}", "' OR 1=1 --", "花の電話 🗝"]
    {
        let page = rename(&browser, &page, 0, name).await;
        assert_eq!(names(&page), [name]);
        assert!(!page.body.contains("<svg") && page.body.matches("<script").count() == 1, "{page}");
    }
    let kept = names(&browser.open(PAGE).await);
    for name in ["", "   ", &"x".repeat(61), "a\u{202e}b", "a\nb"] {
        let refused = rename(&browser, &page, 0, name).await;
        assert_eq!((refused.status, names(&refused)), (422, kept.clone()), "{name:?} {refused}");
    }
    let fields = form_of(&page, "rename", 0).fields.without("name").encoded();
    for name in ["%00", "a%00b", "%ed%a0%80", "%ff"] {
        let cookies: Vec<_> = browser.cookies().into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = server.http.request(Method::POST, PAGE).header("cookie", cookies.join("; "));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer = Answer::of(request.body(format!("{fields}&name={name}"))).await;
        assert_eq!(answer.status, 400, "{name} {answer}");
    }
    assert_eq!(names(&browser.open(PAGE).await), kept);
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
    for text in ["", "null", "[]", "{}", "\"", "{\"id\":1}", &"[".repeat(20_000), &"{\"a\":".repeat(5000)] {
        assert_refused(&browser.press(&page, "passkeys-add", &[("credential", text)]).await);
        assert_refused(&stranger.press(&login, "login-passkey", &[("credential", text)]).await);
    }
    // Each part of each, cut short, lengthened, and with bits turned.
    for (browser, page, button, good) in
        [(&browser, &page, "passkeys-add", &attestation), (&stranger, &login, "login-passkey", &assertion)]
    {
        let parsed: Value = serde_json::from_str(good).unwrap();
        for part in ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"] {
            let Some(text) = parsed["response"][part].as_str() else { continue };
            for broken in mangled(text) {
                let mut credential = parsed.clone();
                credential["response"][part] = broken.into();
                assert_refused(&browser.press(page, button, &[("credential", &credential.to_string())]).await);
            }
        }
    }
    assert_eq!(names(&browser.open(PAGE).await).len(), 1);
    assert!(!is_signed_in(&stranger).await);
}

/// Base64url that says something else.
fn mangled(text: &str) -> Vec<Value> {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let bytes = URL_SAFE_NO_PAD.decode(text).unwrap();
    let turned = |at: usize, bit: u8| {
        let mut bytes = bytes.clone();
        bytes[at] ^= bit;
        bytes
    };
    // Not in the model of an authenticator, nor in the count of uses: nobody signs a new passkey.
    let of_key = bytes.len().saturating_sub(77 + 37 + 16 + 32 + 2);
    let signed = (0..bytes.len()).step_by(7).filter(|at| bytes.len() < 150 || *at < 25.min(of_key));
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

/// `security.md` PK-06: nobody else's, and not without a recent sign-in.
async fn passkeys_are_looked_after_by_their_owner(database: Database) {
    let server = start(database).await;
    let (alice, bob, here, there) = (server.user("Alice"), server.user("Bob"), server.browser(), server.browser());
    passkey_of(&server, &here, &alice).await;
    passkey_of(&server, &there, &bob).await;
    let (alices, bobs) = (here.open(PAGE).await, there.open(PAGE).await);
    let id = form_of(&alices, "remove", 0).fields.get("id").unwrap().to_owned();
    for action in ["rename", "remove"] {
        let foreign = form_of(&bobs, action, 0).fill("id", &id).fill("name", "mine");
        there.follow(there.submit(&foreign).await).await;
    }
    assert_eq!(names(&here.open(PAGE).await), names(&alices));

    server.sql("UPDATE sessions SET state = replace(state, '\"auth_time\":1', '\"auth_time\":1,\"was\":')").await;
    let mut new = Passkey::new(&server.issuer);
    for form in [
        alices.form("passkeys-add").fill("credential", &new.create(&alices.options("passkeys-add"))),
        form_of(&alices, "rename", 0).fill("name", "stale"),
        form_of(&alices, "remove", 0),
    ] {
        let page = here.follow(here.submit(&form).await).await;
        assert!(page.has("login-submit"), "{page}");
    }
    let page = sign_in(&here, here.open(PAGE).await, &alice).await;
    assert_eq!(names(&page), names(&alices));
}

/// `security.md` PK-06.
async fn the_last_way_in_stays(database: Database) {
    let server = start(database).await;
    let (alice, browser) = (server.user("Alice"), server.browser());
    passkey_of(&server, &browser, &alice).await;
    passkey_of(&server, &browser, &alice).await;
    server.sql(&format!("DELETE FROM passwords WHERE user_id = '{}'", alice.sub)).await;
    let page = browser.open(PAGE).await;
    // Of two that are removed at once, one stays.
    let forms = [form_of(&page, "remove", 0), form_of(&page, "remove", 1)];
    let mut statuses = at_once(forms.map(|form| {
        let browser = browser.clone();
        async move { browser.submit(&form).await.status }
    }))
    .await;
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 422]);
    let page = browser.open(PAGE).await;
    assert_eq!(names(&page).len(), 1);
    let refused = remove(&browser, &page, 0).await;
    assert!(refused.status == 422 && refused.body.contains("your only way to sign in"), "{refused}");
    assert_eq!(names(&browser.open(PAGE).await).len(), 1);
}

/// `security.md` PK-06.
async fn the_last_second_factor_stays(database: Database) {
    let server = start(database).await;
    let (alice, browser) = (server.user("Alice"), server.browser());
    let passkey = passkey_of(&server, &browser, &alice).await;
    let page = answer(&browser, &browser.open(TWO_STEP).await, "two-step-passkey", &passkey).await;
    assert_eq!(page.texts(".codes li").len(), 10, "{page}");
    let refused = remove(&browser, &browser.open(PAGE).await, 0).await;
    assert!(refused.status == 422 && refused.body.contains("your only second step"), "{refused}");
    passkey_of(&server, &browser, &alice).await;
    let page = remove(&browser, &browser.open(PAGE).await, 1).await;
    assert_eq!(names(&page).len(), 1);
    let page = answer(&browser, &browser.open(TWO_STEP).await, "two-step-off-passkey", &passkey).await;
    assert!(page.has("two-step-passkey"), "{page}");
    let page = remove(&browser, &browser.open(PAGE).await, 0).await;
    assert!(names(&page).is_empty(), "{page}");
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
    server.cli(&["user", "reset-second-factor", &alice.email], "");
    let browser = server.browser();
    let page = sign_in(&browser, browser.open("/login").await, &alice).await;
    assert_eq!(page.url.path(), "/account");
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

async fn twenty_are_enough(database: Database) {
    let server = start(database).await;
    let (alice, browser) = (server.user("Alice"), server.browser());
    for _ in 0..19 {
        passkey_of(&server, &browser, &alice).await;
    }
    // Of two that are added at once, one is the twentieth.
    let mut forms = vec![];
    for _ in 0..2 {
        let page = browser.open(PAGE).await;
        let answer = Passkey::new(&server.issuer).create(&page.options("passkeys-add"));
        forms.push(page.form("passkeys-add").fill("credential", &answer));
    }
    let mut statuses = at_once(forms.into_iter().map(|form| {
        let browser = browser.clone();
        async move { browser.submit(&form).await.status }
    }))
    .await;
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 422]);
    let page = browser.open(PAGE).await;
    assert!(names(&page).len() == 20 && !page.has("passkeys-add"), "{page}");
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
    // The pages look alike whatever is behind them, and looking takes a while.
    let script = if database == Database::Sqlite { script.with("AUDIT", "yes") } else { script };
    script.succeeds().await;
}
