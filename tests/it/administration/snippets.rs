//! The code that an app's page gives to copy: run as it stands there, or, where no interpreter is at hand, looked at.
use super::operator;
use crate::support::{Answer, Browser, Database, Script, Server, free_port, on_each_database};
use serde_json::{Value, json};

on_each_database!(
    code_for_web_apps_and_pages_signs_people_in,
    python_code_signs_people_in_and_gets_tokens,
    other_code_names_what_is_registered,
);

async fn made(browser: &Browser, kind: &str, fields: &[(&str, &str)]) -> Answer {
    let form = browser.open(format!("/admin/new-app?kind={kind}")).await;
    let page = browser.press(&form, "app-save", &[fields, &[("client_name", kind)]].concat()).await;
    assert_eq!(page.status, 200, "{page}");
    page
}

/// The value of a variable in what is to be set in the environment.
fn variable(page: &Answer, name: &str) -> String {
    let all = page.text_of("snippet-env").unwrap();
    let line = all.lines().find_map(|line| line.trim().strip_prefix(&format!("{name}="))).expect("the variable");
    line.trim_matches('\'').to_owned()
}

async fn code_for_web_apps_and_pages_signs_people_in(database: Database) {
    let server = Server::start(database, "").await;
    let (_, browser) = operator(&server, "owner").await;
    let alice = server.user("Alice");
    let place = "http://127.0.0.1:4711/cb";
    let web = made(&browser, "web", &[("client_id", "copied"), ("redirect_uris", place)]).await;
    let spa = made(&browser, "spa", &[("client_id", "copied-spa"), ("redirect_uris", place)]).await;
    let mut script = Script::node("snippets.mjs").with("ISSUER", &server.issuer).with("SUB", &alice.sub);
    script = script.with("EMAIL", &alice.email).with("PASSWORD", &alice.password);
    for name in ["OIDC_ISSUER", "OIDC_CLIENT_ID"] {
        script = script.with(name, variable(&web, name));
    }
    script = script.with("OIDC_CLIENT_SECRET", web.text_of("app-secret").unwrap());
    // Apps that sign, by the key of RFC 7515 appendix A.3.
    let (x, y) = ("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
    let mut key = json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": "a3", "alg": "ES256" });
    let keys = json!({ "keys": [key] }).to_string();
    let signs = [("token_endpoint_auth_method", "private_key_jwt"), ("jwks", keys.as_str())];
    let signer = [&signs[..], &[("client_id", "signer"), ("redirect_uris", place)]].concat();
    let signer = made(&browser, "web", &signer).await;
    let machine = made(&browser, "machine", &[&signs[..], &[("client_id", "robot"), ("scope", "api")]].concat()).await;
    for page in [&signer, &machine] {
        assert!(!page.has("app-secret") && !page.text_of("snippet-env").unwrap().contains("SECRET"), "{page}");
    }
    key["d"] = "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI".into();
    script = script.with("OIDC_PRIVATE_KEY", key.to_string());
    script = script.with("SIGNER", signer.text_of("snippet-web").unwrap()).with("SIGNER_ID", "signer");
    script = script.with("MACHINE", machine.text_of("snippet-machine").unwrap()).with("MACHINE_ID", "robot");
    script = script.with("WEB", web.text_of("snippet-web").unwrap());
    script.with("SPA", spa.text_of("snippet-spa").unwrap()).succeeds().await;
}

async fn python_code_signs_people_in_and_gets_tokens(database: Database) {
    let server = Server::start(database, "").await;
    let (_, browser) = operator(&server, "owner").await;
    let alice = server.user("Alice");
    let home = format!("http://127.0.0.1:{}", free_port());
    let place = format!("{home}/signed-in/here");
    let flask = made(&browser, "web", &[("client_id", "flask"), ("redirect_uris", &place)]).await;
    let machine = made(&browser, "machine", &[("client_id", "machine")]).await;
    let script = |page: &Answer, name: &str, snippet: &str| {
        let mut script = Script::python("snippets.py").with(name, page.text_of(snippet).unwrap());
        for name in ["OIDC_ISSUER", "OIDC_CLIENT_ID"] {
            script = script.with(name, variable(page, name));
        }
        script.with("OIDC_CLIENT_SECRET", page.text_of("app-secret").unwrap())
    };
    let signs_in = script(&flask, "FLASK", "snippet-flask").with("HOME_OF_APP", &home).with("SUB", &alice.sub);
    signs_in.with("EMAIL", &alice.email).with("PASSWORD", &alice.password).succeeds().await;
    script(&machine, "PYTHON", "snippet-python").succeeds().await;
}

async fn other_code_names_what_is_registered(database: Database) {
    let server = Server::start(database, "").await;
    let (_, browser) = operator(&server, "owner").await;
    let place = "com.example.copied:/cb";
    let fields = [("client_id", "phone"), ("redirect_uris", place), ("scope", "openid email offline_access")];
    let page = made(&browser, "native", &fields).await;
    let code = page.text_of("snippet-flutter").unwrap();
    let quoted = ["'phone'", &format!("r'{place}'"), &format!("issuer: '{}'", server.issuer)].map(ToOwned::to_owned);
    for wanted in quoted {
        assert!(code.contains(&wanted), "{wanted}: {code}");
    }
    let scopes = code.split("scopes: r'").nth(1).and_then(|rest| rest.split('\'').next()).unwrap();
    let mut scopes: Vec<_> = scopes.split(' ').collect();
    scopes.sort_unstable();
    assert_eq!(scopes, ["email", "offline_access", "openid"]);
    assert!(code.contains("allowInsecureConnections: true"), "the issuer of this test is http: {code}");

    let page = made(&browser, "agent", &[("client_id", "tool"), ("redirect_uris", "http://127.0.0.1/cb")]).await;
    let metadata: Value = serde_json::from_str(&page.text_of("snippet-mcp-metadata").unwrap()).unwrap();
    assert_eq!(metadata["authorization_servers"], json!([server.issuer]));
    let address = page.text_of("snippet-discovery").unwrap();
    let found = server.http.get(address.strip_prefix(&server.issuer).expect("it is of this issuer")).await;
    assert_eq!(found.json()["issuer"], server.issuer.as_str());
    for (name, value) in [("OIDC_ISSUER", server.issuer.as_str()), ("OIDC_CLIENT_ID", "tool")] {
        assert_eq!(variable(&page, name), value);
    }
}
