//! Code to copy into an app, filled in with what is registered. The code is the same in every language.
use super::kind::Kind;
use crate::{
    domain::{Client, Issuer},
    protocol::discovery::path,
};
use url::Url;

/// Something to copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet {
    /// Its word: the message `snippet-WORD` says what it is.
    pub word: &'static str,
    /// What to copy.
    pub text: String,
}

/// What is to be copied into an app of a kind.
pub fn snippets(issuer: &Issuer, client: &Client, kind: Kind) -> Vec<Snippet> {
    let of = |word, text: String| Snippet { word, text: text.trim().to_owned() };
    let fill = |text: &str| filled(text, issuer, client);
    let mut all = vec![of("discovery", issuer.url(path::OPENID_CONFIGURATION)), of("env", environment(issuer, client))];
    all.extend(match kind {
        Kind::Spa => vec![of("spa", fill(SPA))],
        Kind::Web if client.signs() => vec![of("web", fill(WEB))],
        Kind::Web => vec![of("web", fill(WEB)), of("flask", fill(FLASK))],
        Kind::Native => vec![of("flutter", fill(FLUTTER))],
        Kind::Machine if client.signs() => vec![of("machine", fill(MACHINE))],
        Kind::Machine => vec![of("curl", fill(CURL)), of("python", fill(PYTHON))],
        Kind::Agent => vec![of("mcp-metadata", fill(MCP_METADATA)), of("mcp-check", fill(MCP_CHECK))],
    });
    all
}

fn environment(issuer: &Issuer, client: &Client) -> String {
    let mut lines = vec![format!("OIDC_ISSUER={issuer}"), format!("OIDC_CLIENT_ID={}", client.client_id)];
    if client.signs() {
        lines.push("OIDC_PRIVATE_KEY='the private half of one of its keys, as a JWK'".into());
    } else if !client.is_public() {
        lines.push("OIDC_CLIENT_SECRET='the secret that was shown once'".into());
    }
    if let Some(uri) = client.redirect_uris.first() {
        lines.push(format!("OIDC_REDIRECT_URI='{}'", uri.as_str().replace('\'', "%27")));
    }
    lines.push(format!("OIDC_SCOPE='{}'", quoted(&client.scope.to_string())));
    lines.join("\n")
}

/// Puts what is registered where it belongs. None of it can end a text: a URI has no quotes, and a scope no backslash.
fn filled(text: &str, issuer: &Issuer, client: &Client) -> String {
    let redirect_uri = client.redirect_uris.first().map_or("https://app.example.com/callback", |uri| uri.as_str());
    let place = Url::parse(redirect_uri).map_or_else(|_| "/callback".into(), |uri| uri.path().replace('\'', "%27"));
    let own = client.scope.without(&crate::protocol::registration::USER_SCOPES.into_iter().collect());
    // Libraries refuse http, which is for development on one machine, unless they are told.
    let [node, flutter] = if issuer.is_https() {
        ["", ""]
    } else {
        [
            ", {\n    execute: [client.allowInsecureRequests], // development alone\n  }",
            "\n      allowInsecureConnections: true, // development alone",
        ]
    };
    let [install, key, proof] = if client.signs() { BY_KEY } else { BY_SECRET };
    text.replace("%INSTALL%", install)
        .replace("%KEY%", key)
        .replace("%PROOF%", proof)
        .replace("%INSECURE_NODE%", node)
        .replace("%INSECURE_FLUTTER%", flutter)
        .replace("%ISSUER%", issuer.as_str())
        .replace("%CLIENT_ID%", client.client_id.as_str())
        .replace("%REDIRECT_URI%", &redirect_uri.replace('\'', "%27"))
        .replace("%REDIRECT_PATH%", &place)
        .replace("%OWN_SCOPE%", &quoted(&own.to_string()))
        .replace("%SCOPE%", &quoted(&client.scope.to_string()))
}

/// Inside single quotes of a shell, and of the languages here.
fn quoted(text: &str) -> String {
    text.chars().filter(|c| *c != '\'').collect()
}

const SPA: &str = r"
// npm install openid-client@6
import * as client from 'openid-client'

const config = await client.discovery(
  new URL('%ISSUER%'), '%CLIENT_ID%', undefined, client.None()%INSECURE_NODE%)

// To sign in:
const verifier = client.randomPKCECodeVerifier()
const state = client.randomState()
sessionStorage.setItem('signing-in', JSON.stringify({ verifier, state }))
location.assign(client.buildAuthorizationUrl(config, {
  redirect_uri: '%REDIRECT_URI%',
  scope: '%SCOPE%',
  code_challenge: await client.calculatePKCECodeChallenge(verifier),
  code_challenge_method: 'S256',
  state,
}))

// On the page of the redirect URI:
const kept = JSON.parse(sessionStorage.getItem('signing-in'))
sessionStorage.removeItem('signing-in')
const tokens = await client.authorizationCodeGrant(config, new URL(location.href), {
  pkceCodeVerifier: kept.verifier,
  expectedState: kept.state,
})
console.log(tokens.claims())
";

/// What to install, what comes first, and how an app on a server proves who it is.
const BY_SECRET: [&str; 3] = ["", "", "client.ClientSecretBasic(process.env.OIDC_CLIENT_SECRET)"];
const BY_KEY: [&str; 3] = [
    " jose",
    "import { importJWK } from 'jose'\n\nconst jwk = JSON.parse(process.env.OIDC_PRIVATE_KEY)\n\
     const key = await importJWK(jwk)\n",
    "client.PrivateKeyJwt({ key, kid: jwk.kid })",
];

const WEB: &str = r"
// npm install openid-client@6%INSTALL%
import * as client from 'openid-client'
%KEY%
const config = await client.discovery(
  new URL(process.env.OIDC_ISSUER),
  process.env.OIDC_CLIENT_ID,
  undefined,
  %PROOF%%INSECURE_NODE%)

// GET /sign-in: keep verifier and state in the person's session, and redirect.
export async function signIn(session) {
  session.verifier = client.randomPKCECodeVerifier()
  session.state = client.randomState()
  return client.buildAuthorizationUrl(config, {
    redirect_uri: '%REDIRECT_URI%',
    scope: '%SCOPE%',
    code_challenge: await client.calculatePKCECodeChallenge(session.verifier),
    code_challenge_method: 'S256',
    state: session.state,
  })
}

// At the redirect URI:
export async function callback(session, url) {
  const tokens = await client.authorizationCodeGrant(config, url, {
    pkceCodeVerifier: session.verifier,
    expectedState: session.state,
  })
  return tokens.claims().sub // who it is: keep this, not the email address
}
";

const FLASK: &str = r"
# pip install authlib flask requests
import os

from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, session

app = Flask(__name__)
app.secret_key = os.environ['FLASK_SECRET_KEY']  # openssl rand -hex 32

oauth = OAuth(app)
oauth.register(
    'genkan',
    client_id=os.environ['OIDC_CLIENT_ID'],
    client_secret=os.environ['OIDC_CLIENT_SECRET'],
    server_metadata_url=os.environ['OIDC_ISSUER'] + '/.well-known/openid-configuration',
    client_kwargs={'scope': '%SCOPE%', 'code_challenge_method': 'S256'},
)


@app.get('/sign-in')
def sign_in():
    return oauth.genkan.authorize_redirect('%REDIRECT_URI%')


@app.get('%REDIRECT_PATH%')
def callback():
    token = oauth.genkan.authorize_access_token()
    session['sub'] = token['userinfo']['sub']  # who it is: keep this, not the email address
    return redirect('/')
";

const MACHINE: &str = r"
// npm install openid-client@6%INSTALL%
import * as client from 'openid-client'
%KEY%
const config = await client.discovery(
  new URL(process.env.OIDC_ISSUER),
  process.env.OIDC_CLIENT_ID,
  undefined,
  %PROOF%%INSECURE_NODE%)

const tokens = await client.clientCredentialsGrant(config, { scope: '%OWN_SCOPE%' })
console.log(tokens.access_token)
";

const FLUTTER: &str = r"
// flutter pub add flutter_appauth
import 'package:flutter_appauth/flutter_appauth.dart';

const appAuth = FlutterAppAuth();

Future<String?> signIn() async {
  final tokens = await appAuth.authorizeAndExchangeCode(
    AuthorizationTokenRequest(
      '%CLIENT_ID%',
      r'%REDIRECT_URI%',
      issuer: '%ISSUER%',
      scopes: r'%SCOPE%'.split(' '),%INSECURE_FLUTTER%
    ),
  );
  return tokens.idToken;
}
";

const CURL: &str = r#"
curl --silent --fail-with-body --user "%CLIENT_ID%:$OIDC_CLIENT_SECRET" \
  --data 'grant_type=client_credentials' --data-urlencode 'scope=%OWN_SCOPE%' \
  '%ISSUER%/token'
"#;

const PYTHON: &str = r"
# pip install authlib requests
import os

from authlib.integrations.requests_client import OAuth2Session

genkan = OAuth2Session(os.environ['OIDC_CLIENT_ID'], os.environ['OIDC_CLIENT_SECRET'], scope='%OWN_SCOPE%')
token = genkan.fetch_token(os.environ['OIDC_ISSUER'] + '/token', grant_type='client_credentials')
print(token['access_token'])
";

const MCP_METADATA: &str = r#"
{
  "resource": "https://mcp.example.com",
  "authorization_servers": ["%ISSUER%"],
  "bearer_methods_supported": ["header"],
  "scopes_supported": ["openid"]
}
"#;

const MCP_CHECK: &str = r#"
HTTP/1.1 401 Unauthorized
WWW-Authenticate: Bearer resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource"
"#;
