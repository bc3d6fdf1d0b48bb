//! Passkeys as their owner looks after them.
use super::{BITWARDEN, PAGE, TWO_STEP, add, answer, assert_refused, names, passkey_of, sign_in, start};
use crate::{
    recovery,
    support::{Answer, Browser, Database, Form, Inbox, Passkey, Server, at_once, on_each_database},
};
use reqwest::Method;
use scraper::{Html, Selector};
use serde_json::json;

on_each_database!(
    a_person_adds_names_and_removes_them,
    a_name_is_text_and_nothing_else,
    passkeys_are_looked_after_by_their_owner,
    the_last_way_in_stays,
    a_provider_counts_while_it_lets_people_in,
    the_last_second_factor_stays,
    twenty_are_enough,
    a_squatters_go_when_the_address_is_proved,
);

/// Which of a person's passkeys has this name.
#[track_caller]
fn place(page: &Answer, name: &str) -> usize {
    names(page).iter().position(|other| other == name).unwrap_or_else(|| panic!("no {name}: {page}"))
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

pub async fn remove(browser: &Browser, page: &Answer, number: usize) -> Answer {
    browser.follow(browser.submit(&form_of(page, "remove", number)).await).await
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
    first.aaguid = BITWARDEN;
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
    let number = place(&page, "Passkey");
    let page = rename(&browser, &page, number, "  Hana’s key ").await;
    assert_eq!((names(&page).len(), place(&page, "Hana’s key")), (2, number));

    let stranger = server.browser();
    let signed_in = answer(&stranger, &stranger.open("/login").await, "login-passkey", &second).await;
    assert_eq!(signed_in.url.path(), "/account");
    let page = browser.open(PAGE).await;
    assert!(page.body.contains("last used 20") && page.body.contains("not used yet"), "{page}");

    let page = remove(&browser, &page, number).await;
    assert_eq!(names(&page), ["Bitwarden"]);
    let stranger = server.browser();
    assert_refused(&answer(&stranger, &stranger.open("/login").await, "login-passkey", &second).await);
    let log = server.log();
    assert!(log.contains("passkey_added") && log.contains("passkey_removed"), "{log}");
    let endpoints = server.http.get("/.well-known/passkey-endpoints").await.ok();
    let page = format!("{}{PAGE}", server.issuer);
    assert_eq!(endpoints, json!({ "enroll": page, "manage": page }));
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
    for name in ["", "   ", &"x".repeat(61), "a\u{202e}b"] {
        let refused = rename(&browser, &page, 0, name).await;
        assert_eq!((refused.status, names(&refused)), (422, kept.clone()), "{name:?} {refused}");
    }
    let fields = form_of(&page, "rename", 0).fields.without("name").encoded();
    for name in ["%00", "a%00b", "a%0ab", "%ed%a0%80", "%ff"] {
        let cookies: Vec<_> = browser.cookies().into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = server.http.request(Method::POST, PAGE).header("cookie", cookies.join("; "));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer = Answer::of(request.body(format!("{fields}&name={name}"))).await;
        assert_eq!(answer.status, 400, "{name} {answer}");
    }
    assert_eq!(names(&browser.open(PAGE).await), kept);
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

/// `security.md` PK-06: a provider that is not there, or does not vouch for its account, lets nobody in.
async fn a_provider_counts_while_it_lets_people_in(database: Database) {
    let settings = "issuer = 'http://localhost:PORT'\n[providers.github]\nclient_id = 'a'\nclient_secret = 'b'";
    let server = Server::start(database, settings).await;
    let (alice, browser) = (server.user("Alice"), server.browser());
    passkey_of(&server, &browser, &alice).await;
    server.sql(&format!("DELETE FROM passwords WHERE user_id = '{}'", alice.sub)).await;
    let identity = "INSERT INTO identities (id, provider, subject, user_id, said, created_at, seen_at)";
    server.sql(&format!("{identity} VALUES ('i', 'gone', '1', '{}', '{{}}', 1, 1)", alice.sub)).await;
    for (now, is_way_in) in
        [("subject = '1'", false), ("provider = 'github', suspended_at = 1", false), ("suspended_at = NULL", true)]
    {
        server.sql(&format!("UPDATE identities SET {now}")).await;
        let page = remove(&browser, &browser.open(PAGE).await, 0).await;
        assert_eq!(page.status == 422 && page.body.contains("your only way to sign in"), !is_way_in, "{now}: {page}");
        assert_eq!(names(&browser.open(PAGE).await).is_empty(), is_way_in, "{now}");
    }
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
    let mut other = Passkey::new(&server.issuer);
    other.aaguid = BITWARDEN;
    let page = add(&browser, &browser.open(PAGE).await, &mut other).await;
    let page = remove(&browser, &page, place(&page, "Bitwarden")).await;
    assert_eq!(names(&page).len(), 1);
    let page = answer(&browser, &browser.open(TWO_STEP).await, "two-step-off-passkey", &passkey).await;
    assert!(page.has("two-step-passkey"), "{page}");
    let page = remove(&browser, &browser.open(PAGE).await, 0).await;
    assert!(names(&page).is_empty(), "{page}");
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

/// Whoever signed up with another's address keeps no way in, not even one that no password opens.
async fn a_squatters_go_when_the_address_is_proved(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &format!("issuer = 'http://localhost:PORT'\n{}", inbox.settings())).await;
    for (n, path) in ["/forgot", "/login/mail"].into_iter().enumerate() {
        let user = recovery::unproved(&server, &format!("victim{n}@people.test"), "Squatter");
        let squatter = server.browser();
        let passkey = passkey_of(&server, &squatter, &user).await;
        answer(&squatter, &squatter.open(TWO_STEP).await, "two-step-passkey", &passkey).await;
        let (owner, again) = (server.browser(), server.browser());
        let page = owner.open(recovery::link(&server, &inbox, path, &user.email).await).await;
        let button = if path == "/forgot" { "reset-submit" } else { "mail-link-submit" };
        let page = owner.press(&page, button, &[("password", "correct horse battery staple 9")]).await;
        assert_eq!(page.url.path(), "/account", "no second step of the squatter's: {page}");
        let page = answer(&again, &again.open("/login").await, "login-passkey", &passkey).await;
        assert_refused(&page);
        assert!(names(&owner.open(PAGE).await).is_empty());
    }
}
