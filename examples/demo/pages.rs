//! What people see: one page, signed in or not.
use crate::{
    people::{EMAIL, PASSWORD},
    relying_party::Tokens,
};
use askama::Template;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use genkan::domain::Timestamp;
use openidconnect::core::CoreUserInfoClaims;
use serde_json::{Map, Value};

/// Something to tell once.
pub struct Notice {
    text: String,
    good: bool,
}

impl Notice {
    pub fn good(text: &str) -> Self {
        Self { text: text.into(), good: true }
    }

    pub fn bad(text: &str) -> Self {
        Self { text: text.into(), good: false }
    }
}

/// A claim, or a member of a header.
struct Row {
    name: String,
    value: String,
    /// What the value means, where that cannot be seen.
    meaning: String,
}

/// A token, taken apart. The app has no business in the access token: an API verifies and reads it.
struct Jwt {
    raw: String,
    header: Vec<Row>,
    claims: Vec<Row>,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{% if signed_in.is_some() %}Signed in{% else %}Welcome{% endif %} · Demo App</title>
<link rel="stylesheet" href="/demo.css">
</head>
<body>
<header><p>Demo App</p>{% if signed_in.is_some() %}
<form method="post" action="/sign-out"><button class="plain" id="sign-out">Sign out</button></form>{% endif %}</header>
<main>
{% if let Some(notice) = notice %}<p class="notice{% if !notice.good %} bad{% endif %}" role="status">{{ notice.text }}</p>{% endif %}
{% if let Some(own) = signed_in %}
<h1>You are signed in</h1>
<p class="lead">Genkan sent you back with a code, and this app redeemed it for three tokens.</p>
<form method="post" class="buttons">
<button formaction="/refresh" id="refresh">Refresh tokens</button>
<button formaction="/userinfo" id="userinfo" class="plain">Ask userinfo</button>
</form>
<div class="tokens">
{% if let Some(rows) = own.userinfo %}
<section id="userinfo-claims"><h2>Userinfo</h2>
<p class="soft">What the person lets this app know of them; asked with the access token.</p>
{% call table(rows) %}{% endcall %}</section>
{% endif %}
<section id="id-token"><h2>ID token</h2>
<p class="soft">Who signed in, for this app. Verified: signature, issuer, audience, lifetime, nonce, and that the access token belongs to it.</p>
{% call table(own.id_token.claims) %}{% endcall %}
<details><summary>Header and raw token</summary>{% call table(own.id_token.header) %}{% endcall %}<code class="raw">{{ own.id_token.raw }}</code></details></section>
<section id="access-token"><h2>Access token</h2>
<p class="soft">For APIs, which verify it with the same keys. Taken apart here only to be seen.</p>
{% call table(own.access_token.claims) %}{% endcall %}
<details><summary>Header and raw token</summary>{% call table(own.access_token.header) %}{% endcall %}<code class="raw">{{ own.access_token.raw }}</code></details></section>
<section id="refresh-token"><h2>Refresh token</h2>
<p class="soft">For Genkan alone. Each works once; coming with a spent one ends them all.</p>
<code class="raw">{{ own.refresh_token }}</code></section>
</div>
{% else %}
<h1>An app that signs people in</h1>
<p class="lead">It knows no passwords: Genkan does. Press the button, sign in there, and come back signed in.</p>
<p class="buttons"><a class="button" href="/sign-in" id="sign-in">Sign in with Genkan</a></p>
<ul class="soft">
<li>Make yourself an account, with any address; or come from Example ID, a provider that this demo simulates; or be <code>{{ EMAIL }}</code>, whose password is <code>{{ PASSWORD }}</code>.</li>
<li>Nothing leaves this machine, and all is forgotten when the demo stops.</li>
<li>Authorization code with PKCE, state, nonce and the issuer in the response; tokens verified by the <code>openidconnect</code> crate.</li>
</ul>
{% endif %}
</main>
<footer><p>Genkan is <a href="{{ issuer }}/.well-known/openid-configuration">{{ issuer }}</a></p></footer>
</body>
</html>
{% macro table(rows) %}<dl>{% for row in rows.iter() %}<div><dt>{{ row.name }}</dt><dd>{{ row.value }}{% if !row.meaning.is_empty() %} <span>{{ row.meaning }}</span>{% endif %}</dd></div>{% endfor %}</dl>{% endmacro %}"#
)]
struct Page<'a> {
    issuer: &'a str,
    notice: Option<Notice>,
    signed_in: Option<SignedIn>,
}

struct SignedIn {
    userinfo: Option<Vec<Row>>,
    id_token: Jwt,
    access_token: Jwt,
    refresh_token: String,
}

/// The page of a visitor who has not signed in.
pub fn welcome(issuer: &str, notice: Option<Notice>) -> askama::Result<String> {
    Page { issuer, notice, signed_in: None }.render()
}

/// The page of one who has.
pub fn tokens(
    issuer: &str,
    tokens: &Tokens,
    userinfo: Option<&CoreUserInfoClaims>,
    notice: Option<Notice>,
    now: Timestamp,
) -> askama::Result<String> {
    let userinfo = userinfo.and_then(|claims| serde_json::to_value(claims).ok());
    let signed_in = SignedIn {
        userinfo: userinfo.map(|claims| rows(claims, now)),
        id_token: take_apart(&tokens.id_token.to_string(), now),
        access_token: take_apart(tokens.access_token.secret(), now),
        refresh_token: tokens.refresh_token.as_ref().map_or("none", |token| token.secret()).into(),
    };
    Page { issuer, notice, signed_in: Some(signed_in) }.render()
}

fn take_apart(token: &str, now: Timestamp) -> Jwt {
    let part = |n| {
        let bytes = URL_SAFE_NO_PAD.decode(token.split('.').nth(n)?).ok()?;
        Some(rows(serde_json::from_slice(&bytes).ok()?, now))
    };
    Jwt { raw: token.into(), header: part(0).unwrap_or_default(), claims: part(1).unwrap_or_default() }
}

fn rows(object: Value, now: Timestamp) -> Vec<Row> {
    let Value::Object(members) = object else { return vec![] };
    let row = |(name, value): (String, Value)| {
        let meaning = meaning(&name, &value, now);
        Row { name, value: text(value), meaning }
    };
    let known: Map<_, _> = members.into_iter().filter(|(_, value)| !value.is_null()).collect();
    known.into_iter().map(row).collect()
}

/// A value as people read it.
pub fn text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        Value::Array(items) => items.into_iter().map(text).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// When a point in time is, as people say it.
fn meaning(name: &str, value: &Value, now: Timestamp) -> String {
    let Some(at) = value.as_i64().filter(|_| matches!(name, "iat" | "exp" | "auth_time" | "updated_at")) else {
        return String::new();
    };
    let seconds = at - now.0;
    let length = match seconds.abs() {
        0..=1 => return "now".into(),
        seconds @ ..120 => format!("{seconds} seconds"),
        seconds => format!("{} minutes", seconds / 60),
    };
    if seconds > 0 { format!("in {length}") } else { format!("{length} ago") }
}
