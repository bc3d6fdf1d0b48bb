//! Signing in by the code or the link of a mail.
use super::{ask, assert_dead, is_signed_in};
use crate::support::{Database, Inbox, Server, at_once, on_each_database};

on_each_database!(a_code_signs_in_where_it_was_asked_for, a_code_is_not_guessed, a_link_signs_in_where_it_is_opened,);

async fn a_code_signs_in_where_it_was_asked_for(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    let (alice, web, browser) = (server.user("Alice"), server.app("web"), server.browser());
    let page = browser.open(web.authorize_url()).await;
    let by_mail = page.body.split('"').find(|part| part.starts_with("/login/mail?interaction=")).unwrap().to_owned();
    let page = ask(&browser, &by_mail, &alice.email).await;
    let mail = inbox.next(&alice.email).await;
    // In another browser it is worth nothing.
    let thief = server.browser();
    let token = thief.open("/login").await.form("login-submit").fields.get("csrf").unwrap().to_owned();
    let stolen = page.form("mailed-code-submit").fill("csrf", &token).fill("code", &mail.code());
    assert_eq!(thief.submit(&stolen).await.status, 400);
    let mut alone = stolen.clone();
    alone.fields = alone.fields.without("interaction");
    assert!(thief.follow(thief.submit(&alone).await).await.has("mail-sign-in-submit"));
    assert!(!is_signed_in(&thief).await);

    let typed: String = mail.code().chars().map(|c| char::from_u32(c as u32 - 0x30 + 0xff10).unwrap()).collect();
    let next = browser.press(&page, "mailed-code-submit", &[("code", &typed)]).await;
    let code = browser.proceed(next, &alice).await.callback().code();
    let tokens = web.redeem(&code).await.ok();
    assert_eq!(server.claims(&tokens["id_token"]).await["amr"], serde_json::json!(["email"]));
    // One use in all.
    assert_dead(&server.browser().open(mail.link()).await);
    assert_eq!(browser.press(&page, "mailed-code-submit", &[("code", &mail.code())]).await.status, 422);

    // Many at once, the code and the link among them.
    let browser = server.browser();
    let page = ask(&browser, "/login/mail?return=/account/sessions", &alice.email).await;
    let mail = inbox.next(&alice.email).await;
    let form = page.form("mailed-code-submit").fill("code", &mail.code());
    let mut ready = vec![];
    for n in 0..64 {
        // A code has five tries, of which the right ones count as well.
        let own = if n % 2 == 0 { browser.clone() } else { server.browser() };
        let form = if n % 2 == 0 { form.clone() } else { own.open(mail.link()).await.form("mail-link-submit") };
        ready.push((own, form));
    }
    let answers = at_once(ready.into_iter().map(|(browser, form)| async move { browser.submit(&form).await })).await;
    let statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [303, 403, 422].contains(status)), "{statuses:?}");
}

async fn a_code_is_not_guessed(database: Database) {
    let inbox = Inbox::start();
    let settings = format!("{}limits.enabled = true\nlimits.attempts_per_account = 12", inbox.settings());
    let server = Server::start(database, &settings).await;
    let (alice, browser) = (server.user("Alice"), server.browser());
    let wrong = |right: &str| if right == "000000" { "000001" } else { "000000" };
    for round in 0..2 {
        let page = ask(&browser, "/login/mail", &alice.email).await;
        let mail = inbox.next(&alice.email).await;
        for _ in 0..5 {
            let refused = browser.press(&page, "mailed-code-submit", &[("code", wrong(&mail.code()))]).await;
            assert!(refused.status == 422 && refused.has("code-error"), "{round} {refused}");
        }
        // Not even the right one.
        let over = browser.press(&page, "mailed-code-submit", &[("code", &mail.code())]).await;
        assert!(over.has("mail-sign-in-submit") && over.has("email-error"), "{over}");
        assert!(!is_signed_in(&browser).await);
    }
    let page = ask(&browser, "/login/mail", &alice.email).await;
    let mail = inbox.next(&alice.email).await;
    let throttled = browser.press(&page, "mailed-code-submit", &[("code", &mail.code())]).await;
    assert_eq!(throttled.status, 429, "{throttled}");
    // The link is no guess.
    let page = browser.press(&browser.open(mail.link()).await, "mail-link-submit", &[]).await;
    assert_eq!(page.url.path(), "/account");
}

async fn a_link_signs_in_where_it_is_opened(database: Database) {
    let inbox = Inbox::start();
    let server = Server::start(database, &inbox.settings()).await;
    let (alice, web, began) = (server.user("Alice"), server.app("web"), server.browser());
    let page = began.open(web.authorize_url()).await;
    let by_mail = page.body.split('"').find(|part| part.starts_with("/login/mail?interaction=")).unwrap().to_owned();
    // In the browser that began, it goes on from there.
    ask(&began, &by_mail, &alice.email).await;
    let page = began.open(inbox.next(&alice.email).await.link()).await;
    assert!(page.body.contains(&alice.email) && !page.body.contains("class=\"note\""), "{page}");
    let page = began.press(&page, "mail-link-submit", &[]).await;
    began.proceed(page, &alice).await.callback().code();
    // In another one, it says so, and signs in there.
    let (began, other) = (server.browser(), server.browser());
    let waits = ask(&began, "/login/mail", &alice.email).await;
    let mail = inbox.next(&alice.email).await;
    let page = other.open(mail.link()).await;
    assert!(page.body.contains("class=\"note\""), "{page}");
    let page = other.press(&page, "mail-link-submit", &[]).await;
    assert_eq!(page.url.path(), "/account");
    let late = began.press(&waits, "mailed-code-submit", &[("code", &mail.code())]).await;
    assert_eq!(late.status, 422);
    assert!(is_signed_in(&other).await && !is_signed_in(&began).await);
}
