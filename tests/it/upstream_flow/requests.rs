//! What goes to a provider with a person, and nothing else.
use super::{allowed, with};
use crate::{
    linking::{come, is_in, start},
    support::{Account, Browser, Database, Endpoint, Kind, Params, Server, Upstream, basic, on_each_database},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use std::collections::BTreeSet;

on_each_database!(
    every_request_is_bound_by_all_that_the_provider_knows,
    of_what_an_app_asks_a_provider_hears_what_it_understands,
    after_signing_out_a_provider_is_to_ask_again,
    nothing_of_a_providers_way_back_reaches_the_app,
    going_to_a_provider_changes_nothing,
);

/// All kinds, each by its own name, at one server.
async fn all(database: Database, more: &[(Kind, &str)]) -> (Server, Vec<(Kind, Upstream)>) {
    let upstreams: Vec<_> = Kind::ALL.map(|kind| (kind, Upstream::start(kind))).into();
    let providers: Vec<_> = upstreams
        .iter()
        .map(|(kind, upstream)| {
            let more = more.iter().find(|(its, _)| its == kind).map_or("", |(_, more)| more);
            (kind.name(), upstream, more)
        })
        .collect();
    for (kind, upstream) in &upstreams {
        // Of nobody is an address known that is another's, too.
        upstream.account(Account { email: None, ..Account::of(*kind) });
    }
    (start(database, "", &providers).await, upstreams)
}

/// What the last request to a provider asked, besides what every request does.
fn asked(upstream: &Upstream) -> BTreeSet<(String, String)> {
    const ALWAYS: [&str; 9] = [
        "response_type",
        "client_id",
        "redirect_uri",
        "state",
        "scope",
        "nonce",
        "code_challenge",
        "code_challenge_method",
        "response_mode",
    ];
    let request = upstream.requests(Endpoint::Authorization).pop().expect("somebody came");
    request.query.0.into_iter().filter(|(name, _)| !ALWAYS.contains(&name.as_str())).collect()
}

fn set(pairs: &[(&str, &str)]) -> BTreeSet<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
}

/// `security.md` UP-10; `providers.md` bugs 24, 25 and 46.
async fn every_request_is_bound_by_all_that_the_provider_knows(database: Database) {
    let (server, upstreams) = all(database, &[]).await;
    for (kind, upstream) in &upstreams {
        let mut secrets = BTreeSet::new();
        let pkce = !matches!(kind, Kind::Apple | Kind::Facebook | Kind::Instagram);
        let nonce = matches!(kind, Kind::Google | Kind::Apple | Kind::Line | Kind::Microsoft | Kind::Oidc);
        for _ in 0..2 {
            assert!(is_in(&come(&server.browser(), upstream, kind.name()).await), "{kind:?}");
            let (way, token) = (upstream.requests(Endpoint::Authorization), upstream.requests(Endpoint::Token));
            let (way, token) = (way.last().unwrap(), token.last().unwrap());
            let sent = |name: &str| way.query.get(name);
            assert_eq!((sent("response_type"), sent("client_id")), (Some("code"), Some(upstream.client_id().as_str())));
            let redirect_uri = format!("{}/callback/{}", server.issuer, kind.name());
            assert_eq!(
                (sent("redirect_uri"), token.get("redirect_uri")),
                (Some(redirect_uri.as_str()), Some(redirect_uri.as_str()))
            );
            assert_eq!(sent("response_mode"), (*kind == Kind::Apple).then_some("form_post"), "{kind:?}");
            assert_eq!((sent("nonce").is_some(), sent("code_challenge").is_some()), (nonce, pkce), "{kind:?}");
            let verifier = token.get("code_verifier");
            let challenge = verifier.map(|verifier| {
                let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, verifier.as_bytes());
                URL_SAFE_NO_PAD.encode(digest)
            });
            assert_eq!((sent("code_challenge"), verifier.is_some()), (challenge.as_deref(), pkce), "{kind:?}");
            assert_eq!(sent("code_challenge_method"), pkce.then_some("S256"), "{kind:?}");
            // The secret goes one way, and only to the token endpoint.
            let in_form = token.get("client_secret").is_some();
            assert!(in_form != token.header("authorization").is_some(), "{kind:?}: {token:?}");
            assert!(token.query.0.is_empty() && sent("client_secret").is_none(), "{kind:?}");
            if !in_form {
                assert_eq!(token.basic(), Some((upstream.client_id(), upstream.client_secret())), "{kind:?}");
                let expected = basic(&upstream.client_id(), &upstream.client_secret());
                assert_eq!(token.header("authorization"), expected["authorization"].to_str().ok(), "{kind:?}");
            }
            for secret in [sent("state"), sent("nonce"), verifier].into_iter().flatten() {
                assert!(secret.len() >= 43 && secrets.insert(secret.to_owned()), "{kind:?}: {secret}");
            }
            // Nobody but the token endpoint sees the verifier.
            let seen = verifier.is_some_and(|verifier| way.query.0.iter().any(|(_, value)| value == verifier));
            assert!(!seen, "{kind:?}");
        }
    }
}

/// `providers.md` bugs 21 and 22: in its own words, encoded, and never in place of what is ours.
async fn of_what_an_app_asks_a_provider_hears_what_it_understands(database: Database) {
    let params =
        "authorization_params = { audience = 'api', prompt = 'consent' }\nacr_values = { mfa = 'urn:two urn:2' }";
    let (server, upstreams) = all(database, &[(Kind::Oidc, params)]).await;
    let web = server.app("web");
    let hint = "hana@people.test&prompt=none&client_id=evil#x";
    let mut request = web.authorization().with("login_hint", hint).with("max_age", "300").with("ui_locales", "ja");
    request = request.with("acr_values", "phr mfa 1fa");
    for evil in
        ["hd", "tenant", "domain_hint", "login", "auth_type", "access_type", "client_id2", "resource", "claims_locales"]
    {
        request = request.and(evil, "evil");
    }
    let meet = async |request: &Params, kind: Kind, upstream: &Upstream| {
        let browser = server.browser();
        let page = browser.open(web.authorize_url_of(request)).await;
        let page = browser.meet(upstream, &page, kind.name()).await;
        assert!(page.has("upstream-allow"), "{kind:?}: {page}");
        asked(upstream)
    };
    let own: &[(&str, &str)] = &[("audience", "api")];
    for (kind, upstream) in &upstreams {
        type Asked<'a> = Vec<(&'a str, &'a str)>;
        let (anew, choosing): (Asked, Asked) = match kind {
            Kind::Google => {
                let both = vec![("prompt", "select_account"), ("login_hint", hint)];
                (both.clone(), both)
            }
            Kind::Line => {
                let both = vec![("prompt", "login"), ("max_age", "300"), ("ui_locales", "ja")];
                (both.clone(), both)
            }
            Kind::GitHub => {
                let both = vec![("prompt", "select_account"), ("login", hint)];
                (both.clone(), both)
            }
            Kind::Microsoft => (
                vec![("prompt", "login"), ("login_hint", hint), ("max_age", "300")],
                vec![("prompt", "select_account"), ("max_age", "300")],
            ),
            Kind::Facebook => (vec![("auth_type", "reauthenticate")], vec![("auth_type", "reauthenticate")]),
            Kind::Instagram => (vec![("force_reauth", "true")], vec![("force_reauth", "true")]),
            Kind::Oidc => {
                let rest = [
                    ("login_hint", hint),
                    ("max_age", "300"),
                    ("ui_locales", "ja"),
                    ("acr_values", "urn:two urn:2"),
                    own[0],
                ];
                ([&[("prompt", "login")], &rest[..]].concat(), [&[("prompt", "select_account")], &rest[..]].concat())
            }
            Kind::Apple | Kind::X | Kind::OAuth2 => (vec![], vec![]),
        };
        assert_eq!(meet(&request.clone().with("prompt", "login"), *kind, upstream).await, set(&anew), "{kind:?}");
        assert_eq!(
            meet(&request.clone().with("prompt", "select_account"), *kind, upstream).await,
            set(&choosing),
            "{kind:?}"
        );
    }
    // What is ours is nobody's to set.
    for name in [
        "response_type",
        "client_id",
        "client_secret",
        "redirect_uri",
        "scope",
        "state",
        "nonce",
        "response_mode",
        "code_challenge",
        "code_challenge_method",
    ] {
        let section = format!(
            "[providers.oidc]\nissuer = 'https://idp.test'\nclient_id = 'a'\nclient_secret = 'b'\nauthorization_params = {{ {name} = 'x' }}"
        );
        let (status, told, _) = Server::prepare(database, &section).await.try_cli(&["check"], "");
        assert!(!status.success() && told.contains(&format!("{name} is set by Genkan itself")), "{told}");
        if database == Database::Postgres {
            break;
        }
    }
}

/// `providers.md` bug 52: each provider in its own words, until somebody has signed in.
async fn after_signing_out_a_provider_is_to_ask_again(database: Database) {
    let (server, upstreams) = all(database, &[(Kind::Google, "store_tokens = true")]).await;
    for (kind, upstream) in &upstreams {
        let browser = server.browser();
        let go = async |path: &str| {
            let page = browser.open(path).await;
            let page = browser.meet(upstream, &page, kind.name()).await;
            let mut asked = asked(upstream);
            asked.retain(|(name, _)| name != "ui_locales");
            (browser.come_back(upstream, &page, "upstream-allow").await, asked)
        };
        let (page, quiet) = go("/login").await;
        assert!(is_in(&page), "{kind:?}: {page}");
        let usual =
            if *kind == Kind::Google { set(&[("access_type", "offline"), ("prompt", "consent")]) } else { set(&[]) };
        assert_eq!(quiet, usual, "{kind:?}");
        browser.press(&browser.open("/logout").await, "logout-confirm", &[]).await;
        let expected = match kind {
            Kind::Google => set(&[("access_type", "offline"), ("prompt", "select_account consent")]),
            Kind::GitHub => set(&[("prompt", "select_account")]),
            Kind::Line | Kind::Microsoft | Kind::Oidc => set(&[("prompt", "login")]),
            Kind::Facebook => set(&[("auth_type", "reauthenticate")]),
            Kind::Instagram => set(&[("force_reauth", "true")]),
            // They have no word for it.
            Kind::Apple | Kind::X | Kind::OAuth2 => set(&[]),
        };
        let (page, anew) = go("/login").await;
        assert!(is_in(&page) && anew == expected, "{kind:?}: {anew:?}");
        assert_eq!(go("/login?other=1").await.1, quiet, "once is enough: {kind:?}");
        // Whoever proves once more who they are before something that matters is asked there, too.
        assert_eq!(go("/login?return=/account/ways-in").await.1, expected, "{kind:?}");
    }
}

/// `security.md` AZ-33; `providers.md` bugs 47 and 48.
async fn nothing_of_a_providers_way_back_reaches_the_app(database: Database) {
    let (server, upstreams) = all(database, &[]).await;
    let web = server.app("web");
    for (kind, upstream) in &upstreams {
        let browser: Browser = server.browser();
        let page = browser.meet(upstream, &browser.open(web.authorize_url()).await, kind.name()).await;
        if *kind == Kind::Apple {
            continue;
        }
        let back = allowed(&browser, &page).await;
        let fragment = match kind {
            Kind::Facebook => Some("_=_"),
            Kind::Instagram => Some("_"),
            _ => None,
        };
        assert_eq!(back.fragment(), fragment);
        // A redirect that names no fragment keeps that of the page before it.
        let answer = browser.get(back.as_str()).await;
        assert_eq!(answer.location().unwrap().fragment(), Some(""), "{answer}");
        let page = browser.follow(answer).await;
        let callback = browser.press(&page, "consent-allow", &[]).await.callback();
        let code = back.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
        assert_ne!(callback.get("code"), Some(code.as_str()));
        // A code with a slash in it came as it was.
        assert_eq!(upstream.requests(Endpoint::Token).last().unwrap().get("code"), Some(code.as_str()));
        let (browser, back) = super::on_the_way_back(&server, upstream, kind.name()).await;
        let denied = browser.get(with(&back, "error", Some("access_denied")).as_str()).await;
        assert_eq!(denied.location().unwrap().fragment(), Some(""), "{denied}");
    }
}

/// `security.md` CS-02: but for the request itself, which waits for its answer.
async fn going_to_a_provider_changes_nothing(database: Database) {
    let oidc = Upstream::start(Kind::Oidc);
    let server = start(database, "", &[("oidc", &oidc, "")]).await;
    let alice = server.user("Alice");
    let browser = server.browser();
    browser.proceed(browser.open("/login").await, &alice).await;
    oidc.account(Account::new("1").name("Eve"));
    let rows = async || {
        let mut rows = server.rows().await;
        rows.retain(|row| !row.starts_with("upstream_requests"));
        rows
    };
    let before = rows().await;
    for path in [
        "/login/oidc",
        "/login/oidc?return=/account/ways-in",
        "/login/oidc?return=https://evil.test",
        "/login/oidc?interaction=x",
        "/login/nobody",
        "/callback/oidc",
        "/callback/oidc?state=x&code=y",
        "/callback/oidc?error=access_denied",
        "/link",
        "/welcome",
        "/account/ways-in",
        "/account/ways-in/undo?token=x",
    ] {
        let answer = browser.get(path).await;
        assert!(answer.status < 500, "{answer}");
        assert!(
            answer.location().is_none_or(|to| oidc.owns(&to) || to.origin() == server.http.url("/").origin()),
            "{answer}"
        );
    }
    assert_eq!(rows().await, before);
    assert!(browser.open("/account").await.body.contains(&alice.email));
}
