//! What a client says of itself, before anybody judges it.
use crate::domain::Secret;

/// Metadata as somebody wrote it: in the settings, on the command line or in a request.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the names are described by RFC 7591 section 2 and in `Client`")]
pub struct ClientMetadata {
    pub client_id: Option<String>,
    pub client_secret: Option<Secret>,
    pub client_name: Option<String>,
    #[serde(default)]
    pub redirect_uris: Vec<String>,
    #[serde(default)]
    pub post_logout_redirect_uris: Vec<String>,
    pub token_endpoint_auth_method: Option<String>,
    pub token_endpoint_auth_signing_alg: Option<String>,
    pub jwks: Option<serde_json::Value>,
    pub jwks_uri: Option<String>,
    pub grant_types: Option<Vec<String>>,
    pub response_types: Option<Vec<String>>,
    pub application_type: Option<String>,
    pub scope: Option<String>,
    pub id_token_signed_response_alg: Option<String>,
    pub access_token_signed_response_alg: Option<String>,
    pub default_max_age: Option<i64>,
    pub required_acr: Option<String>,
    #[serde(default)]
    pub allowed_providers: Vec<String>,
    #[serde(default)]
    pub ios_app_ids: Vec<String>,
    #[serde(default)]
    pub android_apps: Vec<AndroidAppMetadata>,
    pub client_uri: Option<String>,
    pub logo_uri: Option<String>,
    pub policy_uri: Option<String>,
    pub tos_uri: Option<String>,
    // Whoever reads a whole puts them here: see `InLanguages`.
    #[serde(skip)]
    pub localized: Vec<(String, String)>,
    #[serde(default)]
    pub contacts: Vec<String>,
    pub software_id: Option<String>,
    pub software_version: Option<String>,
    pub access_token_lifetime: Option<i64>,
    pub refresh_token_lifetime: Option<i64>,
    pub require_pkce: Option<bool>,
    pub skip_consent: Option<bool>,
}

/// An app for Android, as somebody wrote it.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the names are those of Android's asset links")]
pub struct AndroidAppMetadata {
    pub package_name: Option<String>,
    #[serde(default)]
    pub sha256_cert_fingerprints: Vec<String>,
}
