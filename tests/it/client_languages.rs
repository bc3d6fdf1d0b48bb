//! Names, links and logos of apps in the languages of those who read them (RFC 7591 section 2.2).
use crate::{
    administration::{Api, operator},
    support::{Answer, AppClient, Browser, Database, Server, on_each_database},
};
use reqwest::Method;
use serde_json::{Value, json};

on_each_database!(
    people_read_of_an_app_in_their_own_language,
    an_app_says_nothing_in_any_language_that_it_may_not_say_in_one,
    what_is_said_in_languages_is_kept_by_the_api_and_the_trail,
    a_manifest_has_what_is_said_in_languages,
    the_settings_name_the_language_that_is_wrong,
    the_form_of_an_app_has_the_languages_of_the_pages_and_keeps_all_others,
);

const SHOP: &str = r#"
[[clients]]
client_id = "shop"
client_name = "Flower Shop"
"client_name#ja-Jpan-JP" = "花の店"
"client_name#fr" = "Fleurs"
token_endpoint_auth_method = "none"
redirect_uris = ["https://shop.test/cb"]
tos_uri = "https://shop.test/terms"
"tos_uri#ja" = "https://shop.test/ja/terms"
policy_uri = "https://shop.test/privacy"
logo_uri = "https://shop.test/logo.png"
"logo_uri#JA" = "https://shop.test/ja/logo.png"
"#;

/// That a page names the app by this name alone.
#[track_caller]
fn names(page: &Answer, name: &str) {
    for one in ["Flower Shop", "花の店", "Fleurs"] {
        assert_eq!(page.body.contains(one), one == name, "{one}: {page}");
    }
}

async fn people_read_of_an_app_in_their_own_language(database: Database) {
    let server = Server::start(database, SHOP).await;
    let shop = server.app("shop");
    for (reader, language, name, terms, logo) in [
        ("Hana", "ja-JP, en;q=0.5", "花の店", "/ja/terms", "/ja/logo.png"),
        ("Alice", "en", "Flower Shop", "/terms", "/logo.png"),
        // There are no pages in French.
        ("Fleur", "fr", "Flower Shop", "/terms", "/logo.png"),
    ] {
        let (user, browser) = (server.user(reader), server.browser().speaking(language));
        let sign_in = browser.open(shop.authorize_url()).await;
        names(&sign_in, name);
        names(&browser.open(format!("/signup?{}", sign_in.url.query().unwrap())).await, name);
        let credentials = [("username", user.email.as_str()), ("password", user.password.as_str())];
        let consent = browser.press(&sign_in, "login-submit", &credentials).await;
        names(&consent, name);
        let has = |page: &Answer, address: &str| page.body.contains(&format!("\"https://shop.test{address}\""));
        assert!(has(&consent, terms) && has(&consent, logo) && has(&consent, "/privacy"), "{consent}");
        browser.press(&consent, "consent-allow", &[]).await;
        for page in ["/account/apps", "/account/activity", "/logout?client_id=shop"] {
            names(&browser.open(page).await, name);
        }
    }
    // What the app asks for goes before what the browser prefers.
    let mut url = shop.authorize_url();
    url.query_pairs_mut().append_pair("ui_locales", "ja");
    names(&server.browser().speaking("en").open(url).await, "花の店");
    let (_, browser) = operator(&server, "owner").await;
    names(&browser.clone().speaking("ja").open("/admin/apps").await, "花の店");
    names(&browser.speaking("en").open("/admin/apps?q=花の").await, "Flower Shop");
}

fn shop(members: &Value) -> Value {
    let mut body = json!({ "client_id": "shop", "client_name": "Shop", "redirect_uris": ["https://shop.test/cb"] });
    body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    body
}

/// `security.md` XS-05 and XS-01.
async fn an_app_says_nothing_in_any_language_that_it_may_not_say_in_one(database: Database) {
    let server = Server::start(database, "").await;
    let api = Api::of(&server, "admin");
    let long = "長".repeat(101);
    for (field, text) in [
        ("client_name#jp", json!("店")),
        ("client_name#", json!("店")),
        ("client_name#ja_JP", json!("店")),
        ("client_name#<script>", json!("店")),
        ("client_name#ja", json!("")),
        ("client_name#ja", json!("a\nb")),
        ("client_name#ja", json!("\u{1b}[31m")),
        ("client_name#ja", json!(long)),
        ("logo_uri#ja", json!("javascript:alert(1)")),
        ("client_uri#ja", json!("http://shop.test/")),
        ("policy_uri#ja", json!("data:text/html,<script>alert(1)</script>")),
        ("tos_uri#ja", json!("//shop.test/")),
    ] {
        let refused = api.post("/apps", shop(&json!({ field: text }))).await;
        assert_eq!(refused.status, 422, "{field}: {refused}");
        let errors = refused.json()["errors"].clone();
        let fields: Vec<_> = errors.as_array().unwrap().iter().map(|fault| &fault["field"]).collect();
        assert_eq!(fields, [field], "{refused}");
    }
    let twice = api.post("/apps", shop(&json!({ "client_name#ja": "一", "client_name#JA": "二" }))).await;
    assert_eq!((twice.status, &twice.json()["errors"][0]["field"]), (422, &json!("client_name#ja")), "{twice}");
    for (member, value) in [("scope#ja", json!("x")), ("client_nam#ja", json!("x")), ("client_name#ja", json!(5))] {
        assert_eq!(api.post("/apps", shop(&json!({ member: value }))).await.status, 400, "{member}");
    }

    let hostile = r#""><script>alert(1)</script><img src=x onerror=alert(1)> {{7*7}} & 店"#;
    let members = json!({ "client_name#ja": hostile, "token_endpoint_auth_method": "none" });
    let made = api.post("/apps", shop(&members)).await;
    assert_eq!(made.status, 201, "{made}");
    let (user, browser) = (server.user("Reader"), server.browser().speaking("ja"));
    let sign_in = browser.open(AppClient::new(server.http.clone(), &made.json()).authorize_url()).await;
    let credentials = [("username", user.email.as_str()), ("password", user.password.as_str())];
    let consent = browser.press(&sign_in, "login-submit", &credentials).await;
    assert!(consent.has("consent-allow"), "{consent}");
    browser.press(&consent, "consent-allow", &[]).await;
    let apps = browser.open("/account/apps").await;
    let (_, owner) = operator(&server, "owner").await;
    let owner = owner.speaking("ja");
    let (list, page) = (owner.open("/admin/apps").await, owner.open("/admin/apps/shop").await);
    let form = owner.open("/admin/apps/shop/edit").await;
    for page in [&sign_in, &consent, &apps, &list, &page, &form] {
        assert!(!page.body.contains("<script>alert") && !page.body.contains("<img src=x"), "{page}");
        assert!(page.body.contains("&#60;script&#62;alert(1)"), "{page}");
    }
    assert_eq!(form.form("app-save").fields.get("client_name#ja"), Some(hostile));
}

async fn what_is_said_in_languages_is_kept_by_the_api_and_the_trail(database: Database) {
    let server = Server::start(database, "").await;
    let api = Api::of(&server, "admin");
    let said = json!({ "client_name#ja": "店", "client_name#pt-br": "Loja", "tos_uri#ja": "https://shop.test/ja" });
    let made = api.post("/apps", shop(&said)).await;
    assert_eq!(made.status, 201, "{made}");
    let read = api.get("/apps/shop").await.ok();
    for app in [&made.json(), &read] {
        assert_eq!((&app["client_name#ja"], &app["client_name#pt-BR"]), (&json!("店"), &json!("Loja")), "{app}");
        assert_eq!(app["tos_uri#ja"], "https://shop.test/ja", "{app}");
    }
    for name in ["店", "loja", "Shop"] {
        assert_eq!(api.get(&format!("/apps?q={name}")).await.ok()["items"].as_array().unwrap().len(), 1, "{name}");
    }
    let other = json!({ "client_name#ja": "新しい店", "client_name#pt-BR": "Loja", "tos_uri#ja": null });
    let changed = api.send(Method::PUT, "/apps/shop", &shop(&other)).await;
    assert_eq!((changed.status, changed.header("etag")), (200, Some("\"2\"")), "{changed}");
    assert_eq!(api.get("/apps?q=新しい").await.ok()["items"].as_array().unwrap().len(), 1);
    let trail = api.get("/audit?client=shop").await.ok();
    let rows = trail["items"].as_array().unwrap();
    let updated = rows.iter().find(|row| row["kind"] == "client_updated").unwrap();
    assert_eq!(
        updated["details"],
        json!({
            "before": { "client_name#ja": "店", "tos_uri#ja": "https://shop.test/ja" },
            "after": { "client_name#ja": "新しい店" },
        })
    );
}

async fn a_manifest_has_what_is_said_in_languages(database: Database) {
    let server = Server::prepare(database, "").await;
    server.cli(&["apply", "-"], SHOP);
    let exported = server.cli(&["export"], "");
    for line in [
        "\"client_name#ja-Jpan-JP\" = \"花の店\"",
        "\"client_name#fr\" = \"Fleurs\"",
        "\"tos_uri#ja\" = \"https://shop.test/ja/terms\"",
        "\"logo_uri#ja\" = \"https://shop.test/ja/logo.png\"",
    ] {
        assert!(exported.contains(line), "{line}: {exported}");
    }
    let steps = |file: &str| {
        let plan: Value = serde_json::from_str(server.cli(&["plan", "-", "--json"], file).trim()).unwrap();
        plan["steps"].clone()
    };
    assert_eq!(steps(&exported), json!([]));
    let renamed = steps(&exported.replace("花の店", "花屋"));
    assert_eq!(renamed[0]["after"], json!({ "client_name#ja-Jpan-JP": "花屋" }), "{renamed}");
    let (status, out, told) = server.try_cli(&["apply", "-"], &SHOP.replace("#fr", "#français"));
    assert!(!status.success() && format!("{out}{told}").contains("client_name#français"), "{out}{told}");
}

async fn the_settings_name_the_language_that_is_wrong(database: Database) {
    let mut server = Server::prepare(database, "").await;
    for (right, wrong, told) in [
        ("#fr", "#fr-", "].client_name#fr-: after the #"),
        ("\"client_name#fr\"", "\"client_name#ja-jpan-jp\"", "it is there for this language already"),
        ("\"Fleurs\"", "7", "].client_name#fr: it must be a text in quotes (it is 7)"),
        ("https://shop.test/ja/terms", "http://shop.test/", "].tos_uri#ja: it must be a URL"),
        ("tos_uri#ja", "scope#ja", "].scope#ja: there is no such setting"),
    ] {
        assert!(SHOP.contains(right));
        server.set(&SHOP.replace(right, wrong));
        let (status, out, faults) = server.try_cli(&["check"], "");
        assert!(!status.success() && format!("{out}{faults}").contains(told), "{wrong}: {out}{faults}");
    }
    server.set(SHOP);
    assert!(server.try_cli(&["check"], "").0.success());
}

/// What a list of facts says.
fn facts(page: &Answer, place: &str) -> Vec<String> {
    let [labels, texts] = ["dt", "dd"].map(|part| page.texts(&format!("{place} {part}")));
    labels.iter().zip(&texts).map(|(label, text)| format!("{label}: {text}")).collect()
}

/// Fills the form of a new web app in.
async fn new_app(browser: &Browser, fields: &[(&str, &str)]) -> Answer {
    let form = browser.open("/admin/new-app?kind=web").await;
    let plain = [("client_id", "shop"), ("client_name", "Shop"), ("redirect_uris", "https://shop.test/cb")];
    browser.press(&form, "app-save", &[&plain[..], fields].concat()).await
}

async fn the_form_of_an_app_has_the_languages_of_the_pages_and_keeps_all_others(database: Database) {
    let server = Server::start(database, "").await;
    let (_, browser) = operator(&server, "admin").await;
    let api = Api::of(&server, "admin");
    // Each fault stands beside what it is about, and nothing that was typed is lost.
    let lines = "client_name#fr = Fleurs\r\ntos_uri#fr = http://shop.test/\r\nnonsense\r\nclient_name#JA = 二";
    let typed = [("client_name#ja", "店"), ("policy_uri#ja", "javascript:alert(1)"), ("localized", lines)];
    let page = new_app(&browser, &typed).await;
    assert_eq!((page.status, page.texts(".problem").len()), (422, 1), "{page}");
    assert!(page.texts(".problem")[0].contains("nonsense"), "{page}");
    let page = browser
        .press(&page, "app-save", &[("localized", &lines.replace("\r\nnonsense\r\nclient_name#JA = 二", ""))])
        .await;
    assert_eq!((page.status, page.texts(".problem").len()), (422, 2), "{page}");
    assert!(page.texts(".problem")[1].starts_with("tos_uri#fr: "), "{page}");
    let fields = page.form("app-save").fields;
    assert_eq!(fields.get("client_name#ja"), Some("店"));
    assert_eq!(fields.get("policy_uri#ja"), Some("javascript:alert(1)"));
    assert_eq!(fields.get("localized"), Some("client_name#fr = Fleurs\ntos_uri#fr = http://shop.test/"));
    let right = [("policy_uri#ja", ""), ("localized", "client_name#fr = Fleurs = fleuries")];
    let made = browser.press(&page, "app-save", &right).await;
    assert_eq!(made.status, 200, "{made}");
    let app = api.get("/apps/shop").await.ok();
    assert_eq!((&app["client_name#ja"], &app["client_name#fr"]), (&json!("店"), &json!("Fleurs = fleuries")), "{app}");

    // What somebody else adds by the API is kept by whoever changes something else in the form.
    let body = json!({ "client_name#ja": "店", "client_name#fr": "Fleurs", "client_name#ja-Latn": "Mise" });
    let mut body = shop(&body);
    body.as_object_mut().unwrap().remove("client_id");
    assert_eq!(api.send(Method::PUT, "/apps/shop", &body).await.status, 200);
    let form = browser.open("/admin/apps/shop/edit").await;
    assert_eq!(
        form.form("app-save").fields.get("localized"),
        Some("client_name#fr = Fleurs\nclient_name#ja-Latn = Mise")
    );
    let shown = browser.press(&form, "app-save", &[("client_name#en", "The Shop"), ("client_name#ja", "花の店")]).await;
    assert_eq!(shown.url.path(), "/admin/apps/shop", "{shown}");
    let shown = facts(&shown, "[aria-labelledby='facts']");
    for (label, name) in [("English", "The Shop"), ("Japanese", "花の店"), ("fr", "Fleurs"), ("ja-Latn", "Mise")] {
        assert!(shown.contains(&format!("Name in {label}: {name}")), "{label}: {shown:?}");
    }
    assert!(browser.clone().speaking("ja").open("/admin/apps/shop").await.body.contains("名前（日本語）"));
    // Whoever looked before is shown what there is now.
    let late = browser.press(&form, "app-save", &[("client_name#ja", "遅い店")]).await;
    assert_eq!(late.status, 409, "{late}");
    assert_eq!(facts(&late, "#meanwhile"), ["Name in English: The Shop", "Name in Japanese: 花の店"], "{late}");
    assert_eq!(late.form("app-save").fields.get("client_name#ja"), Some("遅い店"));
}
