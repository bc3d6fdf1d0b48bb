//! What is wrong with what somebody typed is said in the language that they read.
use super::operator;
use crate::support::{Answer, Browser, Database, Server, on_each_database};

on_each_database!(forms_tell_faults_in_japanese, what_checking_a_provider_finds_is_told_in_japanese);

/// All that the page says is wrong, each of which must be Japanese.
fn problems(page: &Answer) -> Vec<String> {
    assert_eq!(page.status, 422, "{page}");
    let told = [page.texts(".problem"), page.texts(".note-error")].concat();
    assert!(told.iter().all(|text| is_japanese(text)), "{told:#?}");
    told
}

/// Whether a text has Japanese in it, and no four words of English one after another.
fn is_japanese(text: &str) -> bool {
    let words: Vec<_> = text.split_whitespace().collect();
    let is_word = |word: &&str| word.bytes().all(|c| c.is_ascii_lowercase());
    let english = words.windows(4).any(|four| four.iter().all(is_word));
    !english && text.chars().any(|c| ('ぁ'..='ん').contains(&c))
}

async fn faults(browser: &Browser, path: &str, button: &str, fields: &[(&str, &str)]) -> Vec<String> {
    problems(&browser.press(&browser.open(path).await, button, fields).await)
}

async fn forms_tell_faults_in_japanese(database: Database) {
    let server = Server::start(database, "").await;
    let (_, browser) = operator(&server, "owner").await;
    let browser = browser.speaking("ja");
    for (kind, fields, count) in [
        (
            "web",
            vec![
                ("client_id", "a:b"),
                ("client_name", ""),
                ("scope", "a\\b"),
                ("redirect_uris", "x https://a.test/# https://*.a.test/ https://a.test/../b x:/cb http://a.test/"),
                ("logo_uri", "http://a.test/"),
                ("access_token_lifetime", "1"),
                ("ios_app_ids", "x"),
                ("android_apps", "x"),
            ],
            14,
        ),
        ("native", vec![("client_name", "App"), ("redirect_uris", ""), ("refresh_token_lifetime", "soon")], 1),
        ("machine", vec![("client_name", "Job"), ("grant.client_credentials", "")], 1),
    ] {
        let told = faults(&browser, &format!("/admin/new-app?kind={kind}"), "app-save", &fields).await;
        assert!(told.len() >= count, "{kind}: {told:#?}");
    }
    for (group, fields, count) in [
        (
            "branding",
            vec![("instance.name", "\u{2066}"), ("instance.accent", "#ffcc00"), ("instance.logo_uri", "x")],
            2,
        ),
        ("sign-up", vec![("registration.allowed_domains", "not a domain"), ("registration.sign_up", "x")], 2),
        ("sign-in", vec![("sessions.idle", "9999999"), ("passwords.min_strength", "9")], 2),
        ("tokens", vec![("tokens.access_token", "soon"), ("tokens.refresh_retry", "61")], 2),
        ("mail", vec![("mail.smtp_url", "ftp://x"), ("mail.from", "x"), ("mail.footer", "x".repeat(301).as_str())], 3),
    ] {
        let told = faults(&browser, &format!("/admin/settings/{group}"), "settings-save", &fields).await;
        assert!(told.len() >= count, "{group}: {told:#?}");
    }
    for (kind, fields, count) in [
        ("oidc", vec![("issuer", ""), ("claims", "sub = id"), ("token_clients", "web")], 3),
        ("apple", vec![("client_id", "id"), ("team_id", ""), ("private_key", "x"), ("android_packages", "x")], 3),
        ("microsoft", vec![("tenant", "x"), ("allowed_tenants", "y"), ("authorization_params", "state = 1")], 3),
        ("oauth2", vec![("token_endpoint", "x"), ("order", "first"), ("claims", "x = /a")], 3),
        ("google", vec![("name", "Not A Name"), ("client_id", "id"), ("client_secret", "secret")], 1),
    ] {
        let told = faults(&browser, &format!("/admin/add-provider?kind={kind}"), "provider-save", &fields).await;
        assert!(told.len() >= count, "{kind}: {told:#?}");
    }
}

async fn what_checking_a_provider_finds_is_told_in_japanese(database: Database) {
    let server = Server::start(database, "").await;
    let (_, browser) = operator(&server, "owner").await;
    let browser = browser.speaking("ja");
    let form = browser.open("/admin/add-provider?kind=oidc").await;
    let fields = [("name", "far"), ("issuer", "https://127.0.0.1:9"), ("client_id", "a"), ("client_secret", "b")];
    let page = browser.press(&form, "provider-save", &fields).await;
    assert_eq!(page.url.path(), "/admin/providers/far", "{page}");
    let page = browser.press(&page, "provider-check", &[]).await;
    let found = page.texts("#provider-checked dd");
    assert!(found.len() == 3 && found.iter().all(|text| is_japanese(text)), "{found:#?}");
}
