//! Addresses, user names and passwords in all the ways that they can be written (`security.md` UN).
use crate::support::{Answer, Browser, Database, Server, on_each_database, random};

on_each_database!(
    an_address_is_one_account_however_it_is_written,
    a_user_name_has_no_double,
    an_address_that_carriers_once_gave_is_accepted,
    what_is_no_text_is_refused_in_every_field,
    a_password_is_the_same_from_every_keyboard,
);

async fn sign_up(server: &Server, email: &str, password: &str) -> Answer {
    let browser = server.browser();
    let form = browser.open("/signup").await.form("signup-submit");
    browser.submit(&form.fill("name", "Hana").fill("email", email).fill("password", password)).await
}

async fn sign_in(browser: &Browser, username: &str, password: &str) -> Answer {
    let form = browser.open("/login").await.form("login-submit");
    browser.submit(&form.fill("username", username).fill("password", password)).await
}

/// `security.md` UN-01.
async fn an_address_is_one_account_however_it_is_written(database: Database) {
    let server = Server::start(database, "").await;
    let password = random();
    for (first, others) in [
        (
            "hana@example.com",
            &["HANA@EXAMPLE.COM", "hana@example.com.", " hana@Example.com ", "hana@ｅｘａｍｐｌｅ.com"][..],
        ),
        ("caf\u{e9}@example.com", &["cafe\u{301}@example.com", "CAF\u{c9}@example.com", "CAFE\u{301}@example.com"]),
        (
            "hana@bücher.example",
            &["hana@xn--bcher-kva.example", "hana@XN--BCHER-KVA.EXAMPLE", "hana@bu\u{308}cher.example"],
        ),
        ("hana@日本語.example", &["hana@xn--wgv71a119e.example", "hana@日本語。example"]),
    ] {
        assert_eq!(sign_up(&server, first, &password).await.status, 303, "{first}");
        for other in others {
            assert_ne!(sign_up(&server, other, &random()).await.status, 303, "{other} is another account than {first}");
            assert_eq!(sign_in(&server.browser(), other, &password).await.status, 303, "{other} is not {first}");
        }
    }
    assert_eq!(server.texts("SELECT email FROM users").await.len(), 4);
}

/// `security.md` UN-02.
async fn a_user_name_has_no_double(database: Database) {
    let server = Server::start(database, "").await;
    let create = |n: usize, name: &str| {
        let email = format!("u{n}@people.test");
        let arguments = ["user", "create", "--email", &email, "--username", name, "--password-stdin"];
        server.try_cli(&arguments, "correct horse battery").0.success()
    };
    assert!(create(0, "admin"));
    let doubles = [
        "ADMIN",
        "admin ",
        " admin",
        "\u{430}dmin",
        "adm\u{131}n",
        "ad\u{200b}min",
        "\u{202e}nimda",
        "ａｄｍｉｎ",
        "admin\u{a0}",
        "admin\u{3000}",
        "a\u{301}dmin",
        "admin\t",
        "ad\nmin",
        "adm\u{ad}in",
        "𝐚dmin",
    ];
    for (n, double) in doubles.iter().enumerate() {
        assert!(!create(n + 1, double), "{double:?}");
    }
    assert_eq!(server.texts("SELECT username FROM users").await, ["admin"]);
    // Whoever types it so is that account, or nobody.
    for double in doubles {
        let answer = sign_in(&server.browser(), double, "wrong password").await;
        assert!([400, 422].contains(&answer.status), "{double:?} {answer}");
    }
    assert_eq!(sign_in(&server.browser(), " Admin", "correct horse battery").await.status, 303);
}

/// `security.md` UN-04.
async fn an_address_that_carriers_once_gave_is_accepted(database: Database) {
    let server = Server::start(database, "").await;
    for email in
        ["foo..bar@docomo.ne.jp", ".foo@ezweb.ne.jp", "foo.@docomo.ne.jp", "-foo-@docomo.ne.jp", "a+b/c=d@example.com"]
    {
        let password = random();
        assert_eq!(sign_up(&server, email, &password).await.status, 303, "{email}");
        let browser = server.browser();
        assert_eq!(sign_in(&browser, email, &password).await.status, 303, "{email}");
        assert!(browser.open("/account").await.body.contains(email));
    }
    for bad in
        ["foo..bar@docomo.ne.jp\r\nBcc: x@people.test", "\"foo..bar\"@docomo.ne.jp", "foo@docomo.ne.jp, x@y.test", "@"]
    {
        let answer = sign_up(&server, bad, &random()).await;
        assert!([400, 422].contains(&answer.status), "{bad:?} {answer}");
    }
}

/// `security.md` UN-03: NUL and what cannot be text, where people type.
async fn what_is_no_text_is_refused_in_every_field(database: Database) {
    let server = Server::start(database, "").await;
    let (stranger, alice) = (server.browser(), server.browser());
    alice.proceed(alice.open("/login").await, &server.user("Alice")).await;
    let before = server.rows().await;
    for (browser, page, button, fields) in [
        (&stranger, "/login", "login-submit", &["username", "password"][..]),
        (&stranger, "/signup", "signup-submit", &["name", "email", "password"]),
        (&alice, "/account/password", "password-submit", &["current", "password"]),
    ] {
        let form = browser.open(page).await.form(button);
        for field in fields {
            for bad in ["%00", "a%00b", "%ed%a0%80", "%ff", "%c0%80"] {
                let filled = form.fields.clone().without(field).encoded();
                let url = form.action.clone();
                let cookies: Vec<_> = browser.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect();
                let request = server.http.request(reqwest::Method::POST, url.as_str());
                let request = request.header("cookie", cookies.join("; "));
                let request = request.header("content-type", "application/x-www-form-urlencoded");
                let answer = Answer::of(request.body(format!("{filled}&{field}={bad}"))).await;
                assert_eq!(answer.status, 400, "{bad} in {field} of {page}: {answer}");
            }
        }
    }
    assert_eq!(server.rows().await, before);
}

/// `security.md` UN-05.
async fn a_password_is_the_same_from_every_keyboard(database: Database) {
    let server = Server::start(database, "passwords.min_strength = 0").await;
    for (n, (set, typed)) in [
        ("caf\u{e9} gen\u{2603}kan".to_owned(), "cafe\u{301} gen\u{2603}kan".to_owned()),
        ("cafe\u{301} gen\u{2603}kan".to_owned(), "caf\u{e9} gen\u{2603}kan".to_owned()),
        ("パスワードが長い".to_owned(), "ハ\u{309a}スワート\u{3099}か\u{3099}長い".to_owned()),
        ("👩‍👩‍👧‍👦🔑🚪🏠🗝️".to_owned(), "👩‍👩‍👧‍👦🔑🚪🏠🗝️".to_owned()),
        ("玄".repeat(128), "玄".repeat(128)),
        ("🔑".repeat(128), "🔑".repeat(128)),
        // As many code points when it is composed.
        ("e\u{301}".repeat(256), "\u{e9}".repeat(256)),
    ]
    .into_iter()
    .enumerate()
    {
        let email = format!("p{n}@people.test");
        assert_eq!(sign_up(&server, &email, &set).await.status, 303, "{set}");
        for typed in [&set, &typed] {
            assert_eq!(sign_in(&server.browser(), &email, typed).await.status, 303, "{typed}");
        }
    }
}
