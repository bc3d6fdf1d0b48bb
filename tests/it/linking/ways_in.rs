//! Ways in that are added to an account and taken from it, by whoever is signed in.
use super::{come, count, is_in, start, who};
use crate::support::{
    Account, Answer, Browser, Database, Endpoint, Inbox, Kind, Server, Upstream, User, at_once, on_each_database,
};
use serde_json::json;
use url::Url;

on_each_database!(
    a_link_is_for_the_session_that_began_it,
    a_link_takes_a_fresh_proof_and_a_page_that_names_both,
    what_opens_another_account_stays_there,
    the_last_way_in_stays,
    what_began_by_a_way_in_that_is_gone_ends,
);

const PAGE: &str = "/account/ways-in";

/// Begins to add a provider to the account that is signed in: the page of the provider.
async fn begin(browser: &Browser, upstream: &Upstream, name: &str) -> Answer {
    let page = browser.open(PAGE).await;
    browser.travel(upstream, browser.submit(&page.form(&format!("link-{name}"))).await).await
}

/// Adds a provider to the account that is signed in.
pub async fn add(browser: &Browser, upstream: &Upstream, name: &str) -> Answer {
    let asked = begin(browser, upstream, name).await;
    let page = browser.come_back(upstream, &asked, "upstream-allow").await;
    browser.press(&page, "link-submit", &[]).await
}

/// Allows everything: where the provider leads back to.
async fn allowed(browser: &Browser, asked: &Answer) -> Url {
    browser.submit(&asked.form("upstream-allow")).await.location().expect("it leads back")
}

async fn signed_in(server: &Server, user: &User) -> Browser {
    let browser = server.browser();
    assert!(is_in(&browser.proceed(browser.open("/login").await, user).await));
    browser
}

async fn sign_out(browser: &Browser) {
    browser.press(&browser.open("/logout").await, "logout-confirm", &[]).await;
}

async fn linked(server: &Server, user: &User) -> usize {
    count(server, &format!("identities WHERE user_id = '{}'", user.sub)).await
}

/// The id of an identity, by its name at the provider.
async fn id(server: &Server, subject: &str) -> String {
    server.texts(&format!("SELECT id FROM identities WHERE subject = '{subject}'")).await.remove(0)
}

/// Makes everybody's sign-in one of long ago.
async fn age(server: &Server) {
    server.sql("UPDATE sessions SET state = replace(state, '\"auth_time\":1', '\"auth_time\":-1')").await;
}

/// `security.md` LK-03; `providers.md` bugs 18 and 23.
async fn a_link_is_for_the_session_that_began_it(database: Database) {
    let oidc = Upstream::start(Kind::Oidc);
    let server = start(database, "", &[("oidc", &oidc, "")]).await;
    let (alice, bob, eve) = (server.user("Alice"), server.user("Bob"), server.user("Eve"));
    oidc.account(Account::new("eve").name("Eve"));
    // The attacker's answer in the victim's browser.
    let (attacker, victim) = (signed_in(&server, &eve).await, signed_in(&server, &alice).await);
    let own = begin(&victim, &oidc, "oidc").await;
    for asked in [
        begin(&attacker, &oidc, "oidc").await,
        attacker.meet(&oidc, &attacker.open("/login?other=1").await, "oidc").await,
    ] {
        let back = allowed(&attacker, &asked).await;
        victim.open(&back).await.assert_error(400, "upstream_state");
    }
    assert_eq!((linked(&server, &alice).await, linked(&server, &eve).await), (0, 0));
    assert!(victim.open("/account").await.body.contains(&alice.email), "nobody else was signed in there");
    // What the victim began is not disturbed by it.
    oidc.account(Account::new("alice").name("Alice"));
    let page = victim.come_back(&oidc, &own, "upstream-allow").await;
    assert!(page.has("link-submit"), "{page}");
    victim.press(&page, "link-submit", &[]).await;
    assert_eq!(linked(&server, &alice).await, 1);

    // In the same browser, but in no session, in another one, or in that of somebody else.
    for who in [None, Some(&alice), Some(&bob)] {
        let browser = signed_in(&server, &alice).await;
        let asked = browser.travel(&oidc, post(&browser, &[("action", "link"), ("provider", "oidc")]).await).await;
        oidc.account(Account::new("another").name("Another"));
        let back = allowed(&browser, &asked).await;
        sign_out(&browser).await;
        if let Some(user) = who {
            browser.proceed(browser.open("/login").await, user).await;
        }
        browser.open(&back).await.assert_error(403, "link_other_session");
        assert_eq!((linked(&server, &alice).await, linked(&server, &bob).await), (1, 0));
    }
    // The page is open, and somebody else sits down.
    let browser = signed_in(&server, &eve).await;
    let asked = begin(&browser, &oidc, "oidc").await;
    let page = browser.come_back(&oidc, &asked, "upstream-allow").await;
    sign_out(&browser).await;
    browser.proceed(browser.open("/login").await, &bob).await;
    browser.press(&page, "link-submit", &[]).await;
    assert_eq!((linked(&server, &eve).await, linked(&server, &bob).await), (0, 0));
}

/// Posts the form of the page with something else in it.
async fn post(browser: &Browser, fields: &[(&str, &str)]) -> Answer {
    // The page of profiles has a form for everybody.
    let page = browser.open("/account/profile").await;
    let csrf = page.form("profile-submit").fields.get("csrf").unwrap().to_owned();
    let fields = [&[("csrf", csrf.as_str())], fields].concat();
    browser
        .send(reqwest::Method::POST, &page.url.join(PAGE).unwrap(), Some(&crate::support::Params::new(&fields)))
        .await
}

/// `security.md` LK-04.
async fn a_link_takes_a_fresh_proof_and_a_page_that_names_both(database: Database) {
    let oidc = Upstream::start(Kind::Oidc);
    let server = start(database, "", &[("oidc", &oidc, "label = 'Example ID'")]).await;
    let alice = server.user("Alice");
    oidc.account(Account::new("1").email("elsewhere@mail.test").name("Elsewhere"));
    let browser = signed_in(&server, &alice).await;
    let open = browser.open(PAGE).await;
    age(&server).await;
    // Neither is the page shown, nor is anybody sent anywhere.
    assert_eq!(browser.open(PAGE).await.url.path(), "/login");
    let page = browser.follow(browser.submit(&open.form("link-oidc")).await).await;
    assert!(page.url.path() == "/login" && oidc.count(Endpoint::Authorization) == 0, "{page}");
    let page = browser.proceed(page, &alice).await;
    assert_eq!(page.url.path(), PAGE);
    let asked = begin(&browser, &oidc, "oidc").await;
    let page = browser.come_back(&oidc, &asked, "upstream-allow").await;
    for named in ["Example ID", "elsewhere@mail.test", &alice.email, &alice.name] {
        assert!(page.body.contains(named), "{named}: {page}");
    }
    let form = page.form("link-submit");
    assert_eq!(browser.submit(&form.clone().fill("csrf", "")).await.status, 403);
    age(&server).await;
    let page = browser.follow(browser.submit(&form).await).await;
    assert!(page.url.path() == "/login" && linked(&server, &alice).await == 0, "{page}");
    // Once they have, it goes on where it was.
    let page = browser.proceed(page, &alice).await;
    let page = browser.press(&page, "link-submit", &[]).await;
    assert!(page.url.path() == PAGE && page.body.contains("elsewhere@mail.test"), "{page}");
    assert_eq!(linked(&server, &alice).await, 1);
    // There is nothing to add twice.
    assert!(!page.has("link-oidc"), "{page}");
    assert_eq!(browser.open("/link").await.url.path(), PAGE);
    assert!(browser.open("/account/activity").await.body.contains("Account elsewhere added"));
}

/// `security.md` LK-05.
async fn what_opens_another_account_stays_there(database: Database) {
    let (oidc, inbox) = (Upstream::start(Kind::Oidc), Inbox::start());
    let server = start(database, &inbox.settings(), &[("oidc", &oidc, "")]).await;
    let (alice, bob) = (server.user("Alice"), server.user("Bob"));
    oidc.account(Account::new("bob").email("elsewhere@mail.test").name("Elsewhere"));
    let (here, there) = (signed_in(&server, &alice).await, signed_in(&server, &bob).await);
    add(&there, &oidc, "oidc").await;
    let asked = begin(&here, &oidc, "oidc").await;
    let page = here.come_back(&oidc, &asked, "upstream-allow").await;
    page.assert_error(409, "identity_taken");
    for secret in [&bob.email, &bob.name, &bob.sub, "elsewhere@mail.test", "Elsewhere"] {
        assert!(!page.body.contains(secret), "{secret}: {page}");
    }
    assert_eq!((linked(&server, &alice).await, linked(&server, &bob).await), (0, 1));
    let browser = server.browser();
    assert!(is_in(&come(&browser, &oidc, "oidc").await));
    assert_eq!(who(&server, &browser).await["sub"], json!(bob.sub));
    // One's own once more changes nothing.
    let page = there.travel(&oidc, post(&there, &[("action", "link"), ("provider", "oidc")]).await).await;
    assert_eq!(there.come_back(&oidc, &page, "upstream-allow").await.url.path(), PAGE);

    // Two who add the same at the same moment.
    oidc.account(Account::new("both").name("Both"));
    let carol = server.user("Carol");
    let mut ready = vec![];
    for user in [&alice, &carol] {
        let browser = signed_in(&server, user).await;
        let asked = begin(&browser, &oidc, "oidc").await;
        let form = browser.come_back(&oidc, &asked, "upstream-allow").await.form("link-submit");
        ready.push((browser, form));
    }
    let answers = at_once(ready.into_iter().map(|(browser, form)| async move { browser.submit(&form).await })).await;
    let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert!([[303, 409], [303, 303]].contains(&statuses[..].try_into().unwrap()), "{statuses:?}");
    assert_eq!(linked(&server, &alice).await + linked(&server, &carol).await, 1);
}

/// `security.md` LK-11.
async fn the_last_way_in_stays(database: Database) {
    let (oidc, github, inbox) = (Upstream::start(Kind::Oidc), Upstream::start(Kind::GitHub), Inbox::start());
    let providers = [("oidc", &oidc, ""), ("github", &github, "")];
    let mut server = start(database, &inbox.settings(), &providers).await;
    let unlink = async |browser: &Browser, id: &str| {
        browser.press(&browser.open(PAGE).await, &format!("unlink-{id}"), &[]).await
    };
    // Nobody's address is known, and there is no password.
    oidc.account(Account::new("only").name("Hana"));
    let hana = server.browser();
    come(&hana, &oidc, "oidc").await;
    let only = id(&server, "only").await;
    let refused = unlink(&hana, &only).await;
    assert!(refused.status == 422 && refused.body.contains("couldn’t sign in without it"), "{refused}");
    // Of two at once, one stays.
    github.account(Account::new("77").name("Hana"));
    add(&hana, &github, "github").await;
    let other = id(&server, "77").await;
    let page = hana.open(PAGE).await;
    let forms = [page.form(&format!("unlink-{only}")), page.form(&format!("unlink-{other}"))];
    let at = forms.map(|form| {
        let browser = hana.clone();
        async move { browser.submit(&form).await.status }
    });
    let mut statuses = at_once(at).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 422]);
    assert_eq!(count(&server, "identities WHERE user_id IS NOT NULL").await, 1);
    // An address of which nobody has shown that it is theirs is no way in.
    oidc.account(Account::new("unproved").unverified("unproved@mail.test").name("Hana"));
    let browser = server.browser();
    come(&browser, &oidc, "oidc").await;
    assert_eq!(unlink(&browser, &id(&server, "unproved").await).await.status, 422);
    // One that is, is; and it takes a fresh proof, and the owner is told.
    let alice = server.user("Alice");
    let browser = signed_in(&server, &alice).await;
    oidc.account(Account::new("alice").email("alice@mail.test").name("Alice"));
    add(&browser, &oidc, "oidc").await;
    assert_eq!(inbox.next(&alice.email).await.subject, "Another account opens yours now");
    let (its, page) = (id(&server, "alice").await, browser.open(PAGE).await);
    age(&server).await;
    assert_eq!(browser.press(&page, &format!("unlink-{its}"), &[]).await.url.path(), "/login");
    assert_eq!(linked(&server, &alice).await, 1);
    browser.proceed(browser.open(format!("/login?return={PAGE}")).await, &alice).await;
    // Nobody takes another's.
    post(&browser, &[("action", "unlink"), ("id", &id(&server, "unproved").await)]).await;
    assert_eq!(count(&server, "identities WHERE subject = 'unproved' AND user_id IS NOT NULL").await, 1);
    assert_eq!(unlink(&browser, &its).await.status, 200);
    assert_eq!(linked(&server, &alice).await, 0);
    assert_eq!(inbox.next(&alice.email).await.subject, "An account elsewhere was removed");
    assert!(browser.open("/account/activity").await.body.contains("Account elsewhere removed"));
    // A provider that is not there any more lets nobody in.
    oidc.account(Account::new("two").name("Two"));
    github.account(Account::new("78").name("Two"));
    let two = server.browser();
    come(&two, &oidc, "oidc").await;
    add(&two, &github, "github").await;
    server.kill();
    server.set("providers.github.enabled = false");
    server.restart().await;
    assert_eq!(unlink(&two, &id(&server, "two").await).await.status, 422);
    let gone = two.open(PAGE).await;
    assert!(gone.body.contains("github") && !gone.has("link-github"), "{gone}");
    assert_eq!(unlink(&two, &id(&server, "78").await).await.status, 200);
}

/// `security.md` LK-11: of whoever has the account elsewhere, nothing goes on; where its owner removes it, they stay.
async fn what_began_by_a_way_in_that_is_gone_ends(database: Database) {
    let (oidc, github) = (Upstream::start(Kind::Oidc), Upstream::start(Kind::GitHub));
    let server = start(database, "", &[("oidc", &oidc, ""), ("github", &github, "")]).await;
    let (alice, web) = (server.user("Alice"), server.app("web"));
    let by_password = signed_in(&server, &alice).await;
    oidc.account(Account::new("alice").name("Alice"));
    add(&by_password, &oidc, "oidc").await;
    github.account(Account::new("77").name("Alice"));
    add(&by_password, &github, "github").await;
    let [here, there, otherwise] = [server.browser(), server.browser(), server.browser()];
    for (browser, upstream, name) in [(&here, &oidc, "oidc"), (&there, &oidc, "oidc"), (&otherwise, &github, "github")]
    {
        assert!(is_in(&come(browser, upstream, name).await));
    }
    let tokens = async |browser: &Browser| {
        let page = browser.open(web.authorize_url()).await;
        let page = if page.has("consent-allow") { browser.press(&page, "consent-allow", &[]).await } else { page };
        web.redeem(&page.callback().code()).await.ok()
    };
    let (kept, lost, others) = (tokens(&here).await, tokens(&there).await, tokens(&otherwise).await);

    let page = here.open(PAGE).await;
    assert!(page.body.contains("here you stay signed in"), "{page}");
    here.press(&page, &format!("unlink-{}", id(&server, "alice").await), &[]).await;
    for browser in [&here, &otherwise, &by_password] {
        assert!(is_in(&browser.open("/account").await));
    }
    assert!(there.open("/account").await.has("login-submit"));
    for (tokens, status) in [(&kept, 200), (&lost, 401), (&others, 200)] {
        assert_eq!(web.userinfo(tokens).await.status, status);
    }
    web.refresh(&lost).await.assert_error(400, "invalid_grant");
}
