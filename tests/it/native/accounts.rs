//! To which account an app's sign-in comes, and when a page is needed.
use super::{
    ACCESS_TOKEN, APPS, ID_TOKEN, PRIVATE, asked, assert_refused, exchange, nonce_for, on_the_web, provider, sign_in,
    start,
};
use crate::{
    recovery::unproved,
    second_factor::turn_on,
    support::{
        Account, Answer, AppClient, Database, Endpoint, Inbox, Kind, Native, Server, Upstream, claims_of,
        on_each_database,
    },
};
use serde_json::Value;

on_each_database!(
    an_address_of_an_account_takes_a_page_unless_the_operator_trusts_it,
    a_squatter_loses_the_account_to_the_app,
    whoever_would_be_asked_for_more_is_sent_to_a_page,
    whoever_may_not_sign_in_does_not,
    consent_is_remembered_or_not_needed,
    new_people_are_let_in_as_the_instance_is_set_up,
    a_name_that_is_told_once_is_kept,
    what_a_provider_tells_ends_what_an_app_got,
);

fn sub_of(answer: &Answer) -> Value {
    claims_of(&answer.ok()["id_token"])["sub"].clone()
}

async fn users(server: &Server) -> usize {
    server.texts("SELECT id FROM users").await.len()
}

/// `security.md` LK-01 and LK-09.
async fn an_address_of_an_account_takes_a_page_unless_the_operator_trusts_it(database: Database) {
    for auto in [false, true] {
        let inbox = Inbox::start();
        let upstream = Upstream::start(Kind::Google);
        let more = if auto { "link = 'auto'" } else { "" };
        let settings = format!("{PRIVATE}{}{}{APPS}", inbox.settings(), provider(&upstream, Kind::Google, more));
        let server = Server::start(database, &settings).await;
        let (alice, phone) = (server.user("Alice"), server.app("phone"));
        // Google hosts the mailbox, so its word is good.
        upstream.account(Account::of(Kind::Google).email(&alice.email).with("hd", "people.test"));
        let answer = sign_in(&phone, &upstream, Kind::Google).await;
        if auto {
            assert_eq!(sub_of(&answer), alice.sub);
            // Its owner is told, with a way back.
            let undo = inbox.next(&alice.email).await.link();
            let page = server.browser().open(&undo).await;
            assert!(page.status == 200 && undo.contains("/account/ways-in/undo"), "{page}");
        } else {
            assert_refused(&answer, "interaction_required", "account_exists");
            assert!(server.texts("SELECT id FROM identities WHERE user_id IS NOT NULL").await.is_empty());
            // On the page she signs in and adds it; from then on the app does.
            let web = server.app("web");
            let browser = server.browser();
            let page = browser.sign_in_with(&upstream, &browser.open(web.authorize_url()).await, "up").await;
            let fields = [("username", alice.email.as_str()), ("password", &alice.password)];
            let page = browser.press(&page, "login-submit", &fields).await;
            browser.press(&page, "link-submit", &[]).await;
            assert_eq!(sub_of(&sign_in(&phone, &upstream, Kind::Google).await), alice.sub);
        }
        // Nobody's word is good for an address that the provider has not verified.
        let other = Account { subject: "2".into(), ..Account::of(Kind::Google).unverified(&alice.email) };
        upstream.account(other.with("hd", "people.test"));
        assert_ne!(sub_of(&sign_in(&phone, &upstream, Kind::Google).await), alice.sub);
        let hers = server.texts("SELECT id FROM users WHERE email = 'alice@people.test'").await;
        assert_eq!(hers, [alice.sub.as_str()]);
    }
}

/// `providers.md` bug 35, `security.md` LK-02.
async fn a_squatter_loses_the_account_to_the_app(database: Database) {
    let upstream = Upstream::start(Kind::Google);
    let server = start(database, &upstream, Kind::Google, "").await;
    let squatter = unproved(&server, "hanako@gmail.com", "Eve");
    let (browser, web) = (server.browser(), server.app("web"));
    let theirs = web.tokens(&browser, &squatter).await;
    let sub = sub_of(&sign_in(&server.app("phone"), &upstream, Kind::Google).await);
    assert_eq!(sub, claims_of(&theirs["id_token"])["sub"]);
    assert_eq!(browser.get("/account").await.status, 303, "signed out");
    web.refresh(&theirs).await.assert_error(400, "invalid_grant");
    let page = server.browser().open("/login").await;
    let fields = [("username", squatter.email.as_str()), ("password", &squatter.password)];
    assert_eq!(server.browser().press(&page, "login-submit", &fields).await.url.path(), "/login");
    assert_eq!(server.texts("SELECT user_id FROM passwords").await.len(), 0);
}

async fn whoever_would_be_asked_for_more_is_sent_to_a_page(database: Database) {
    let upstream = Upstream::start(Kind::Google);
    let server = start(database, &upstream, Kind::Google, "").await;
    let (phone, careful) = (server.app("phone"), server.app("careful"));

    // By the app: known or not.
    let refused = sign_in(&careful, &upstream, Kind::Google).await;
    assert_refused(&refused, "interaction_required", "interaction_required");
    assert_eq!(users(&server).await, 0);
    let sub = sub_of(&sign_in(&phone, &upstream, Kind::Google).await);
    let refused = sign_in(&careful, &upstream, Kind::Google).await;
    assert_refused(&refused, "interaction_required", "interaction_required");

    // By the person.
    let statement = "INSERT INTO two_step (user_id, since) VALUES";
    server.sql(&format!("{statement} ('{}', 5)", sub.as_str().unwrap())).await;
    let refused = sign_in(&phone, &upstream, Kind::Google).await;
    assert_refused(&refused, "interaction_required", "interaction_required");

    // By the instance.
    let strict = start(database, &upstream, Kind::Google, "\n[second_factor]\nrequired = true\n").await;
    let refused = sign_in(&strict.app("phone"), &upstream, Kind::Google).await;
    assert_refused(&refused, "interaction_required", "interaction_required");
    assert_eq!(users(&strict).await, 0);
}

/// `security.md` TX-03.
async fn whoever_may_not_sign_in_does_not(database: Database) {
    let upstream = Upstream::start(Kind::Google);
    let server = start(database, &upstream, Kind::Google, "").await;
    let phone = server.app("phone");
    let tokens = sign_in(&phone, &upstream, Kind::Google).await.ok();
    let sub = claims_of(&tokens["id_token"])["sub"].as_str().unwrap().to_owned();
    for change in ["frozen_at = 5", "frozen_at = NULL, delete_at = 9000000000"] {
        server.sql(&format!("UPDATE users SET {change} WHERE id = '{sub}'")).await;
        let refused = sign_in(&phone, &upstream, Kind::Google).await;
        assert_refused(&refused, "interaction_required", "interaction_required");
    }
    server.sql(&format!("UPDATE users SET delete_at = NULL WHERE id = '{sub}'")).await;
    sign_in(&phone, &upstream, Kind::Google).await.ok();
    server.disable(&sub).await;
    let refused = sign_in(&phone, &upstream, Kind::Google).await;
    assert_refused(&refused, "invalid_grant", "account_disabled");
    phone.refresh(&tokens).await.assert_error(400, "invalid_grant");
    assert_eq!(phone.userinfo(&tokens).await.status, 401);
}

async fn consent_is_remembered_or_not_needed(database: Database) {
    let upstream = Upstream::start(Kind::Google);
    let settings = format!(
        "{PRIVATE}{}{APPS}\n[[clients]]\nclient_id = 'asking'\nclient_name = 'Asking'\n\
         token_endpoint_auth_method = 'none'\nredirect_uris = ['com.example.asking:/cb']\n\
         grant_types = ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:token-exchange']\n",
        provider(&upstream, Kind::Google, "")
    );
    let server = Server::start(database, &settings).await;
    let asking = server.app("asking");
    let refused = sign_in(&asking, &upstream, Kind::Google).await;
    assert_refused(&refused, "interaction_required", "consent_required");
    assert_eq!(users(&server).await, 0, "nobody is made for an app that may not have them");
    let sub = on_the_web(&server, &server.browser(), &upstream).await["sub"].clone();
    let refused = sign_in(&asking, &upstream, Kind::Google).await;
    assert_refused(&refused, "interaction_required", "consent_required");

    // The browser flow asks; from then on the app need not.
    let browser = server.browser();
    let page = browser.open(asking.authorize_url()).await;
    let page = browser.sign_in_with(&upstream, &page, "up").await;
    browser.press(&page, "consent-allow", &[]).await;
    assert_eq!(sub_of(&sign_in(&asking, &upstream, Kind::Google).await), sub);
    let form = |scope: &str, nonce: &str| {
        let token = upstream.native_id_token(asked(Kind::Google, nonce));
        exchange(ID_TOKEN, &token).with("nonce", nonce).with("scope", scope)
    };
    // To that much, and no more; and no longer than it holds.
    let nonce = nonce_for(&asking, "up").await;
    let refused = asking.token(form("openid address", &nonce)).await;
    assert_refused(&refused, "interaction_required", "consent_required");
    server.sql("DELETE FROM consents").await;
    let refused = sign_in(&asking, &upstream, Kind::Google).await;
    assert_refused(&refused, "interaction_required", "consent_required");
}

async fn new_people_are_let_in_as_the_instance_is_set_up(database: Database) {
    let upstream = Upstream::start(Kind::Google);
    upstream.account(Account::of(Kind::Google).email("hanako@corp.test").with("hd", "corp.test"));
    for (more, refusal) in [
        ("", None),
        ("[registration]\nsign_up = 'off'", Some(("invalid_grant", "not_known"))),
        ("[registration]\nallowed_domains = ['other.test']", Some(("invalid_grant", "not_known"))),
        ("[registration]\nallowed_domains = ['corp.test']", None),
        ("on_unknown = 'refuse'", Some(("invalid_grant", "not_known"))),
        ("on_unknown = 'ask'", Some(("interaction_required", "interaction_required"))),
        ("hosted_domains = ['other.test']", Some(("invalid_grant", "not_welcome"))),
        ("hosted_domains = ['corp.test']", None),
        ("[instance]\nterms_uri = 'https://id.test/terms'", Some(("interaction_required", "interaction_required"))),
    ] {
        let server = start(database, &upstream, Kind::Google, more).await;
        let phone: AppClient = server.app("phone");
        let answer = sign_in(&phone, &upstream, Kind::Google).await;
        match refusal {
            Some((error, reason)) => assert_refused(&answer, error, reason),
            None => _ = answer.ok(),
        }
        assert_eq!(users(&server).await, usize::from(refusal.is_none()), "{more}");
    }
    let server = start(database, &upstream, Kind::Google, "enabled = false").await;
    let answer = server.app("phone").token(exchange(ID_TOKEN, "t")).await;
    assert_refused(&answer, "invalid_grant", "provider_disabled");
    let answer = server.app("phone").token(exchange(ID_TOKEN, "t").with("subject_issuer", "nowhere")).await;
    assert_refused(&answer, "invalid_grant", "provider_disabled");
}

/// `providers.md` bugs 37, 41 and 42, `security.md` LK-10: a name is a hint, an address is not taken from anywhere else.
async fn a_name_that_is_told_once_is_kept(database: Database) {
    let upstream = Upstream::start(Kind::Apple);
    let server = start(database, &upstream, Kind::Apple, "").await;
    let (phone, stranger) = (server.app("phone"), server.app("stranger"));
    let told = async |app: &AppClient, name: Option<&str>| {
        let nonce = nonce_for(app, "up").await;
        let form = exchange(ID_TOKEN, &upstream.native_id_token(asked(Kind::Apple, &nonce))).with("nonce", nonce);
        app.token(name.map_or(form.clone(), |name| form.with("user_name", name))).await
    };
    // The first time it is for nothing.
    let refused = told(&stranger, Some("山田 花子")).await;
    assert_refused(&refused, "interaction_required", "consent_required");
    let tokens = told(&phone, None).await.ok();
    let who = phone.userinfo(&tokens).await.ok();
    assert_eq!((&who["name"], &who["email"]), (&"山田 花子".into(), &"hanako@icloud.com".into()));
    told(&phone, Some("Somebody Else")).await.ok();
    assert_eq!(phone.userinfo(&tokens).await.ok()["name"], "山田 花子");

    // Without any, they have none; and whatever is told of an address is not heard.
    let mallory = Account { subject: "2".into(), ..Account::of(Kind::Apple).email("mallory@icloud.com") };
    upstream.account(mallory);
    let tokens = told(&phone, Some(r#"{"name":"Victim","email":"victim@icloud.com"}"#)).await.ok();
    assert_eq!(phone.userinfo(&tokens).await.ok()["email"], "mallory@icloud.com");
    assert_eq!(upstream.count(Endpoint::Token), 0);
}

/// An account that has two-step verification on by its owner's own hand: the page asks, and then the app is let in by
/// the browser flow alone.
#[tokio::test]
async fn two_step_verification_holds_in_apps() {
    let upstream = Upstream::start(Kind::Line);
    let server = start(Database::Sqlite, &upstream, Kind::Line, "").await;
    let (alice, browser) = (server.user("Alice"), server.browser());
    turn_on(&browser, &alice).await;
    server
        .sql(&format!(
            "INSERT INTO identities (id, provider, subject, user_id, said, created_at, seen_at)
             VALUES ('i', 'up', '{}', '{}', '{{}}', 1, 1)",
            Account::of(Kind::Line).subject,
            alice.sub
        ))
        .await;
    let token = upstream.native_access_token(Native::default());
    let answer = server.app("phone").token(exchange(ACCESS_TOKEN, &token)).await;
    assert_refused(&answer, "interaction_required", "interaction_required");
}

/// News of a provider end what an app has from its SDK as they end what came of a page, and a suspended identity gives
/// apps nothing.
async fn what_a_provider_tells_ends_what_an_app_got(database: Database) {
    let upstream = Upstream::start(Kind::Google);
    let server = start(database, &upstream, Kind::Google, "").await;
    let (phone, subject) = (server.app("phone"), Account::of(Kind::Google).subject);
    let tell = async |event: &str| {
        let request = server.http.request(reqwest::Method::POST, "/callback/up/events");
        let request = request.header("content-type", "application/secevent+jwt");
        assert_eq!(Answer::of(request.body(upstream.security_event(event, &subject))).await.status, 202);
    };
    let present = async || {
        let nonce = nonce_for(&phone, "up").await;
        let token = upstream.native_id_token(asked(Kind::Google, &nonce));
        phone.token(exchange(ID_TOKEN, &token).with("nonce", nonce).with("scope", "openid")).await.ok()
    };
    let lasting = async || sign_in(&phone, &upstream, Kind::Google).await.ok();
    // It is a session, whether or not the app may do something without the person.
    for event in ["sessions-revoked", "account-disabled"] {
        let begun = [present().await, lasting().await];
        for tokens in &begun {
            assert_eq!(phone.userinfo(tokens).await.status, 200, "{event}");
        }
        tell(event).await;
        for tokens in &begun {
            assert_eq!(phone.userinfo(tokens).await.status, 401, "{event}");
            phone.refresh(tokens).await.assert_error(400, "invalid_grant");
        }
    }
    assert_refused(&sign_in(&phone, &upstream, Kind::Google).await, "invalid_grant", "identity_suspended");
    tell("account-enabled").await;
    sign_in(&phone, &upstream, Kind::Google).await.ok();
}
