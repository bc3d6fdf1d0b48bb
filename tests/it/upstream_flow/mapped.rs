//! Claims that an OpenID provider has in places of its own.
use crate::{
    linking::{come, is_in, start, who},
    support::{Account, Database, Endpoint, Kind, Part, Upstream, on_each_database},
};
use serde_json::{Value, json};

on_each_database!(claims_are_taken_from_where_the_settings_say);

const PLACES: &str = "claims = { name = '/displayName', email = '/mails/0', email_verified = '/mails_checked', \
                      picture = '/photos/large', nickname = '/displayName' }";

/// Somebody whom a provider describes in words of its own, beside standard ones that are not to be read.
fn hana(subject: &str) -> Account {
    Account::new(subject)
        .email(&format!("{subject}.wrong@people.test"))
        .name("Wrong")
        .with("displayName", "Hana Yamada")
        .with("mails", json!([format!("{subject}@people.test")]))
        .with("mails_checked", true)
        .with("photos", json!({ "large": "https://idp.test/hana.png" }))
        .with("given_name", "Hana")
}

/// In the ID token or, where that says too little, at userinfo.
async fn claims_are_taken_from_where_the_settings_say(database: Database) {
    let oidc = Upstream::start(Kind::Oidc);
    let server = start(database, "", &[("oidc", &oidc, PLACES), ("plain", &oidc, "")]).await;
    let told = async |name: &str, account: Account| {
        oidc.account(account);
        let browser = server.browser();
        let page = come(&browser, &oidc, name).await;
        assert!(is_in(&page), "{page}");
        who(&server, &browser).await
    };
    for (subject, asked) in [("token", 0), ("userinfo", 1), ("both", 2)] {
        if subject == "userinfo" {
            for claim in ["displayName", "mails", "mails_checked", "photos"] {
                oidc.omit(Part::IdToken, claim);
            }
        }
        if subject == "both" {
            oidc.undo(Part::IdToken);
            oidc.omit(Part::IdToken, "photos");
        }
        let told = told("oidc", hana(subject)).await;
        for (claim, expected) in [
            ("name", json!("Hana Yamada")),
            ("nickname", json!("Hana Yamada")),
            ("given_name", json!("Hana")),
            ("email", json!(format!("{subject}@people.test"))),
            ("email_verified", json!(true)),
            ("picture", json!("https://idp.test/hana.png")),
        ] {
            assert_eq!(told[claim], expected, "{subject} {claim}");
        }
        assert_eq!(oidc.count(Endpoint::Userinfo), asked, "{subject}");
    }
    oidc.undo(Part::IdToken);
    // What is not where it is said to be is nowhere.
    let silent = Account::new("silent").email("silent@people.test").with("displayName", "Hana");
    let silent = told("oidc", silent).await;
    assert_eq!((&silent["name"], silent.get("email")), (&json!("Hana"), None::<&Value>));
    // An address of the token is verified by what the token says of it alone.
    oidc.omit(Part::IdToken, "mails_checked");
    assert_eq!(told("oidc", hana("unchecked")).await["email_verified"], false);
    oidc.undo(Part::IdToken);
    // Another provider is read as ever.
    assert_eq!(told("plain", hana("plain")).await["name"], "Wrong");
}
