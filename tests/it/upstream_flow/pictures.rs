//! Pictures that providers have of people, as theirs here.
use crate::{
    linking::{add, come, is_in, start, who},
    profile::{encoded, upload},
    support::{
        Account, Browser, Database, Endpoint, Fault, Kind, Reply, Server, Upstream, eventually, on_each_database,
    },
};
use image::{ImageFormat, RgbImage};
use reqwest::Method;

on_each_database!(
    a_picture_is_fetched_and_drawn_anew,
    what_a_person_uploaded_stays,
    what_is_no_picture_stays_where_it_is,
    a_picture_goes_with_what_its_provider_told,
);

fn picture() -> Reply {
    let file = [&encoded(RgbImage::new(40, 30), ImageFormat::Png), &b"<script>alert(1)</script>"[..]].concat();
    Reply::new(200, "image/png", file)
}

/// The picture of whoever is signed in, as an app is told.
async fn told(server: &Server, browser: &Browser) -> String {
    who(server, browser).await["picture"].as_str().unwrap_or_default().to_owned()
}

/// The same, once it is another than this.
async fn followed(server: &Server, browser: &Browser, before: &str) -> String {
    eventually("another picture", async || {
        let now = told(server, browser).await;
        (now != before).then_some(now)
    })
    .await
}

/// Nobody waits for it; and it is fetched once.
async fn a_picture_is_fetched_and_drawn_anew(database: Database) {
    let oidc = Upstream::start(Kind::Oidc);
    let server = start(database, "", &[("keeps", &oidc, ""), ("follows", &oidc, "update_profile = true")]).await;
    let address = oidc.url(Endpoint::Picture);
    oidc.show(picture());
    for name in ["keeps", "follows"] {
        let hana = |version: u8| Account::new(name).name("Hana").with("picture", format!("{address}?v={version}"));
        oidc.account(hana(1));
        oidc.fail(Endpoint::Picture, Fault::Holds);
        let browser = server.browser();
        assert!(is_in(&come(&browser, &oidc, name).await));
        assert_eq!(told(&server, &browser).await, format!("{address}?v=1"));
        oidc.recover(Endpoint::Picture);
        let first = followed(&server, &browser, &format!("{address}?v=1")).await;
        let path = first.strip_prefix(&server.issuer).expect("at the issuer").to_owned();
        let response = server.http.request(Method::GET, &path).send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "image/jpeg");
        let bytes = response.bytes().await.unwrap();
        assert!(!bytes.windows(8).any(|part| part == b"<script>"));
        assert_eq!(image::load_from_memory(&bytes).unwrap().width(), 256);
        // The same address is the same picture; another one is, where what the provider says has the last word.
        let fetched = oidc.count(Endpoint::Picture);
        come(&server.browser(), &oidc, name).await;
        oidc.account(hana(2));
        come(&server.browser(), &oidc, name).await;
        if name == "follows" {
            followed(&server, &browser, &first).await;
            assert_eq!(oidc.count(Endpoint::Picture), fetched + 1);
            assert_eq!(server.http.get(&path).await.status, 404, "the one before is gone");
        } else {
            assert_eq!((told(&server, &browser).await, oidc.count(Endpoint::Picture)), (first, fetched));
        }
    }
}

async fn what_a_person_uploaded_stays(database: Database) {
    let oidc = Upstream::start(Kind::Oidc);
    let server = start(database, "", &[("oidc", &oidc, "update_profile = true")]).await;
    let (alice, address) = (server.user("Alice"), oidc.url(Endpoint::Picture));
    oidc.show(picture());
    let browser = server.browser();
    browser.proceed(browser.open("/login").await, &alice).await;
    let mine = encoded(RgbImage::new(10, 10), ImageFormat::Png);
    upload(&server, &browser, "save", "image/png", &mine).await;
    let own = told(&server, &browser).await;
    oidc.account(Account::new("alice").name("Alice").with("picture", address.as_str()));
    add(&browser, &oidc, "oidc").await;
    assert!(is_in(&come(&server.browser(), &oidc, "oidc").await));
    // One that is uploaded while another is fetched.
    oidc.fail(Endpoint::Picture, Fault::Holds);
    oidc.account(Account::new("bob").name("Bob").with("picture", address.as_str()));
    let bob = server.browser();
    come(&bob, &oidc, "oidc").await;
    eventually("it is fetched", async || (oidc.count(Endpoint::Picture) > 0).then_some(())).await;
    upload(&server, &bob, "save", "image/png", &mine).await;
    let bobs = told(&server, &bob).await;
    oidc.recover(Endpoint::Picture);
    eventually("it came too late", async || server.log().contains("a picture stays where it is").then_some(())).await;
    assert_eq!((told(&server, &browser).await, told(&server, &bob).await), (own, bobs));
    assert_eq!(oidc.count(Endpoint::Picture), 1, "whoever has one needs none");
    assert_eq!(server.texts("SELECT id FROM pictures WHERE source IS NULL").await.len(), 2);
}

/// `security.md` SS-01, SS-04 and SS-06.
async fn what_is_no_picture_stays_where_it_is(database: Database) {
    let (oidc, inside) = (Upstream::start(Kind::Oidc), Upstream::start(Kind::Google));
    let server = start(database, "", &[("oidc", &oidc, "")]).await;
    let (here, there) = (oidc.url(Endpoint::Picture), inside.url(Endpoint::Picture));
    inside.show(picture());
    let svg = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    let faults = [
        (&here, Fault::Answer(Reply::html(404, "<h1>Not Found</h1>")), "answered 404"),
        (&here, Fault::Answer(Reply::redirect(&there)), "answered 302"),
        (&here, Fault::Answer(Reply::html(200, "<h1>Sign in to the Wi-Fi</h1>")), "no picture"),
        (&here, Fault::Answer(Reply::new(200, "image/svg+xml", svg)), "no picture in PNG"),
        (&here, Fault::Floods, "sent more than"),
        (&here, Fault::HangsUp, "cannot be reached"),
        // What the operator lets providers reach is not for whoever chooses a picture there.
        (&there, Fault::HangsUp, "may not be fetched"),
    ];
    for (number, (address, fault, why)) in faults.into_iter().enumerate() {
        oidc.fail(Endpoint::Picture, fault);
        oidc.account(Account::new(&number.to_string()).name("Hana").with("picture", address.as_str()));
        let browser = server.browser();
        assert!(is_in(&come(&browser, &oidc, "oidc").await));
        let is_told = |line: &str| line.contains("a picture stays where it is") && line.contains(why);
        eventually(why, async || server.log().lines().any(is_told).then_some(())).await;
        assert_eq!(told(&server, &browser).await, *address, "{why}");
    }
    assert_eq!(inside.count(Endpoint::Picture), 0);
    assert!(server.texts("SELECT id FROM pictures").await.is_empty());
}

async fn a_picture_goes_with_what_its_provider_told(database: Database) {
    let facebook = Upstream::start(Kind::Facebook);
    let server = start(database, "", &[("facebook", &facebook, "")]).await;
    let address = facebook.url(Endpoint::Picture);
    facebook.show(picture());
    facebook.account(Account { picture: Some(address.clone()), ..Account::of(Kind::Facebook) });
    let browser = server.browser();
    assert!(is_in(&come(&browser, &facebook, "facebook").await));
    followed(&server, &browser, &address).await;
    // The address expires, and there is another one at each sign-in.
    facebook.account(Account { picture: Some(format!("{address}?later")), ..Account::of(Kind::Facebook) });
    come(&server.browser(), &facebook, "facebook").await;
    let request = facebook.signed_request(&Account::of(Kind::Facebook).subject).to_string();
    let body = url::form_urlencoded::Serializer::new(String::new()).append_pair("signed_request", &request).finish();
    let post = server.http.request(Method::POST, "/callback/facebook/data-deletion");
    let answer =
        crate::support::Answer::of(post.header("content-type", "application/x-www-form-urlencoded").body(body)).await;
    assert_eq!(answer.status, 200, "{answer}");
    assert!(server.texts("SELECT id FROM pictures").await.is_empty());
    assert_eq!(answer.json()["confirmation_code"].as_str().map(str::is_empty), Some(false));
}
