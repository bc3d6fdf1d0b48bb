//! The administration: its pages, its API, and the audit trail.
mod access;
mod acts;
mod api;
mod apps;
mod apps_pages;
mod audit;
mod browser;
mod client_keys;
mod configuration;
mod events;
mod faults;
mod first_steps;
mod groups;
mod keys;
mod matrix;
mod overview;
mod people;
mod people_pages;
mod providers;
mod settings;
mod snippets;
mod trail;
mod trial;
mod webhooks;

use crate::support::{Answer, Browser, Server, User};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

/// Somebody with a role, signed in.
pub async fn operator(server: &Server, role: &str) -> (User, Browser) {
    let user = server.user(role);
    server.sql(&format!("UPDATE users SET role = '{role}' WHERE id = '{}'", user.sub)).await;
    let browser = server.browser();
    let page = browser.open("/account").await;
    browser.proceed(page, &user).await;
    (user, browser)
}

/// Lets so many seconds pass since somebody signed in.
pub async fn signed_in_earlier(server: &Server, user: &User, seconds: i64) {
    let whose = format!("WHERE user_id = '{}'", user.sub);
    for state in server.texts(&format!("SELECT state FROM sessions {whose}")).await {
        let mut state: Value = serde_json::from_str(&state).unwrap();
        state["auth_time"] = (state["auth_time"].as_i64().unwrap() - seconds).into();
        server.sql(&format!("UPDATE sessions SET state = '{state}' {whose}")).await;
    }
}

/// The API, by a key of its own.
pub struct Api<'a> {
    server: &'a Server,
    key: String,
}

impl<'a> Api<'a> {
    /// With a key of this role.
    pub fn of(server: &'a Server, role: &str) -> Self {
        let made = server.cli(&["apikey", "create", "--name", role, "--role", role, "--json"], "");
        let made: Value = serde_json::from_str(&made).unwrap();
        Self { server, key: made["key"].as_str().unwrap().to_owned() }
    }

    /// The key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// A request to be completed.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.server.http.request(method, path).bearer_auth(&self.key)
    }

    /// Sends a request; `body` where it is not null.
    pub async fn send(&self, method: Method, path: &str, body: &Value) -> Answer {
        let path = format!("/api/admin/v1{path}");
        let request = self.request(method, &path);
        Answer::of(if body.is_null() { request } else { request.json(body) }).await
    }

    /// Reads.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &json!(null)).await
    }

    /// Creates, with a key by which the same may be asked again.
    pub fn keyed(&self, path: &str, key: &str, body: &Value) -> RequestBuilder {
        let request = self.server.http.request(Method::POST, &format!("/api/admin/v1{path}")).bearer_auth(&self.key);
        request.header("idempotency-key", key).json(body)
    }

    /// Creates, or acts.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, &body).await
    }
}
