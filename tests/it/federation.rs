//! Signing in elsewhere, at every kind of provider, from the button to the tokens of an app.
use crate::support::{Account, Database, Kind, Server, Upstream, on_each_database};

on_each_database!(whoever_comes_from_a_provider_has_an_account);

/// What a server needs to reach the providers of this machine.
pub const PRIVATE: &str = "fetch.allow_private_networks = true\n";

async fn whoever_comes_from_a_provider_has_an_account(database: Database) {
    for kind in Kind::ALL {
        let upstream = Upstream::start(kind);
        upstream.account(Account::of(kind));
        let server = Server::start(database, &format!("{PRIVATE}{}", upstream.settings("elsewhere"))).await;
        let (app, browser) = (server.app("web"), server.browser());
        let page = browser.open(app.authorize_url()).await;
        let page = browser.sign_in_with(&upstream, &page, "elsewhere").await;
        let page = browser.press(&page, "consent-allow", &[]).await;
        let tokens = app.redeem(&page.callback().code()).await.ok();
        let claims = server.claims(&tokens["id_token"]).await;
        assert_eq!(claims["amr"], serde_json::json!(["fed"]), "{kind:?}");

        // The same person, from another browser.
        let again = server.browser();
        let page = again.open(app.authorize_url()).await;
        let page = again.sign_in_with(&upstream, &page, "elsewhere").await;
        let tokens = app.redeem(&page.callback().code()).await.ok();
        assert_eq!(server.claims(&tokens["id_token"]).await["sub"], claims["sub"], "{kind:?}");
    }
}
