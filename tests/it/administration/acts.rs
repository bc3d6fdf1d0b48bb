//! What is done to people one thing at a time, what commands do, and that all of it is written down.
use super::{Api, operator};
use crate::support::{AppClient, Database, Inbox, Server, User, at_once, eventually, on_each_database};
use reqwest::Method;
use serde_json::{Value, json};

on_each_database!(
    what_commands_do_is_written_down,
    one_way_in_is_taken_away,
    nobody_takes_what_is_another_persons,
    whoever_is_refused_is_written_down,
    of_two_who_go_at_once_one_stays,
    a_token_ends_with_the_role,
);

/// The latest event of a kind.
async fn latest(api: &Api<'_>, kind: &str) -> Value {
    api.get(&format!("/audit?kind={kind}&limit=1")).await.ok()["items"][0].clone()
}

/// `security.md` LG-01: every change, and no secret.
async fn what_commands_do_is_written_down(database: Database) {
    let server = Server::start(database, "").await;
    let api = Api::of(&server, "auditor");
    let alice = server.user("Alice");
    let made = latest(&api, "user_created").await;
    assert_eq!((&made["actor"], &made["user"]), (&json!("command"), &json!(alice.sub)), "{made}");
    assert_eq!(made["details"]["after"]["known"]["email"], alice.email.as_str(), "{made}");

    let file = server.folder().join("people.jsonl");
    let line = json!({ "email": "kenji@people.test", "password": "correct horse battery",
        "identities": [{ "provider": "google", "subject": "g1" }] });
    std::fs::write(&file, format!("{line}\n{line}\n")).unwrap();
    let (status, imported, _) = server.try_cli(&["user", "import", file.to_str().unwrap()], "");
    assert!(!status.success());
    let sub = serde_json::from_str::<Value>(imported.trim()).unwrap()["sub"].clone();
    // One event for the account that was made, none for the one that was not.
    let made = api.get("/audit?kind=user_created").await.ok()["items"].clone();
    assert_eq!((made.as_array().unwrap().len(), &made[0]["user"]), (2, &sub), "{made}");
    assert_eq!(made[0]["details"]["after"]["identities"][0]["subject"], "g1", "{made}");

    server.cli(&["user", "invite", "--email", "yuki@people.test", "--admin"], "");
    let invited = latest(&api, "user_invited").await;
    let after = json!({ "email": "yuki@people.test", "mailed": false, "role": "admin" });
    assert_eq!((&invited["actor"], &invited["details"]["after"]), (&json!("command"), &after), "{invited}");

    server.cli(&["user", "change-email", &alice.email, "new@people.test"], "");
    let changed = latest(&api, "user_updated").await;
    let (before, after) = (&changed["details"]["before"]["email"], &changed["details"]["after"]["email"]);
    assert_eq!((before, after), (&json!(alice.email), &json!("new@people.test")), "{changed}");

    for (column, kind) in [("frozen_at", "unfrozen"), ("delete_at", "deletion_cancelled")] {
        server.sql(&format!("UPDATE users SET {column} = 9000000000 WHERE id = '{}'", alice.sub)).await;
        server.cli(&["user", "unfreeze", "new@people.test"], "");
        let back = latest(&api, kind).await;
        assert_eq!((&back["actor"], &back["user"]), (&json!("command"), &json!(alice.sub)), "{back}");
    }
    passkey(&server, "p1", &alice).await;
    server.sql(&format!("UPDATE users SET role = 'owner' WHERE id = '{}'", alice.sub)).await;
    // The last who rules is helped in again, too, by whoever works on the machine.
    server.cli(&["user", "reset-second-factor", "new@people.test"], "");
    let taken = latest(&api, "factors_removed").await;
    assert_eq!(taken["details"]["before"], json!({ "second_step": false, "passkeys": ["p1"] }), "{taken}");
    let trail = server.texts("SELECT coalesce(details, '') FROM audit").await.join("\n");
    assert!(!trail.contains(&alice.password) && !trail.contains("correct horse"), "{trail}");
}

async fn passkey(server: &Server, id: &str, user: &User) {
    let row = format!("'{id}', '{}', 'credential-{id}', '{{}}', 0, '{id}', 1", user.sub);
    let columns = "id, user_id, credential_id, credential, counter, name, created_at";
    server.sql(&format!("INSERT INTO passkeys ({columns}) VALUES ({row})")).await;
}

async fn identity(server: &Server, id: &str, user: &User) {
    let row = format!("'{id}', 'google', 'subject-{id}', '{}', '{{}}', 1, 1", user.sub);
    let columns = "id, provider, subject, user_id, said, created_at, seen_at";
    server.sql(&format!("INSERT INTO identities ({columns}) VALUES ({row})")).await;
}

async fn one_way_in_is_taken_away(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    let (alice, browser) = (server.user("Alice"), server.browser());
    browser.proceed(browser.open("/account").await, &alice).await;
    for id in ["i1", "i2"] {
        identity(&server, id, &alice).await;
    }
    for id in ["p1", "p2"] {
        passkey(&server, id, &alice).await;
    }
    let (_, admin) = operator(&server, "admin").await;
    let api = Api::of(&server, "support");
    let path = format!("/admin/users/{}", alice.sub);
    let page = admin.open(&path).await;
    let page = admin.press(&page, "unlink-1", &[]).await;
    assert!(page.status == 200 && !page.body.contains("subject-i1") && page.body.contains("subject-i2"), "{page}");
    let unlinked = latest(&api_of_auditor(&server), "identity_unlinked").await;
    assert_eq!((&unlinked["user"], &unlinked["object"]), (&json!(alice.sub), &json!("identity:i1")), "{unlinked}");
    assert_eq!(unlinked["details"]["before"]["subject"], "subject-i1", "{unlinked}");
    // What began otherwise goes on.
    assert_eq!(browser.get("/account").await.status, 200);
    let page = admin.press(&page, "remove-passkey-1", &[]).await;
    assert!(!page.body.contains("value=\"p1\"") && page.body.contains("value=\"p2\""), "{page}");
    assert_eq!(browser.get("/account").await.status, 303, "whoever has found it may be in");

    let whose = format!("/users/{}", alice.sub);
    let delete = async |part: &str| api.send(Method::DELETE, &format!("{whose}/{part}"), &Value::Null).await;
    assert_eq!(delete("identities/i2").await.status, 204);
    assert_eq!(delete("identities/i2").await.status, 404);
    assert_eq!(delete("passkeys/p2").await.status, 204);
    assert_eq!(delete("second-step").await.status, 409);
    for subject in ["An account elsewhere was removed", "A passkey was removed"] {
        let told = async || inbox.all().iter().filter(|mail| mail.subject == subject).count() == 2;
        eventually("they are told", async || told().await.then_some(())).await;
    }
    let taken = latest(&api_of_auditor(&server), "passkey_removed").await;
    assert_eq!(
        (&taken["object"], &taken["details"]["before"]["name"]),
        (&json!("passkey:p2"), &json!("p2")),
        "{taken}"
    );

    // Without a password, by what they have last they get in.
    server.sql(&format!("DELETE FROM passwords WHERE user_id = '{}'", alice.sub)).await;
    passkey(&server, "p3", &alice).await;
    let refused = delete("passkeys/p3").await;
    assert_eq!(refused.status, 409, "{refused}");
    let page = admin.open(&path).await;
    let page = admin.press(&page, "remove-passkey-1", &[]).await;
    assert!(page.status == 409 && page.has("refused"), "{page}");
    server.sql(&format!("INSERT INTO two_step (user_id, since) VALUES ('{}', 1)", alice.sub)).await;
    assert_eq!(delete("second-step").await.status, 204);
    assert_eq!(server.texts("SELECT id FROM passkeys").await, ["p3"]);
}

fn api_of_auditor(server: &Server) -> Api<'_> {
    Api::of(server, "auditor")
}

/// `security.md` AD-03 and AD-02.
async fn nobody_takes_what_is_another_persons(database: Database) {
    let server = Server::start(database, "").await;
    let (alice, bob) = (server.user("Alice"), server.user("Bob"));
    let (owner, _) = operator(&server, "owner").await;
    let api = Api::of(&server, "support");
    identity(&server, "bobs", &bob).await;
    passkey(&server, "bobs", &bob).await;
    identity(&server, "owners", &owner).await;
    for part in ["identities", "passkeys"] {
        for id in ["bobs", "none", "%00"] {
            let path = format!("/users/{}/{part}/{id}", alice.sub);
            assert_eq!(api.send(Method::DELETE, &path, &Value::Null).await.status, 404, "{path}");
        }
        let path = format!("/users/{}/{part}/owners", owner.sub);
        assert_eq!(api.send(Method::DELETE, &path, &Value::Null).await.status, 403, "{path}");
    }
    let left = server.texts("SELECT id FROM identities UNION ALL SELECT id FROM passkeys").await;
    assert_eq!(left.len(), 3);
}

async fn whoever_is_refused_is_written_down(database: Database) {
    let settings = "registration.verify_email = false\nregistration.blocked_domains = ['evil.test']";
    let server = Server::start(database, settings).await;
    let (alice, api) = (server.user("Alice"), Api::of(&server, "auditor"));
    for (email, reason) in [(alice.email.as_str(), "taken"), ("eve@evil.test", "domain")] {
        let browser = server.browser();
        let fields = [("name", "Eve"), ("email", email), ("password", "a long enough phrase 7")];
        let page = browser.press(&browser.open("/signup").await, "signup-submit", &fields).await;
        assert_eq!(page.status, 422, "{page}");
        eventually("it is written down", async || {
            let refused = latest(&api, "sign_up_refused").await;
            (refused["details"]["reason"] == reason && refused["actor"] == "anybody").then_some(())
        })
        .await;
    }
    let printed: Value = serde_json::from_str(&server.cli(&["user", "invite", "--admin"], "")).unwrap();
    let browser = server.browser();
    let page = browser.open(printed["link"].as_str().unwrap()).await;
    let fields = [("name", "Hana"), ("email", "hana@people.test"), ("password", "a long enough phrase 7")];
    assert_eq!(browser.press(&page, "signup-submit", &fields).await.url.path(), "/account");
    let used = latest(&api, "invitation_used").await;
    let expected = json!({ "invited_by": "command", "mailed": false, "role": "admin" });
    assert_eq!((&used["details"], used["user"].is_string()), (&expected, true), "{used}");
    assert_eq!(latest(&api, "signed_up").await["user"], used["user"]);

    // A code from a mail that is not right is the owner's to know.
    let browser = server.browser();
    let page =
        browser.press(&browser.open("/login/mail").await, "mail-sign-in-submit", &[("email", &alice.email)]).await;
    let page = browser.press(&page, "mailed-code-submit", &[("code", "000000")]).await;
    assert_eq!(page.status, 422, "{page}");
    eventually("it is written down", async || {
        let wrong = latest(&api, "mail_code_wrong").await;
        (wrong["user"] == alice.sub.as_str() && wrong["object"] == "code:sign-in").then_some(())
    })
    .await;
}

/// `security.md` AD-11: nobody is left out of it by being quick.
async fn of_two_who_go_at_once_one_stays(database: Database) {
    let server = Server::start(database, "").await;
    let (first, second) = (operator(&server, "owner").await, operator(&server, "admin").await);
    server.sql("UPDATE users SET role = 'owner'").await;
    let mut forms = vec![];
    for ((_, browser), button) in [(first, "leave-freeze"), (second, "leave-delete")] {
        let page = browser.open("/account/leave").await;
        forms.push((browser, page.form(button).fill("sure", "yes")));
    }
    let outcomes = at_once(forms.into_iter().map(|(browser, form)| async move { browser.submit(&form).await })).await;
    let mut statuses: Vec<_> = outcomes.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 422]);
    let left = "SELECT id FROM users WHERE role = 'owner' AND frozen_at IS NULL AND delete_at IS NULL";
    assert_eq!(server.texts(left).await.len(), 1);
    let gone = server.texts("SELECT kind FROM audit WHERE kind IN ('frozen', 'deletion_scheduled')").await;
    assert_eq!(gone.len(), 1, "{gone:?}");
}

/// `security.md` AD-10: a person's own token, too.
async fn a_token_ends_with_the_role(database: Database) {
    let server = Server::start(database, "").await;
    let made = [
        "client",
        "create",
        "--name",
        "Tool",
        "--redirect-uri",
        "https://tool.test/cb",
        "--scope",
        "openid admin",
        "--skip-consent",
        "--json",
    ];
    let metadata: Value = serde_json::from_str(&server.cli(&made, "")).unwrap();
    let app = AppClient::new(server.http.clone(), &metadata).asking_for("openid admin");
    eventually("the app is known", async || {
        (server.http.get(app.authorize_url().as_str()).await.status == 303).then_some(())
    })
    .await;
    operator(&server, "owner").await;
    let owner = Api::of(&server, "owner");
    for (act, role) in [("disable", "admin"), ("role", "support")] {
        let (user, browser) = operator(&server, role).await;
        let tokens = app.tokens(&browser, &user).await;
        let token = tokens["access_token"].as_str().unwrap();
        let calls = async || server.http.get_with_token("/api/admin/v1/users?limit=1", token).await.status;
        assert_eq!(calls().await, 200, "{act}");
        let done = match act {
            "disable" => owner.post(&format!("/users/{}/disable", user.sub), Value::Null).await,
            _ => owner.send(Method::PUT, &format!("/users/{}/role", user.sub), &json!({ "role": null })).await,
        };
        assert_eq!(done.status, 204, "{done}");
        // At once, and no later than that.
        assert_eq!(calls().await, 401, "{act}");
    }
}
