//! What every test here stands on: a database, the running program, a browser and an app.
//!
//! ```ignore
//! on_each_database!(an_app_signs_a_person_in);
//!
//! async fn an_app_signs_a_person_in(database: Database) {
//!     let server = Server::start(database, "").await;      // the program itself, on a port and a database of its own
//!     let alice = server.user("alice");                    // made by the command line
//!     let web = server.app("web");                         // one of the apps of `server.toml`
//!     let code = web.sign_in(&server.browser(), &alice).await;
//!     let tokens = web.redeem(&code).await.ok();
//!     let claims = server.claims(&tokens["id_token"]).await;
//!     assert_eq!(claims["sub"], alice.sub);
//! }
//! ```
mod app;
mod authenticator;
mod browser;
mod database;
mod http;
mod inside;
mod mail;
mod passkey;
mod routes;
mod script;
mod server;
mod upstream;

pub use app::{AppClient, refresh_grant};
pub use authenticator::Authenticator;
pub use browser::{Browser, Form};
pub use database::Database;
pub use http::{Answer, Callback, Http, Params, basic};
pub use inside::{at_once, claims_of, header_of, rounds};
pub use mail::{Inbox, Mail};
pub use passkey::{COPIED, PRESENT, Passkey, VERIFIED};
pub use routes::{Guarded, Route, guarded, routes};
pub use script::Script;
pub use server::{Server, User, free_port};
pub use upstream::{
    Account, Endpoint, Fault, Feature, Key, Kind, Native, PERSONAL, Part, Reply, SignedRequest, Signing, Upstream,
};

use std::time::{Duration, Instant};

/// How long anything here may take before it counts as never.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Makes two tests of each named function, `sqlite::…` and `postgres::…`.
macro_rules! on_each_database {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                super::$name($crate::support::Database::Sqlite).await;
            })+
        }
        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                super::$name($crate::support::Database::Postgres).await;
            })+
        }
    };
}
pub(crate) use on_each_database;

/// Asks again and again until there is an answer; fails, saying what never happened, after `PATIENCE`.
#[track_caller]
pub fn eventually<T>(what: &str, ask: impl AsyncFnMut() -> Option<T>) -> impl Future<Output = T> {
    eventually_within(PATIENCE, what, ask)
}

/// The same, with another patience.
#[track_caller]
pub fn eventually_within<T>(
    patience: Duration,
    what: &str,
    mut ask: impl AsyncFnMut() -> Option<T>,
) -> impl Future<Output = T> {
    let caller = std::panic::Location::caller();
    async move {
        let begun = Instant::now();
        loop {
            if let Some(found) = ask().await {
                return found;
            }
            assert!(begun.elapsed() < patience, "{caller}: it never happened that {what}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// Text that nobody can guess, of characters that need no escaping anywhere.
pub fn random() -> String {
    use base64::Engine as _;
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).unwrap();
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}
