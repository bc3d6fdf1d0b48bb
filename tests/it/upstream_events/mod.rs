//! What providers tell by themselves, and what it does to what began by them.
mod google;
mod logout;
mod notifications;
mod routes;
mod signed;

use crate::support::{
    Account, Answer, AppClient, Browser, Database, Endpoint, Kind, Mail, Server, Upstream, eventually,
};
use reqwest::Method;
use serde_json::Value;

/// A provider, a server that people can come to from there, and an app.
struct Scene {
    upstream: Upstream,
    server: Server,
    app: AppClient,
    kind: Kind,
}

/// Somebody who has come from there, and has let the app in twice: while they are here, and when they are not.
struct Guest {
    subject: String,
    browser: Browser,
    online: Value,
    offline: Value,
}

/// What of a guest is left: the session, the app's access in it, its access without, the stored tokens.
type Left = (bool, bool, bool, bool);

const ALL: Left = (true, true, true, true);

impl Scene {
    /// `settings`: more of the provider's, and then tables of others.
    async fn new(database: Database, kind: Kind, settings: &str) -> Self {
        let upstream = Upstream::start(kind);
        let settings = format!("{}{}\n{settings}", crate::federation::PRIVATE, upstream.settings("elsewhere"));
        let server = Server::start(database, &settings).await;
        let app = server.app("web");
        Self { upstream, server, app, kind }
    }

    /// Signs somebody in there, of whom nothing was heard before.
    fn account(&self, number: usize) -> Account {
        let usual = Account::of(self.kind);
        let email = usual.email.clone().map(|email| format!("p{number}.{email}"));
        let account = Account { subject: format!("{}{number}", usual.subject), email, ..usual };
        self.upstream.account(account.clone());
        account
    }

    /// Has somebody come.
    async fn guest(&self, number: usize) -> Guest {
        let account = self.account(number);
        let browser = self.server.browser();
        let online = self.tokens(&browser, "openid profile email").await;
        let offline = self.tokens(&browser, "openid profile email offline_access").await;
        let keep = "INSERT INTO upstream_tokens
                (id, identity_id, provider, client_id, claimed_until, retry_at, failures, created_at, updated_at)
            SELECT id, id, provider, 'x', 0, 0, 0, 0, 0 FROM identities WHERE subject";
        self.server.sql(&format!("{keep} = '{}' ON CONFLICT DO NOTHING", account.subject)).await;
        Guest { subject: account.subject, browser, online, offline }
    }

    /// Goes to the app, by the provider where that is asked for.
    async fn tokens(&self, browser: &Browser, scope: &str) -> Value {
        let app = self.app.clone().asking_for(scope);
        let mut page = browser.open(app.authorize_url()).await;
        if page.has("login-with-elsewhere") {
            page = browser.sign_in_with(&self.upstream, &page, "elsewhere").await;
        }
        if page.has("consent-allow") {
            page = browser.press(&page, "consent-allow", &[]).await;
        }
        app.redeem(&page.callback().code()).await.ok()
    }

    /// Signs in by the provider, for the account page: what is shown in the end.
    async fn arrive(&self, browser: &Browser) -> Answer {
        let page = browser.open("/login").await;
        browser.sign_in_with(&self.upstream, &page, "elsewhere").await
    }

    async fn left(&self, guest: &Guest) -> Left {
        let is_active = async |tokens: &Value| self.app.introspect(&tokens["access_token"]).await["active"] == true;
        let kept = format!(
            "SELECT t.identity_id FROM upstream_tokens t JOIN identities i ON i.id = t.identity_id
             WHERE i.subject = '{}'",
            guest.subject
        );
        (
            is_in(&guest.browser).await,
            is_active(&guest.online).await,
            is_active(&guest.offline).await,
            !self.server.texts(&kept).await.is_empty(),
        )
    }

    /// Sends what a provider would.
    async fn post(&self, path: &str, content_type: &str, body: impl Into<String>) -> Answer {
        let request = self.server.http.request(Method::POST, &format!("/callback/elsewhere/{path}"));
        Answer::of(request.header("content-type", content_type).body(body.into())).await
    }

    async fn form(&self, path: &str, field: &str, value: &str) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).append_pair(field, value).finish();
        self.post(path, "application/x-www-form-urlencoded", body).await
    }

    /// The kinds of what happened to the account of a guest since it was made, the first first.
    async fn events(&self, guest: &Guest) -> Vec<String> {
        let of = self.server.claims(&guest.online["id_token"]).await["sub"].as_str().unwrap().to_owned();
        let kinds = self.server.texts(&format!("SELECT kind FROM audit WHERE user_id = '{of}' ORDER BY seq")).await;
        let own = ["signed_up", "signed_in", "signed_in_anew", "sign_in_refused", "app_allowed"];
        kinds.into_iter().filter(|kind| !own.contains(&kind.as_str())).collect()
    }

    /// The last mail whose subject has this in it, once it is there.
    async fn mail(&self, subject: &str) -> Mail {
        eventually(&format!("a mail about {subject}"), async || {
            self.server.mails().await.into_iter().find(|mail| mail.subject.contains(subject))
        })
        .await
    }

    /// All that is stored, but for what counts tries, and for what becomes a mail meanwhile.
    async fn rows(&self) -> Vec<String> {
        let rows = self.server.rows().await;
        let is_other =
            |row: &String| ["attempts: ", "outbox: ", "tickets: "].iter().any(|table| row.starts_with(table));
        rows.into_iter().filter(|row| !is_other(row)).collect()
    }

    fn key_reads(&self) -> usize {
        self.upstream.count(Endpoint::Jwks)
    }
}

async fn is_in(browser: &Browser) -> bool {
    browser.get("/account").await.status == 200
}
