//! What Meta signs for Facebook and Instagram.
use super::{ALL, Guest, Scene, is_in};
use crate::support::{Answer, Database, Kind, SignedRequest, Upstream, on_each_database};
use serde_json::{Value, json};

on_each_database!(
    whoever_takes_the_app_away_is_out,
    data_is_deleted_on_request_and_a_page_says_so,
    a_forged_signed_request_does_nothing,
    an_old_signed_request_does_no_harm,
    where_nothing_else_opens_an_account_nobody_stays_in_it,
);

const BOTH: [Kind; 2] = [Kind::Facebook, Kind::Instagram];

impl Scene {
    async fn sign(&self, path: &str, subject: &str) -> Answer {
        self.form(path, "signed_request", &self.upstream.signed_request(subject).to_string()).await
    }

    async fn profile(&self, guest: &Guest) -> (String, String) {
        let sub = self.server.claims(&guest.online["id_token"]).await["sub"].as_str().unwrap().to_owned();
        let column = async |column: &str| {
            let query = format!("SELECT COALESCE({column}, '') FROM users WHERE id = '{sub}'");
            self.server.texts(&query).await.pop().expect("the account stays")
        };
        (column("name").await, column("profile").await)
    }
}

async fn whoever_takes_the_app_away_is_out(database: Database) {
    for kind in BOTH {
        let scene = Scene::new(database, kind, "").await;
        let (guest, bystander) = (scene.guest(1).await, scene.guest(2).await);
        assert_eq!(scene.left(&guest).await, ALL, "{kind:?}");
        for _ in 0..2 {
            let answer = scene.sign("deauthorize", &guest.subject).await;
            assert_eq!((answer.status, answer.body.as_str()), (200, ""), "{kind:?}: {answer}");
            assert_eq!(scene.left(&guest).await, (false, false, false, false), "{kind:?}");
        }
        assert_eq!(scene.events(&guest).await, ["identity_withdrawn"], "{kind:?}");
        assert_eq!(scene.left(&bystander).await, ALL, "{kind:?}");
        // The account stays, without what came from there.
        let (name, profile) = scene.profile(&guest).await;
        assert_eq!((name.as_str(), profile.contains("https://")), ("", false), "{profile}");
        assert!(scene.profile(&bystander).await.1.contains("https://"), "which was there");
        assert_eq!(scene.sign("deauthorize", "nobody").await.status, 200);
    }
}

async fn data_is_deleted_on_request_and_a_page_says_so(database: Database) {
    for kind in BOTH {
        let scene = Scene::new(database, kind, "").await;
        let guest = scene.guest(1).await;
        let own = format!(
            "UPDATE users SET name = 'Hana', profile = '{{\"website\":\"https://hana.test\",\"picture\":{}}}'
             WHERE id = (SELECT user_id FROM identities WHERE subject = '{}')",
            Value::from(scene.account(1).picture),
            guest.subject
        );
        scene.server.sql(&own).await;
        for subject in [guest.subject.as_str(), &guest.subject, "nobody"] {
            let answer = scene.sign("data-deletion", subject).await;
            assert_eq!(answer.header("cache-control"), Some("no-store"));
            let (told, code) = (answer.ok(), answer.ok()["confirmation_code"].as_str().unwrap().to_owned());
            assert!(code.len() < 100 && code.chars().all(|c| c.is_ascii_alphanumeric()), "{code}");
            let url = format!("{}/callback/elsewhere/data-deletion/{code}", scene.server.issuer);
            assert_eq!(told, json!({ "url": url, "confirmation_code": code }));
            assert_eq!(scene.left(&guest).await, (false, false, false, false), "{kind:?} {subject}");

            for (language, said) in [("en", "is deleted"), ("ja", "削除しました")] {
                let page = scene.server.browser().speaking(language).get(&url).await;
                assert_eq!(page.status, 200, "{page}");
                assert!(page.texts("h1")[0].contains(said) && page.body.contains(&code), "{page}");
                assert!(!page.body.contains(&guest.subject) && !page.body.contains("nobody"), "{page}");
            }
        }
        // What the person wrote themselves stays.
        assert_eq!(scene.profile(&guest).await, ("Hana".into(), r#"{"website":"https://hana.test"}"#.into()));
        assert_eq!(scene.events(&guest).await, ["identity_withdrawn"], "{kind:?}");

        let code = scene.sign("data-deletion", "1").await.ok()["confirmation_code"].as_str().unwrap().to_owned();
        let mut wrong = code.clone();
        wrong.replace_range(..1, if code.starts_with('0') { "1" } else { "0" });
        for code in [wrong.as_str(), "0", "zz", "0011", &code[2..], "あ", "%00"] {
            let page = scene.server.browser().get(&format!("/callback/elsewhere/data-deletion/{code}")).await;
            assert_eq!(page.status, 404, "{code}");
        }
    }
}

/// `providers.md` bug 54.
async fn a_forged_signed_request_does_nothing(database: Database) {
    for kind in BOTH {
        let scene = Scene::new(database, kind, "").await;
        let guest = scene.guest(1).await;
        let good = scene.upstream.signed_request(&guest.subject);
        let with = |name: &str, value: Value| {
            let mut changed = good.clone();
            changed.payload[name] = value;
            changed
        };
        let other = SignedRequest { secret: "of another app".into(), ..good.clone() };
        let over_json = SignedRequest { over_json: true, ..good.clone() };
        let changed = [
            with("algorithm", "HMAC-SHA1".into()),
            with("algorithm", "none".into()),
            with("algorithm", json!(null)),
            with("user_id", json!(null)),
            other,
            over_json,
        ];
        let mut forged: Vec<String> = changed.iter().map(ToString::to_string).collect();
        let text = good.to_string();
        let (signature, payload) = text.split_once('.').unwrap();
        let swapped = with("user_id", "2".into()).to_string();
        let swapped = format!("{signature}.{}", swapped.split_once('.').unwrap().1);
        forged.extend([
            swapped,
            format!(".{payload}"),
            payload.to_owned(),
            format!("{signature}."),
            ".".into(),
            String::new(),
        ]);
        let before = scene.rows().await;
        for path in ["deauthorize", "data-deletion"] {
            for forged in &forged {
                let answer = scene.form(path, "signed_request", forged).await;
                assert_eq!(answer.status, 400, "{forged}: {answer}");
                assert_eq!(answer.json()["error"], "invalid_request");
            }
            let twice = format!("signed_request={text}&signed_request={text}");
            assert_eq!(scene.post(path, "application/x-www-form-urlencoded", twice).await.status, 400);
            assert_eq!(
                scene.post(path, "application/json", json!({ "signed_request": text }).to_string()).await.status,
                400
            );
        }
        assert_eq!(scene.rows().await, before);
        assert_eq!(scene.left(&guest).await, ALL, "{kind:?}");
    }
}

async fn an_old_signed_request_does_no_harm(database: Database) {
    // Nobody is known by an address here: whoever comes again is in at once.
    let scene = Scene::new(database, Kind::Instagram, "").await;
    let guest = scene.guest(1).await;
    let request = scene.upstream.signed_request(&guest.subject).to_string();
    let send = async |path: &str| scene.form(path, "signed_request", &request).await.status;
    assert_eq!(send("deauthorize").await, 200);
    assert!(!is_in(&guest.browser).await);
    scene.account(1);
    scene.arrive(&guest.browser).await;
    assert!(is_in(&guest.browser).await);
    assert_eq!(send("deauthorize").await, 200);
    assert!(is_in(&guest.browser).await);

    // Even when it is not remembered any more.
    let mut old = scene.upstream.signed_request(&guest.subject);
    old.payload["issued_at"] = (scene.server.now().await - 200_000).into();
    for path in ["deauthorize", "data-deletion"] {
        assert_eq!(scene.form(path, "signed_request", &old.to_string()).await.status, 200);
        assert!(is_in(&guest.browser).await);
    }
    // One that does not tell its time is of now, each time.
    old.payload.as_object_mut().unwrap().remove("issued_at");
    for _ in 0..2 {
        assert!(is_in(&guest.browser).await);
        assert_eq!(scene.form("deauthorize", "signed_request", &old.to_string()).await.status, 200);
        assert!(!is_in(&guest.browser).await);
        scene.arrive(&guest.browser).await;
    }
}

async fn where_nothing_else_opens_an_account_nobody_stays_in_it(database: Database) {
    let upstream = Upstream::start(Kind::Google);
    for (settings, stays) in [(String::new(), true), (upstream.settings("google"), true), (String::new(), false)] {
        let scene = Scene::new(database, Kind::Instagram, &settings).await;
        let guest = scene.guest(1).await;
        // They are in elsewhere, in another way; by now that may be gone.
        let other = scene.server.browser();
        scene.arrive(&other).await;
        let sub = scene.server.claims(&guest.online["id_token"]).await["sub"].as_str().unwrap().to_owned();
        let sids = "SELECT sid FROM sessions ORDER BY created_at DESC, sid";
        let before = scene.server.texts(sids).await;
        assert_eq!(before.len(), 2);
        scene.server.sql("UPDATE sessions SET identity_id = NULL").await;
        if stays && settings.is_empty() {
            let hash = "INSERT INTO passwords (user_id, hash, changed_at) VALUES";
            scene.server.sql(&format!("{hash} ('{sub}', 'x', 0)")).await;
        } else if stays {
            let insert = "INSERT INTO identities (id, provider, subject, user_id, said, created_at, seen_at) VALUES";
            scene.server.sql(&format!("{insert} ('i', 'google', '1', '{sub}', '{{}}', 0, 0)")).await;
        }
        assert_eq!(scene.sign("deauthorize", &guest.subject).await.status, 200);
        assert_eq!(is_in(&other).await, stays, "{settings}");
        assert_eq!(is_in(&guest.browser).await, stays, "{settings}");
    }
}
