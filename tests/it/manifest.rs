//! Configuration as code: `genkan export`, `plan` and `apply`.
use crate::support::{Database, Server, basic, eventually, on_each_database, refresh_grant};
use serde_json::{Value, json};

on_each_database!(
    an_export_changes_nothing_here_and_makes_the_same_elsewhere,
    a_running_server_follows_what_is_applied,
    a_file_with_one_fault_changes_nothing,
    what_the_file_does_not_name_goes_with_prune_alone,
    a_secret_is_taken_from_where_the_file_says_and_shown_nowhere,
    of_two_that_apply_at_once_none_does_half,
    a_trail_that_a_command_begins_holds,
);

/// The secrets of `fill`, by the names that `export` gives their variables.
const SECRETS: [(&str, &str); 3] = [
    ("CLIENT_SHOP_SECRET", "a-secret-of-the-shop-that-is-long"),
    ("PROVIDER_GOOGLE_CLIENT_SECRET", "google-gave-us-this"),
    ("MAIL_SMTP_URL", "smtps://genkan:mail-password@mail.test"),
];

const FILE: &str = r##"
[instance]
name = "Maison Hana"
accent = "#5b21b6"

[mail]
from = "Hana <hana@people.test>"
smtp_url_env = "MAIL_SMTP_URL"

[tokens]
access_token = 600

[[groups]]
name = "staff"
description = "Everybody who works here"

[[roles]]
name = "editor"

[providers.google]
client_id = "google-client"
client_secret_env = "PROVIDER_GOOGLE_CLIENT_SECRET"
hosted_domains = ["hana.test"]

[[clients]]
client_id = "shop"
client_name = "Shop"
client_secret_env = "CLIENT_SHOP_SECRET"
redirect_uris = ["https://shop.test/callback"]
post_logout_redirect_uris = ["https://shop.test/"]
scope = "openid email groups roles"
access_token_lifetime = 900
skip_consent = true

[[clients]]
client_id = "phone"
client_name = "Phone"
token_endpoint_auth_method = "none"
redirect_uris = ["test.hana.phone:/callback"]
allowed_providers = ["google", "local"]
"##;

/// Runs a command with the secrets; fails unless it succeeds.
#[track_caller]
fn run(server: &Server, arguments: &[&str], stdin: &str) -> String {
    let (status, out, told) = server.try_cli_with(&SECRETS, arguments, stdin);
    assert!(status.success(), "{arguments:?} ended with {status}\n{out}\n{told}");
    out
}

/// What a plan has to say, `KIND NAME` by what is done.
fn planned(server: &Server, arguments: &[&str], file: &str) -> (Vec<String>, Value) {
    let plan = run(server, &[&["plan", "-", "--json"], arguments].concat(), file);
    let plan: Value = serde_json::from_str(plan.trim()).unwrap();
    let line = |step: &Value| {
        let word = |name: &str| step[name].as_str().unwrap().to_owned();
        format!("{} {} {}", word("action"), word("kind"), word("name"))
    };
    (plan["steps"].as_array().unwrap().iter().map(line).collect(), plan)
}

fn without_comments(text: &str) -> String {
    text.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n")
}

async fn an_export_changes_nothing_here_and_makes_the_same_elsewhere(database: Database) {
    let here = Server::prepare(database, "").await;
    let (steps, _) = planned(&here, &[], FILE);
    assert_eq!(
        steps,
        [
            "change setting instance.accent",
            "change setting instance.name",
            "change setting mail.from",
            "change setting mail.smtp_url",
            "change setting tokens.access_token",
            "add group staff",
            "add role editor",
            "add provider google",
            "add client phone",
            "add client shop",
        ]
    );
    let told = run(&here, &["apply", "-"], FILE);
    assert!(told.contains("5 to add, 5 to change, 0 to remove."), "{told}");

    let text = here.cli(&["export"], "");
    for (variable, secret) in SECRETS {
        assert!(text.contains(variable) && !text.contains(secret), "{variable}: {text}");
    }
    // Those of the settings file are said to be there, and are not repeated.
    assert!(
        text.contains("# The settings file has, and rules: clients") && !text.contains("client_id = \"web\""),
        "{text}"
    );
    // Nothing is to be done, with the secrets and without them; whoever looks for a difference is told by the code.
    let (status, out, _) = here.try_cli(&["plan", "-", "--prune", "--exit-code"], &text);
    assert!(
        status.success() && out.contains("Nothing to do") && out.contains("CLIENT_SHOP_SECRET is not set"),
        "{out}"
    );
    assert_eq!(planned(&here, &["--prune"], &text).0, Vec::<String>::new());
    let other = text.replace("\"Shop\"", "\"The shop\"");
    let (status, out, _) = here.try_cli(&["plan", "-", "--exit-code"], &other);
    assert!(status.code() == Some(2) && out.contains("client_name: \"Shop\" -> \"The shop\""), "{status} {out}");

    let there = Server::prepare(database, "").await;
    let (status, _, told) = there.try_cli(&["plan", "-"], &text);
    assert!(!status.success() && told.contains("CLIENT_SHOP_SECRET is not set, and there is no secret yet"), "{told}");
    run(&there, &["apply", "-"], &text);
    assert_eq!(without_comments(&there.cli(&["export"], "")), without_comments(&text));
    let file = there.folder().join("instance.toml");
    there.cli(&["export", file.to_str().unwrap()], "");
    assert_eq!(without_comments(&std::fs::read_to_string(file).unwrap()), without_comments(&text));
}

async fn a_running_server_follows_what_is_applied(database: Database) {
    let server = Server::start(database, "").await;
    let other = server.start_another("").await;
    run(&server, &["apply", "-"], FILE);
    for node in [&server, &other] {
        eventually("the page has the name and the button", async || {
            let page = node.browser().open("/login").await;
            (page.body.contains("Maison Hana") && page.has("login-with-google")).then_some(())
        })
        .await;
        let body = refresh_grant(&json!({ "refresh_token": "none" }));
        let secret = SECRETS[0].1;
        eventually("the app is known", async || {
            let answer = node.http.post("/token", &body, basic("shop", secret)).await;
            (answer.json()["error"] == "invalid_grant").then_some(())
        })
        .await;
    }
}

async fn a_file_with_one_fault_changes_nothing(database: Database) {
    let server = Server::prepare(database, "[instance]\nname = 'Of the file'").await;
    let before = server.cli(&["export"], "");
    for (from, to, why) in [
        ("accent = \"#5b21b6\"", "accent = \"blue\"", "instance.accent: "),
        ("[tokens]", "[server]", "server: it is set at the start"),
        ("access_token = 600", "acces_token = 600", "did you mean tokens.access_token?"),
        ("name = \"Maison Hana\"", "name = \"Another\"", "instance.name: the settings file sets it, and rules"),
        ("https://shop.test/callback", "http://shop.test/callback", "clients.shop.redirect_uris: "),
        ("client_id = \"shop\"", "client_id = \"web\"", "clients.web: The settings file registers this app"),
        ("client_id = \"phone\"", "client_id = \"shop\"", "clients[1].client_id: another one has the same"),
        ("hosted_domains", "hosted_domain", "did you mean providers.google.hosted_domains?"),
        ("name = \"staff\"", "name = \" \"", "groups. .name: "),
        ("name = \"editor\"", "nam = \"editor\"", "roles[0].name: it is missing"),
        ("smtp_url_env = \"MAIL_SMTP_URL\"", "smtp_url_file = \"/nowhere/at/all\"", "mail.smtp_url_file: "),
        ("smtp_url_env", "smtp_url = \"smtps://a:hush@b.test\"\nsmtp_url_env", "give one of smtp_url, smtp_url_env"),
        ("[instance]", "[instance", "is not TOML"),
    ] {
        assert!(FILE.contains(from), "{from}");
        let mut file = FILE.replacen(from, to, 1);
        if !to.contains("Another") {
            // The settings file rules that one.
            file = file.replace("name = \"Maison Hana\"", "");
        }
        let (status, out, told) = server.try_cli_with(&SECRETS, &["apply", "-"], &file);
        assert!(!status.success() && told.contains(why) && out.is_empty(), "{why}: {out} {told}");
        assert!(!told.contains("hush"), "{told}");
        assert_eq!(server.cli(&["export"], ""), before, "{why}");
    }
    // What the settings file says as well is no fault.
    run(&server, &["apply", "-"], &FILE.replace("Maison Hana", "Of the file"));
}

async fn what_the_file_does_not_name_goes_with_prune_alone(database: Database) {
    let server = Server::start(database, "").await;
    run(&server, &["apply", "-"], FILE);
    let rest = "[instance]\nname = \"Maison Hana\"\n[[roles]]\nname = \"editor\"\n";
    let (steps, plan) = planned(&server, &[], rest);
    assert!(steps.is_empty() && plan["unlisted"].as_array().unwrap().len() == 8, "{plan}");
    let told = run(&server, &["apply", "-"], rest);
    assert!(told.contains("client shop is not in the file, and stays"), "{told}");
    assert!(server.cli(&["client", "list"], "").contains("shop"));
    let (steps, _) = planned(&server, &["--prune"], rest);
    assert_eq!(
        steps,
        [
            "change setting instance.accent",
            "change setting mail.from",
            "change setting mail.smtp_url",
            "change setting tokens.access_token",
            "remove group staff",
            "remove provider google",
            "remove client phone",
            "remove client shop",
        ]
    );
    run(&server, &["apply", "-", "--prune"], rest);
    let text = server.cli(&["export"], "");
    assert_eq!(without_comments(&text).trim(), "[instance]\nname = \"Maison Hana\"\n\n[[roles]]\nname = \"editor\"");
    // The apps of the settings file are nobody's to prune.
    let left = server.cli(&["client", "list"], "");
    assert!(left.contains("web") && !left.contains("shop"), "{left}");
}

async fn a_secret_is_taken_from_where_the_file_says_and_shown_nowhere(database: Database) {
    let server = Server::start(database, "").await;
    run(&server, &["apply", "-"], FILE);
    let (place, second) = (server.folder().join("secret"), "another-secret-of-the-shop");
    std::fs::write(&place, format!("{second}\n")).unwrap();
    let file = FILE.replace("client_secret_env = \"CLIENT_SHOP_SECRET\"", "client_secret_file = \"secret\"");
    let (steps, plan) = planned(&server, &[], &file);
    assert_eq!(steps, ["change client shop"]);
    assert_eq!(plan["steps"][0]["after"], json!({ "client_secret": "changed" }));
    run(&server, &["apply", "-"], &file);
    let asks = async |secret: &str| {
        let body = refresh_grant(&json!({ "refresh_token": "none" }));
        server.http.post("/token", &body, basic("shop", secret)).await.json()["error"].clone()
    };
    eventually("the new secret is good", async || (asks(second).await == "invalid_grant").then_some(())).await;
    assert_eq!(asks(SECRETS[0].1).await, "invalid_client");

    let trail = server.cli(&["audit", "export"], "");
    let kinds: Vec<Value> = trail.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).collect();
    let of = |kind: &str| kinds.iter().filter(|event| event["kind"] == kind).count();
    assert_eq!((of("configuration_applied"), of("client_created"), of("settings_changed")), (2, 2, 1), "{trail}");
    assert_eq!((of("client_updated"), of("provider_saved"), of("group_created")), (1, 1, 2), "{trail}");
    server.cli(&["audit", "verify"], "");
    let rows = server.rows().await.join("\n");
    for secret in SECRETS.iter().map(|(_, secret)| *secret).chain([second]) {
        assert!(!trail.contains(secret) && !rows.contains(secret), "{secret}");
    }
}

async fn of_two_that_apply_at_once_none_does_half(database: Database) {
    let server = Server::prepare(database, "").await;
    run(&server, &["apply", "-"], FILE);
    let one = |n: usize| {
        let name = format!("Shop {n}");
        let file = FILE.replace("\"Shop\"", &format!("{name:?}")).replace("Maison Hana", &name);
        (name, file)
    };
    for round in 0..3 {
        let outcomes: Vec<_> = std::thread::scope(|scope| {
            let apply = |n: usize| {
                let (server, (name, file)) = (&server, one(round * 4 + n));
                scope.spawn(move || (server.try_cli_with(&SECRETS, &["apply", "-"], &file), name))
            };
            let running: Vec<_> = (0..4).map(apply).collect();
            running.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(outcomes.iter().any(|((status, ..), _)| status.success()), "{outcomes:?}");
        for ((status, _, told), _) in &outcomes {
            assert!(status.success() || told.contains("nothing was applied; plan anew"), "{told}");
        }
        let text = server.cli(&["export"], "");
        let whole = |name: &str| text.matches(&format!("\"{name}\"")).count() == 2;
        assert!(outcomes.iter().any(|((status, ..), name)| status.success() && whole(name)), "{text} {outcomes:?}");
    }
}

/// The first change of an instance may be a command's, before any server has run.
async fn a_trail_that_a_command_begins_holds(database: Database) {
    let mut server = Server::prepare(database, "").await;
    server.cli(&["settings", "set", "instance.name", "Hana"], "");
    server.cli(&["audit", "verify"], "");
    server.restart().await;
    server.cli(&["settings", "set", "instance.name", "Hana 2"], "");
    server.cli(&["audit", "verify"], "");
}
