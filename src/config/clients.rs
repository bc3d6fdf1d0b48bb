//! The relying parties that the settings register: `[[clients]]` with the names of RFC 7591.
use super::reader::{Section, YEARS};
use crate::{
    domain::Client,
    i18n::Message,
    protocol::registration::{AndroidAppMetadata, ClientMetadata, is_tagged, register},
};
use std::collections::HashMap;

pub(super) fn read(root: &mut Section) -> Vec<Client> {
    let read = root.sections("clients", |section| {
        let metadata = metadata(section);
        (metadata.client_id.clone(), client(section, metadata))
    });
    let mut first = HashMap::new();
    let mut clients = vec![];
    for (index, (id, client)) in read.into_iter().enumerate() {
        if let Some(id) = id {
            let holder = *first.entry(id).or_insert(index);
            if holder != index {
                let problem = Message::new("fault-client-same").with("other", format!("clients[{holder}]"));
                root.fault(&format!("clients[{index}].client_id"), problem);
            }
        }
        clients.extend(client);
    }
    clients
}

pub(super) fn metadata(section: &mut Section) -> ClientMetadata {
    ClientMetadata {
        client_id: section.text("client_id"),
        client_secret: section.secret("client_secret"),
        client_name: section.text("client_name"),
        redirect_uris: section.list("redirect_uris").unwrap_or_default(),
        post_logout_redirect_uris: section.list("post_logout_redirect_uris").unwrap_or_default(),
        token_endpoint_auth_method: section.text("token_endpoint_auth_method"),
        token_endpoint_auth_signing_alg: section.text("token_endpoint_auth_signing_alg"),
        jwks: section.json("jwks", "fault-jwks"),
        jwks_uri: section.text("jwks_uri"),
        grant_types: section.list("grant_types"),
        response_types: section.list("response_types"),
        application_type: section.text("application_type"),
        scope: section.text("scope"),
        id_token_signed_response_alg: section.text("id_token_signed_response_alg"),
        access_token_signed_response_alg: section.text("access_token_signed_response_alg"),
        default_max_age: section.optional_number("default_max_age", "fault-seconds", 0..=YEARS),
        required_acr: section.text("required_acr"),
        allowed_providers: section.list("allowed_providers").unwrap_or_default(),
        ios_app_ids: section.list("ios_app_ids").unwrap_or_default(),
        android_apps: section.sections("android_apps", |app| AndroidAppMetadata {
            package_name: app.text("package_name"),
            sha256_cert_fingerprints: app.list("sha256_cert_fingerprints").unwrap_or_default(),
        }),
        client_uri: section.text("client_uri"),
        logo_uri: section.text("logo_uri"),
        policy_uri: section.text("policy_uri"),
        tos_uri: section.text("tos_uri"),
        localized: section.texts_of(is_tagged).into_iter().collect(),
        contacts: section.list("contacts").unwrap_or_default(),
        software_id: section.text("software_id"),
        software_version: section.text("software_version"),
        access_token_lifetime: section.optional_number("access_token_lifetime", "fault-seconds", 0..=YEARS),
        refresh_token_lifetime: section.optional_number("refresh_token_lifetime", "fault-seconds", 0..=YEARS),
        require_pkce: section.truth("require_pkce"),
        skip_consent: section.truth("skip_consent"),
    }
}

fn client(section: &mut Section, metadata: ClientMetadata) -> Option<Client> {
    // Registration would invent one, and another at the next start.
    if metadata.client_id.is_none() && section.is_sound("client_id") {
        section.fault("client_id", "fault-client-id-missing");
    }
    let faults = match register(metadata) {
        Ok(client) => return Some(client),
        Err(faults) => faults,
    };
    // What could not be read has its fault already, and is missing only for that.
    let unread = |field: &str| !section.is_sound(field) || !section.is_sound(&format!("{field}_file"));
    let fresh: Vec<_> = faults.into_iter().filter(|fault| !unread(&fault.field)).collect();
    for fault in fresh {
        section.fault(&fault.field, fault.problem);
    }
    None
}
