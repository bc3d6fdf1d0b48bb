//! A power cut under load: what was answered is so, what was used stays used (`security.md` DB-04, headline number 3).
use crate::support::{
    Answer, AppClient, Browser, Database, Http, Params, Server, User, on_each_database, random, refresh_grant, rounds,
};
use reqwest::Method;
use serde_json::Value;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tokio::{sync::Notify, task::JoinSet};

on_each_database!(what_was_answered_survives_a_kill_at_any_moment);

async fn what_was_answered_survives_a_kill_at_any_moment(database: Database) {
    // Long enough that nothing runs out while the server is down.
    let mut server = Server::start(database, "tokens.refresh_retry = 60\ntokens.authorization_code = 600").await;
    let alice = server.user("Alice");
    let (browser, app) = (server.browser(), server.app("spa"));
    app.callback(&browser, &alice).await;
    for _ in 0..rounds("GENKAN_TEST_KILLS", 5) {
        let mut ledger = Ledger::default();
        let pace = Arc::new(Pace::default());
        let caller = Caller { http: server.http.clone(), app: app.clone(), cookies: cookies(&browser) };
        let visitor = server.browser();
        let form = visitor.open("/signup").await.form("signup-submit").fields;
        let newcomer = Caller { cookies: cookies(&visitor), ..caller.clone() };
        let mut workers = JoinSet::new();
        for _ in 0..4 {
            let tokens = app.redeem(&caller.code().await.unwrap()).await.ok();
            workers.spawn(refresh(caller.clone(), tokens, pace.clone()));
        }
        for _ in 0..3 {
            workers.spawn(redeem(caller.clone(), pace.clone()));
            workers.spawn(sign_up(newcomer.clone(), form.clone(), pace.clone()));
        }
        // A moment of its own in each round, counted in answers.
        let moment = random().bytes().map(usize::from).sum::<usize>() % 256;
        pace.reach(20 + moment).await;
        server.kill();
        while let Some(entries) = workers.join_next().await {
            ledger.0.extend(entries.unwrap());
        }
        if database == Database::Sqlite {
            assert_eq!(server.texts("PRAGMA integrity_check").await, ["ok"]);
        }
        server.restart().await;
        ledger.check(&server, &app).await;
    }
}

/// Somebody whose requests may find the server dead: `None`, then.
#[derive(Clone)]
struct Caller {
    http: Http,
    app: AppClient,
    cookies: String,
}

fn cookies(browser: &Browser) -> String {
    browser.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
}

impl Caller {
    async fn post(&self, path: &str, form: &Params) -> Option<Answer> {
        let request = self.http.request(Method::POST, path).header("cookie", &self.cookies);
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(form.encoded());
        Answer::try_of(request).await.ok()
    }

    async fn token(&self, grant: Params) -> Option<Value> {
        let answer = self.post("/token", &grant.with("client_id", &self.app.client_id)).await?;
        Some(answer.ok())
    }

    async fn code(&self) -> Option<String> {
        let url = self.app.authorize_url_of(&self.app.authorization().with("prompt", "none"));
        let request = self.http.request(Method::GET, url.as_str()).header("cookie", &self.cookies);
        Some(Answer::try_of(request).await.ok()?.callback().code())
    }
}

async fn refresh(caller: Caller, first: Value, pace: Arc<Pace>) -> Vec<Entry> {
    let (mut last, mut rotations) = (first.clone(), 0);
    while let Some(tokens) = caller.token(refresh_grant(&last)).await {
        (last, rotations) = (tokens, rotations + 1);
        pace.answered();
    }
    vec![Entry::Refreshed { first, last, rotations }]
}

async fn redeem(caller: Caller, pace: Arc<Pace>) -> Vec<Entry> {
    let mut entries = vec![];
    while let Some(code) = caller.code().await {
        pace.answered();
        // Some are kept for afterwards.
        if entries.len() % 3 == 2 {
            entries.push(Entry::Code { code, tokens: None, asked: false });
            continue;
        }
        let tokens = caller.token(caller.app.code_grant(&code)).await;
        let ended = tokens.is_none();
        entries.push(Entry::Code { code, tokens, asked: true });
        if ended {
            break;
        }
        pace.answered();
    }
    entries
}

async fn sign_up(caller: Caller, form: Params, pace: Arc<Pace>) -> Vec<Entry> {
    let mut entries = vec![];
    loop {
        let (email, password) = (format!("{}@people.test", random().to_lowercase()), random());
        let form = form.clone().with("email", &email).with("name", "Somebody").with("password", &password);
        let Some(answer) = caller.post("/signup", &form).await else { return entries };
        assert_eq!(answer.status, 303, "{answer}");
        pace.answered();
        entries.push(Entry::SignedUp { email, password });
    }
}

/// What somebody was told.
enum Entry {
    /// The last answer of a family, and the refresh token it began with.
    Refreshed { first: Value, last: Value, rotations: usize },
    /// A code that was issued; and its tokens, if it was redeemed.
    Code { code: String, tokens: Option<Value>, asked: bool },
    /// An account.
    SignedUp { email: String, password: String },
}

#[derive(Default)]
struct Ledger(Vec<Entry>);

impl Ledger {
    async fn check(self, server: &Server, app: &AppClient) {
        for entry in self.0 {
            match entry {
                Entry::Refreshed { first, last, rotations } => {
                    let next = app.refresh(&last).await.ok();
                    assert_eq!(app.userinfo(&next).await.status, 200);
                    if rotations > 1 {
                        app.refresh(&first).await.assert_error(400, "invalid_grant");
                    }
                }
                Entry::Code { code, tokens: Some(tokens), .. } => {
                    assert_eq!(app.userinfo(&tokens).await.status, 200);
                    app.redeem(&code).await.assert_error(400, "invalid_grant");
                }
                Entry::Code { code, asked: false, .. } => _ = app.redeem(&code).await.ok(),
                // Its answer was lost: spent or not, it works at most once.
                Entry::Code { code, .. } => {
                    let first = app.redeem(&code).await;
                    assert!(first.status == 200 || first.error().as_deref() == Some("invalid_grant"), "{first}");
                    app.redeem(&code).await.assert_error(400, "invalid_grant");
                }
                Entry::SignedUp { email, password } => {
                    let browser = server.browser();
                    let user = User { sub: String::new(), name: String::new(), email, password };
                    let page = browser.proceed(browser.open("/login").await, &user).await;
                    assert!(page.status == 200 && page.body.contains(&user.email), "{page}");
                }
            }
        }
    }
}

/// How many answers there were.
#[derive(Default)]
struct Pace {
    answers: AtomicUsize,
    more: Notify,
}

impl Pace {
    fn answered(&self) {
        self.answers.fetch_add(1, Ordering::Relaxed);
        self.more.notify_one();
    }

    async fn reach(&self, many: usize) {
        while self.answers.load(Ordering::Relaxed) < many {
            self.more.notified().await;
        }
    }
}
