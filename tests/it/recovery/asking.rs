//! Asking for a mail, whoever is there and however often.
use crate::support::{Answer, Database, Inbox, Server, eventually, on_each_database};

on_each_database!(asking_tells_nothing_of_who_is_there, nobody_is_flooded,);

/// `security.md` EN-02: the same status, headers, body, and work done before the answer.
async fn asking_tells_nothing_of_who_is_there(database: Database) {
    let inbox = Inbox::start();
    // So that what was put into the outbox can be counted.
    inbox.refuse(1000);
    let server = Server::start(database, &inbox.settings()).await;
    let (alice, disabled) = (server.user("Alice"), server.user("Closed"));
    server.disable(&disabled.sub).await;
    for (path, button) in [("/forgot", "forgot-submit"), ("/login/mail", "mail-sign-in-submit")] {
        let (browser, mut answers) = (server.browser(), vec![]);
        let form = browser.open(path).await.form(button);
        for email in [alice.email.as_str(), "aliss@people.test", "closed@people.test"] {
            let answer = browser.submit(&form.clone().fill("email", email)).await;
            let mut headers: Vec<_> = answer.headers.iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
            headers.retain(|header| {
                ["date:", "content-length:", "x-request-id:"].iter().all(|own| !header.starts_with(own))
            });
            let sealed = |text: &str| text.split("waiting=").next().unwrap().to_owned();
            for header in &mut headers {
                *header = sealed(header);
            }
            headers.sort();
            let page = browser.follow(answer.clone()).await;
            let hidden = |page: &Answer| page.find("code", |_| page.form("mailed-code-submit").fields);
            let body = match hidden(&page) {
                Some(fields) => page.body.replace(fields.get("waiting").unwrap(), ""),
                None => page.body.clone(),
            };
            let mut outcomes = vec![(answer.status, headers, body)];
            if page.has("mailed-code-submit") {
                for _ in 0..6 {
                    let wrong = browser.press(&page, "mailed-code-submit", &[("code", "000000")]).await;
                    let waiting = page.form("mailed-code-submit").fields.get("waiting").unwrap().to_owned();
                    outcomes.push((wrong.status, vec![], wrong.body.replace(&waiting, "")));
                }
            }
            answers.push(outcomes);
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{path} {answers:#?}");
    }
}

/// `security.md` DO-07.
async fn nobody_is_flooded(database: Database) {
    let inbox = Inbox::start();
    let settings = format!("{}limits.enabled = true\nlimits.attempts_per_address = 100000", inbox.settings());
    let server = Server::start(database, &settings).await;
    let (alice, bob) = (server.user("Alice"), server.user("Bob"));
    for (path, button) in [("/forgot", "forgot-submit"), ("/login/mail", "mail-sign-in-submit")] {
        let browser = server.browser();
        let form = browser.open(path).await.form(button);
        let mut statuses = vec![];
        for _ in 0..10 {
            statuses.push(browser.submit(&form.clone().fill("email", &alice.email)).await.status);
        }
        statuses.dedup();
        assert_eq!(statuses.len(), 1, "the answer is the same");
        for _ in 0..3 {
            inbox.next(&alice.email).await;
        }
    }
    // Of a thousand addresses as many as one sender may ask for.
    let browser = server.browser();
    let form = browser.open("/forgot").await.form("forgot-submit");
    for n in 0..40 {
        assert_eq!(browser.submit(&form.clone().fill("email", &format!("p{n}@people.test"))).await.status, 200);
    }
    assert_eq!(browser.submit(&form.fill("email", &bob.email)).await.status, 200);
    eventually("all is sent", async || server.texts("SELECT id FROM outbox").await.is_empty().then_some(())).await;
    assert!(inbox.all().is_empty(), "{:?}", inbox.all());
}
