//! Mail: the outbox, and what arrives.
use crate::support::{Database, Inbox, Server, User, eventually, on_each_database};

on_each_database!(
    a_mail_is_tried_again_until_it_is_taken,
    a_letter_survives_a_crash,
    of_two_nodes_one_sends,
    a_mail_goes_to_one_reader_in_their_language,
    without_a_mail_server_mails_stay_on_this_machine,
    without_mail_nothing_needs_it,
    an_instance_has_its_own_colour_and_words,
);

/// Asks for a new password.
pub async fn forget(server: &Server, email: &str) {
    let browser = server.browser();
    let sent = browser.press(&browser.open("/forgot").await, "forgot-submit", &[("email", email)]).await;
    assert!(sent.status == 200 && sent.has("forgot-sent"), "{sent}");
}

async fn waiting(server: &Server) -> usize {
    server.texts("SELECT id FROM outbox").await.len()
}

async fn a_mail_is_tried_again_until_it_is_taken(database: Database) {
    let inbox = Inbox::start();
    inbox.refuse(2);
    let server = Server::start(database, &inbox.settings()).await;
    let alice = server.user("Alice");
    forget(&server, &alice.email).await;
    for left in [1, 0] {
        eventually("it was refused", async || (inbox.refusals_left() == left).then_some(())).await;
        let tried = format!("SELECT id FROM outbox WHERE attempts = {} AND claimed_until = 0", 2 - left);
        eventually("it waits", async || (server.texts(&tried).await.len() == 1).then_some(())).await;
        assert!(inbox.all().is_empty());
        server.sql("UPDATE outbox SET due_at = 0").await;
    }
    let mail = inbox.next(&alice.email).await;
    assert!(mail.link().starts_with(&format!("{}/reset?token=", server.issuer)));
    eventually("it is gone", async || (waiting(&server).await == 0).then_some(())).await;
    assert!(inbox.all().is_empty(), "it came once");
    // What is too late is given up.
    inbox.refuse(1);
    forget(&server, &alice.email).await;
    let again = "SELECT id FROM outbox WHERE attempts = 1 AND claimed_until = 0";
    eventually("it waits", async || (server.texts(again).await.len() == 1).then_some(())).await;
    server.sql("UPDATE outbox SET due_at = 0, expires_at = 1").await;
    eventually("it is given up", async || (waiting(&server).await == 0).then_some(())).await;
    assert!(inbox.all().is_empty());
    let log = server.log();
    assert!(
        log.contains("a mail is given up") && !log.contains(&alice.email) && !log.contains("/reset?token="),
        "{log}"
    );
}

async fn a_letter_survives_a_crash(database: Database) {
    let inbox = Inbox::start();
    inbox.refuse(1);
    let mut server = Server::start(database, &inbox.settings()).await;
    let alice = server.user("Alice");
    forget(&server, &alice.email).await;
    eventually("it was refused", async || (inbox.refusals_left() == 0).then_some(())).await;
    server.kill();
    assert_eq!(waiting(&server).await, 1);
    // Nothing of it can be read in the database.
    let rows = server.texts("SELECT id FROM tickets WHERE spent_at IS NULL").await;
    assert_eq!(rows.len(), 1);
    // As if it had been claimed by who crashed, and the claim had run out.
    server.sql("UPDATE outbox SET due_at = 0, claimed_until = 1").await;
    server.restart().await;
    inbox.next(&alice.email).await;
    eventually("it is gone", async || (waiting(&server).await == 0).then_some(())).await;
}

async fn of_two_nodes_one_sends(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    let other = server.start_another(&inbox.settings()).await;
    let people: Vec<User> = (0..20).map(|n| server.user(&format!("P{n}"))).collect();
    for (n, person) in people.iter().enumerate() {
        forget(if n % 2 == 0 { &server } else { &other }, &person.email).await;
    }
    for person in &people {
        inbox.next(&person.email).await;
    }
    eventually("all are gone", async || (waiting(&server).await == 0).then_some(())).await;
    assert!(inbox.all().is_empty(), "each came once");
}

/// `security.md` XS-04 and RS-06.
async fn a_mail_goes_to_one_reader_in_their_language(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    let alice = server.user("Alice");
    server.sql("UPDATE users SET name = '\"><svg onload=alert(1)>\r\nBcc: eve@people.test'").await;
    let browser = server.browser().speaking("ja");
    let page = browser.open("/forgot").await;
    for bad in [
        format!("{0},eve@people.test", alice.email),
        format!("{}\r\nBcc: eve@people.test", alice.email),
        format!("\"n\" <{}>", alice.email),
        format!("{}%0aeve@people.test", alice.email),
        String::new(),
        "alice".into(),
    ] {
        let refused = browser.press(&page, "forgot-submit", &[("email", &bad)]).await;
        assert!([400, 422].contains(&refused.status), "{bad} {refused}");
    }
    let form = page.form("forgot-submit").fill("email", &alice.email);
    let mut twice = form.clone();
    twice.fields = twice.fields.and("email", "eve@people.test");
    assert_eq!(browser.submit(&twice).await.status, 400);
    assert_eq!(browser.submit(&form.fill("email", &format!(" {} ", alice.email.to_uppercase()))).await.status, 200);

    let mail = inbox.next(&alice.email).await;
    assert_eq!((mail.to.as_slice(), mail.subject.as_str()), ([alice.email.clone()].as_slice(), "パスワードの再設定"));
    assert_eq!(mail.header("to").as_deref(), Some(alice.email.as_str()));
    assert_eq!(mail.header("bcc"), None);
    assert!(mail.header("from").unwrap().ends_with("<no-reply@id.test>"), "{mail:?}");
    assert_eq!(mail.header("auto-submitted").as_deref(), Some("auto-generated"));
    assert!(mail.header("message-id").unwrap().ends_with("@127.0.0.1>") && mail.header("date").is_some());
    assert!(mail.html.contains("lang=\"ja\"") && !mail.html.contains("<svg") && mail.html.contains(&mail.link()));
    assert!(!mail.html.contains("<img") && !mail.text.lines().any(|line| line.starts_with("Bcc")), "{mail:?}");
    // Their own language goes before that of the page.
    server.sql("UPDATE users SET profile = '{\"locale\":\"en-GB\"}'").await;
    assert_eq!(browser.submit(&page.form("forgot-submit").fill("email", &alice.email)).await.status, 200);
    assert_eq!(inbox.next(&alice.email).await.subject, "Choose a new password");
    assert!(inbox.all().is_empty());
}

async fn without_a_mail_server_mails_stay_on_this_machine(database: Database) {
    let server = Server::start(database, "server.trusted_proxies = ['127.0.0.1']").await;
    let alice = server.user("Alice");
    forget(&server, &alice.email).await;
    let mails = eventually("it is shown", async || Some(server.mails().await).filter(|mails| !mails.is_empty())).await;
    assert_eq!((mails.len(), mails[0].to[0].as_str()), (1, alice.email.as_str()));
    assert!(mails[0].html.contains("<!doctype html>") && server.log().contains(&mails[0].link()));
    let html = server.http.get("/mail/0").await;
    assert!(html.header("content-security-policy").unwrap().starts_with("sandbox; default-src 'none'"), "{html}");
    assert_eq!(server.http.get("/mail/1").await.status, 404);
    // For this machine alone.
    for path in ["/mail", "/mail/0"] {
        let request = server.http.request(reqwest::Method::GET, path).header("x-forwarded-for", "192.0.2.1");
        assert_eq!(crate::support::Answer::of(request).await.status, 404);
    }
    let inbox = Inbox::start();
    let sends = Server::start(database, &inbox.settings()).await;
    assert_eq!(sends.http.get("/mail").await.status, 404);
}

async fn without_mail_nothing_needs_it(database: Database) {
    let server = Server::start(database, "issuer = 'https://id.test'").await;
    assert!(server.log().contains("nothing that needs mail is offered"));
    for path in ["/forgot", "/login/mail", "/login/mail/code", "/mail"] {
        assert_eq!(server.http.get(path).await.status, 404, "{path}");
    }
    let page = server.http.get("/login").await;
    assert!(!page.body.contains("/forgot") && !page.body.contains("/login/mail"), "{page}");
}

async fn an_instance_has_its_own_colour_and_words(database: Database) {
    let words = tempfile::tempdir().unwrap();
    std::fs::write(words.path().join("en.ftl"), "sign-in-title = Step inside\nmail-reset-subject = New key\n").unwrap();
    let settings = format!(
        "[instance]\nname = 'Nakaniwa'\naccent = '#5b21b6'\nlogo_uri = 'https://nakaniwa.test/logo.png'\nwords = '{}'",
        words.path().display()
    );
    let server = Server::start(database, &settings).await;
    let page = server.http.get("/login").await;
    assert!(page.body.contains("<h1>Step inside</h1>") && page.body.contains("https://nakaniwa.test/logo.png"));
    let sheet = page.body.split('"').find(|part| part.starts_with("/static/accent.css?v=")).expect("its own sheet");
    let sheet = server.http.get(sheet).await;
    assert_eq!(sheet.header("content-type"), Some("text/css; charset=utf-8"));
    assert!(sheet.body.contains("--accent: #5b21b6; ") && sheet.body.contains("prefers-color-scheme: dark"));
    let alice = server.user("Alice");
    forget(&server, &alice.email).await;
    let mails = eventually("it is shown", async || Some(server.mails().await).filter(|mails| !mails.is_empty())).await;
    assert!(mails[0].subject == "New key" && mails[0].html.contains("#5b21b6"), "{:?}", mails[0]);
    assert!(mails[0].html.contains("src=\"https://nakaniwa.test/logo.png\""));
    let plain = Server::start(database, "").await;
    assert_eq!(plain.http.get("/static/accent.css").await.status, 404);
}
