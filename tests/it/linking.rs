//! Whose account somebody comes to from a provider (`domain/identity.rs`): by the table of identities, and never by an
//! address alone.
mod newcomers;
mod proof;
mod ways_in;

pub use ways_in::add;

use crate::{
    federation::PRIVATE,
    support::{Account, Answer, Browser, Database, Feature, Kind, PERSONAL, Part, Server, Upstream, on_each_database},
};
use serde_json::{Value, json};

on_each_database!(
    an_address_alone_opens_nobodys_account,
    the_key_is_the_provider_and_its_name_for_the_person,
    of_many_arrivals_at_once_each_has_one_account,
);

/// A server to which people come from these providers, each by its name here and with more, or something else, in its
/// section.
pub async fn start(database: Database, settings: &str, providers: &[(&str, &Upstream, &str)]) -> Server {
    let section = |(name, upstream, more): &(&str, &Upstream, &str)| {
        let key = |line: &str| line.split(" = ").next().map(ToOwned::to_owned);
        let others: Vec<_> = more.lines().map(key).collect();
        let own: Vec<_> =
            upstream.settings(name).lines().filter(|line| !others.contains(&key(line))).map(Into::into).collect();
        [own, vec![(*more).to_owned(), String::new()]].concat().join("\n")
    };
    let sections: String = providers.iter().map(section).collect();
    Server::start(database, &format!("{PRIVATE}{settings}\n{sections}")).await
}

/// Signs in with a provider from the sign-in page on: what is shown in the end.
pub async fn come(browser: &Browser, upstream: &Upstream, name: &str) -> Answer {
    browser.sign_in_with(upstream, &browser.open("/login").await, name).await
}

/// Who is signed in, as an app is told.
pub async fn who(server: &Server, browser: &Browser) -> Value {
    let web = server.app("web");
    let page = browser.open(web.authorize_url()).await;
    let page = if page.has("consent-allow") { browser.press(&page, "consent-allow", &[]).await } else { page };
    web.userinfo(&web.redeem(&page.callback().code()).await.ok()).await.ok()
}

/// Whether it is the sign-in page, which says this of how it went at a provider.
pub fn turned_back(page: &Answer, outcome: &str) -> bool {
    let mut query = page.url.query_pairs();
    page.url.path() == "/login" && query.any(|(name, value)| (name.as_ref(), value.as_ref()) == ("outcome", outcome))
}

/// Whether it is the page of an account, and so somebody signed in.
pub fn is_in(page: &Answer) -> bool {
    page.status == 200 && page.url.path() == "/account"
}

/// The number of rows that a condition finds.
pub async fn count(server: &Server, rows: &str) -> usize {
    server.texts(&format!("SELECT id FROM {rows}")).await.len()
}

const ALICE: &str = "alice@people.test";

/// How an address is told, and whether its owner is asked to prove the account that has it.
fn ways_to_tell(kind: Kind) -> Vec<(Account, bool)> {
    let of = || Account::of(kind);
    let (verified, unverified) = (|| of().email(ALICE), || of().unverified(ALICE));
    let odd = |name: &'static str, values: &[Value], more: &dyn Fn() -> Account, asked: bool| {
        values.iter().map(|value| (more().with(name, value.clone()), asked)).collect::<Vec<_>>()
    };
    let falsehoods = [json!(false), json!("false"), json!(0), json!("0"), Value::Null, json!("yes"), json!(["true"])];
    let truths = [json!(true), json!("true"), json!(1), json!("1")];
    let row = |primary: bool, verified: bool| json!({ "email": ALICE, "primary": primary, "verified": verified });
    let other = json!({ "email": "other@mail.test", "primary": false, "verified": true });
    match kind {
        // Only where Google hosts the mailbox.
        Kind::Google => {
            let hosted = || verified().with("hd", "people.test");
            let mut all = vec![(hosted(), true), (verified(), false), (unverified().with("hd", "people.test"), false)];
            all.extend(odd("email_verified", &falsehoods, &hosted, false));
            all
        }
        Kind::Apple => {
            let mut all = odd("email_verified", &truths, &unverified, true);
            all.extend(odd("email_verified", &falsehoods, &verified, false));
            all.extend(odd("is_private_email", &[json!(true), json!("true")], &verified, false));
            all
        }
        // Any tenant says any address of anybody.
        Kind::Microsoft => {
            let mut all = odd("xms_edov", &truths, &verified, true);
            all.extend(odd("xms_edov", &falsehoods, &verified, false));
            all.push((verified().with("email_verified", true), false));
            all.push((verified().with("preferred_username", ALICE).with("upn", ALICE), false));
            all.push((verified().with("tid", PERSONAL), true));
            all
        }
        Kind::GitHub => {
            let mut many: Vec<_> = (0..100)
                .map(|n| json!({ "email": format!("{n}@mail.test"), "primary": false, "verified": true }))
                .collect();
            many.push(row(true, true));
            let lists = [
                (json!([other, row(true, true)]), true),
                (json!(many), true),
                (json!([row(true, false), other]), false),
                (json!([row(false, true)]), false),
                (json!([]), false),
                (json!([{ "email": "1+a@users.noreply.github.com", "primary": true, "verified": true }]), false),
            ];
            let mut all: Vec<_> = lists.map(|(rows, asked)| (of().with("emails", rows), asked)).into();
            // What is on the profile is for all to see and proves nothing.
            all.push((of().with("emails", json!([])).with("email", ALICE), false));
            all
        }
        Kind::Oidc => {
            let mut all = vec![(verified(), true), (unverified(), false), (of().email(" ALICE@People.TEST "), true)];
            all.extend(odd("email_verified", &falsehoods, &verified, false));
            all.extend(odd("email_verified", &truths[1..], &unverified, false));
            all
        }
        Kind::OAuth2 => vec![
            (verified(), true),
            (unverified(), false),
            (of().with("contact", json!({ "mail": ALICE, "confirmed": "true" })), false),
            (of().with("contact", json!({ "mail": ALICE })), false),
        ],
        Kind::Line | Kind::Facebook | Kind::X | Kind::Instagram => {
            vec![(verified(), false), (verified().with("email_verified", true).with("email", ALICE), false)]
        }
    }
}

/// `security.md` LK-01, LK-07 to LK-10; `providers.md` bugs 34, 37, 38 and 39: whoever comes with the address of somebody
/// else's account is asked to prove that it is theirs, at most.
async fn an_address_alone_opens_nobodys_account(database: Database) {
    let upstreams: Vec<_> = Kind::ALL.map(|kind| (kind, Upstream::start(kind))).into();
    let mut providers: Vec<_> = upstreams.iter().map(|(kind, upstream)| (kind.name(), upstream, "")).collect();
    let line = &upstreams.iter().find(|(kind, _)| *kind == Kind::Line).unwrap().1;
    providers.push(("trusted", line, "trust_email = true"));
    let server = start(database, "", &providers).await;
    let alice = server.user("Alice");
    let met = async |upstream: &Upstream, name: &str, account: Account, asked: bool| {
        upstream.account(account.clone());
        let browser = server.browser();
        let page = come(&browser, upstream, name).await;
        assert_eq!((turned_back(&page, "prove-first"), is_in(&page)), (asked, !asked), "{name} {account:?}: {page}");
        let home = browser.open("/account").await;
        assert_eq!(home.url.path(), if asked { "/login" } else { "/account" }, "{name} {account:?}");
        assert!(!home.body.contains(ALICE), "it is not theirs: {name} {account:?}");
    };
    for (kind, upstream) in &upstreams {
        for (number, (account, asked)) in ways_to_tell(*kind).into_iter().enumerate() {
            let account = Account { subject: format!("7{number}"), ..account };
            met(upstream, kind.name(), account, asked).await;
        }
    }
    let github = &upstreams.iter().find(|(kind, _)| *kind == Kind::GitHub).unwrap().1;
    github.enable(Feature::GithubApp);
    github.disable(Feature::Email);
    met(github, "github", Account { subject: "90".into(), ..Account::of(Kind::GitHub).email(ALICE) }, false).await;
    // The operator may say otherwise.
    met(line, "trusted", Account::of(Kind::Line).email(ALICE), true).await;
    // Beside Apple's token there is a text that anybody can write.
    let apple = &upstreams.iter().find(|(kind, _)| *kind == Kind::Apple).unwrap().1;
    let user = json!({ "name": { "firstName": "Eve", "lastName": "Evil" }, "email": ALICE, "email_verified": true });
    apple.set(Part::Callback, "user", user.to_string());
    apple.account(Account { subject: "91".into(), ..Account::of(Kind::Apple).email("eve@evil.test") });
    let browser = server.browser();
    assert!(is_in(&come(&browser, apple, "apple").await));
    let told = who(&server, &browser).await;
    assert_eq!((&told["email"], &told["name"]), (&json!("eve@evil.test"), &json!("Eve Evil")));

    assert_eq!(count(&server, &format!("identities WHERE user_id = '{}'", alice.sub)).await, 0);
    assert_eq!(server.texts(&format!("SELECT id FROM users WHERE email = '{ALICE}'")).await, [alice.sub]);
}

/// `security.md` LK-06 and LK-08; `providers.md` bugs 40 and 43.
async fn the_key_is_the_provider_and_its_name_for_the_person(database: Database) {
    let (google, oidc, github, oauth2) = (
        Upstream::start(Kind::Google),
        Upstream::start(Kind::Oidc),
        Upstream::start(Kind::GitHub),
        Upstream::start(Kind::OAuth2),
    );
    let providers = [
        ("google", &google, ""),
        ("oidc", &oidc, ""),
        ("other", &oidc, ""),
        ("github", &github, ""),
        ("oauth2", &oauth2, ""),
    ];
    let server = start(database, "", &providers).await;
    let sub = async |upstream: &Upstream, name: &str, account: Account| {
        upstream.account(account);
        let browser = server.browser();
        let page = come(&browser, upstream, name).await;
        assert!(is_in(&page), "{page}");
        who(&server, &browser).await
    };
    // The same name at two providers, even of the same server, is two people.
    let first = sub(&google, "google", Account::new("1").email("first@gmail.com").name("First")).await;
    let second = sub(&oidc, "oidc", Account::new("1").name("Second")).await;
    let third = sub(&oidc, "other", Account::new("1").name("Third")).await;
    assert!(first["sub"] != second["sub"] && second["sub"] != third["sub"] && first["sub"] != third["sub"]);
    // Another address of the same person moves nothing, and changes nothing that they have here.
    let again = sub(&google, "google", Account::new("1").email("moved@gmail.com").name("Renamed")).await;
    assert_eq!((&again["sub"], &again["email"], &again["name"]), (&first["sub"], &first["email"], &json!("First")));
    // The same address of another person opens nothing.
    google.account(Account::new("2").email("first@gmail.com").name("Another"));
    assert!(turned_back(&come(&server.browser(), &google, "google").await, "prove-first"));
    // Nor does that which the first has moved to: it is free.
    let another = sub(&google, "google", Account::new("3").email("moved@gmail.com").name("Third")).await;
    assert!(another["sub"] != first["sub"] && another["email"] == "moved@gmail.com");
    // A user name that was given up and taken by somebody else.
    let hana = |id: &str, login: &str| Account { username: Some(login.into()), ..Account::new(id).name("Hana") };
    let before = sub(&github, "github", hana("583231", "hana")).await;
    assert_eq!(sub(&github, "github", hana("583231", "hanako")).await["sub"], before["sub"]);
    assert_ne!(sub(&github, "github", hana("583232", "hana")).await["sub"], before["sub"]);
    // Numbers that no float tells apart.
    let (even, odd) = ("9007199254740992", "9007199254740993");
    let (two, three) = (
        sub(&oauth2, "oauth2", Account::new(even).name("Even")).await,
        sub(&oauth2, "oauth2", Account::new(odd).name("Odd")).await,
    );
    assert_ne!(two["sub"], three["sub"]);
    // A text is the same as a number.
    oauth2.set(Part::Userinfo, "id", odd);
    assert_eq!(sub(&oauth2, "oauth2", Account::new("1").name("Odd")).await["sub"], three["sub"]);
    let kept = server.texts("SELECT subject FROM identities WHERE provider = 'oauth2' ORDER BY subject").await;
    assert_eq!(kept, [even, odd]);
}

/// `security.md` LK-06: of those who come at the same moment, the same person has one account, and of several with one
/// address one has it.
async fn of_many_arrivals_at_once_each_has_one_account(database: Database) {
    let oidc = Upstream::start(Kind::Oidc);
    let server = start(database, "", &[("oidc", &oidc, "")]).await;
    for (same, accounts) in [(true, 1), (false, 8)] {
        let mut arriving = vec![];
        for n in 0..8 {
            let subject = if same { "same".into() } else { format!("other {n}") };
            oidc.account(Account::new(&subject).unverified(&format!("{same}@people.test")).name("Hana"));
            let browser = server.browser();
            let asked = browser.meet(&oidc, &browser.open("/login").await, "oidc").await;
            let back = browser.submit(&asked.form("upstream-allow")).await.location().unwrap();
            arriving.push((browser, back));
        }
        let before = count(&server, "users").await;
        let pages = crate::support::at_once(
            arriving.into_iter().map(|(browser, back)| async move { browser.open(back).await }),
        )
        .await;
        for page in pages {
            assert!(is_in(&page), "{page}");
        }
        assert_eq!(count(&server, "users").await - before, accounts);
        assert_eq!(count(&server, &format!("users WHERE email = '{same}@people.test'")).await, 1);
    }
}
