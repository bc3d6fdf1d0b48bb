//! Many at the same moment: one wins (`security.md` 2.3, headline number 2).
use crate::support::{Answer, AppClient, Browser, Database, Server, at_once, on_each_database, refresh_grant, rounds};
use serde_json::Value;
use std::collections::BTreeSet;

on_each_database!(of_many_redemptions_of_a_code_one_wins, of_many_refreshes_of_a_token_one_counts);

const AT_ONCE: usize = 64;

fn usual_rounds() -> usize {
    rounds("GENKAN_TEST_ROUNDS", 20)
}

/// One installation, of two nodes where they can share a database.
struct Nodes {
    servers: Vec<Server>,
    apps: Vec<AppClient>,
    browser: Browser,
}

impl Nodes {
    async fn start(database: Database) -> Self {
        let server = Server::start(database, "").await;
        let (alice, browser, spa) = (server.user("Alice"), server.browser(), server.app("spa"));
        spa.tokens(&browser, &alice).await;
        let mut nodes = Self { apps: vec![spa.clone()], servers: vec![server], browser };
        if database == Database::Postgres {
            let other = nodes.servers[0].start_another("").await;
            let mut app = other.app("spa");
            app.verifier = spa.verifier;
            nodes.apps.push(app);
            nodes.servers.push(other);
        }
        nodes
    }

    /// A code, without asking anybody.
    async fn code(&self) -> String {
        let spa = &self.apps[0];
        let silent = spa.authorization().with("prompt", "none");
        self.browser.get(spa.authorize_url_of(&silent).as_str()).await.callback().code()
    }

    /// What `AT_ONCE` requests of the same kind are answered, sent to all nodes in turn.
    async fn ask<F>(&self, ask: impl Fn(AppClient) -> F) -> Vec<Answer>
    where
        F: Future<Output = Answer> + Send + 'static,
    {
        let answers = at_once(self.apps.iter().cycle().take(AT_ONCE).map(|app| ask(app.clone()))).await;
        for answer in &answers {
            if answer.status != 200 {
                answer.assert_error(400, "invalid_grant");
            }
        }
        answers
    }
}

/// The token responses among these answers.
fn given(answers: &[Answer]) -> Vec<Value> {
    answers.iter().filter(|answer| answer.status == 200).map(Answer::json).collect()
}

/// `security.md` TK-02 and TK-01 (RFC 6749 section 4.1.2).
async fn of_many_redemptions_of_a_code_one_wins(database: Database) {
    let nodes = Nodes::start(database).await;
    for _ in 0..usual_rounds() {
        let code = nodes.code().await;
        let answers = nodes.ask(|app| {
            let code = code.clone();
            async move { app.redeem(&code).await }
        });
        let won = given(&answers.await);
        assert_eq!(won.len(), 1);
        // The others have shown that the code is known to more than one.
        nodes.apps[0].token(refresh_grant(&won[0])).await.assert_error(400, "invalid_grant");
        assert_eq!(nodes.apps[0].userinfo(&won[0]).await.status, 401);
    }
}

/// `security.md` RT-02 and RT-03 (RFC 9700 section 4.14.2): the rotation, and three times its answer again.
async fn of_many_refreshes_of_a_token_one_counts(database: Database) {
    let nodes = Nodes::start(database).await;
    let mut tokens = nodes.apps[0].redeem(&nodes.code().await).await.ok();
    for _ in 0..usual_rounds() {
        let grant = refresh_grant(&tokens);
        let answers = nodes.ask(|app| {
            let grant = grant.clone();
            async move { app.token(grant).await }
        });
        let won = given(&answers.await);
        assert!((1..=4).contains(&won.len()), "{} answers", won.len());
        let successors: BTreeSet<_> = won.iter().map(|tokens| tokens["refresh_token"].as_str().unwrap()).collect();
        assert_eq!(successors.len(), 1, "never two living branches");
        assert_ne!(tokens["refresh_token"], won[0]["refresh_token"]);
        assert_eq!(nodes.apps[0].userinfo(&won[0]).await.status, 200);
        // The successor is what the next round begins with.
        tokens = won[0].clone();
    }
    nodes.apps[0].refresh(&tokens).await.ok();
}
