//! `/openapi.json`: the API's description (`OpenAPI` 3.1), made of the code.
use super::{api_keys, apps, audit, configuration, groups, keys, providers, settings, users, webhooks};
use crate::{app::App, domain::Readable};
use actix_web::{HttpResponse, web::Data};
use serde_json::json;
use utoipa::{
    Modify, OpenApi,
    openapi::{
        OpenApi as Document, RefOr, Schema, Server,
        security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme},
    },
};

#[derive(OpenApi)]
#[openapi(
    info(title = "Genkan administration", description = "What the administration's pages do, for programs.", version = "1"),
    paths(api_keys::list, api_keys::read, api_keys::create, api_keys::revoke, audit::list, providers::list, providers::read, providers::put, providers::remove, providers::check, settings::read, settings::change, configuration::read, configuration::export, keys::list, keys::rotate, keys::retire, apps::list, apps::read, apps::create, apps::replace, apps::delete, apps::rotate, apps::revoke_previous, users::list, users::copy, users::create, users::read, users::change, users::delete, users::disable, users::enable, users::reset, users::remove_factors, users::remove_second_step, users::remove_passkey, users::unlink, users::delete_later, users::keep, users::set_role, users::preview_merge, users::merge, users::sessions, users::end_sessions, users::end_session, users::consents, users::withdraw, users::ways_in, users::groups, users::invite, groups::list, groups::create, groups::read, groups::change, groups::delete, groups::members, groups::add, groups::remove, audit::copy, webhooks::list, webhooks::read, webhooks::create, webhooks::update, webhooks::remove, webhooks::rotate, webhooks::test, webhooks::replay_since, webhooks::deliveries, webhooks::replay),
    modifiers(&Bearer, &Languages)
)]
struct Api;

/// Every operation takes a bearer token.
struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut Document) {
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
        document.security = Some(vec![SecurityRequirement::new("bearer", Vec::<String>::new())]);
    }
}

/// Members in languages (RFC 7591 section 2.2), which no field of a type can be.
struct Languages;

impl Modify for Languages {
    fn modify(&self, document: &mut Document) {
        let schemas = &mut document.components.get_or_insert_default().schemas;
        let Some(RefOr::T(Schema::Object(app))) = schemas.get_mut("AppMetadata") else { return };
        let names: Vec<&str> = Readable::ALL.iter().map(|member| member.as_str()).collect();
        let member = json!({
            "description": "The same for people who read this language (BCP 47), such as `client_name#ja`.",
            "type": ["string", "null"],
        });
        let patterns = json!({ format!("^({})#[0-9A-Za-z-]+$", names.join("|")): member });
        // utoipa has no word of its own for it.
        app.extensions.get_or_insert_default().insert("patternProperties".into(), patterns);
    }
}

/// The description, without where it is served.
pub fn description() -> serde_json::Value {
    serde_json::to_value(Api::openapi()).unwrap_or_default()
}

/// `GET /api/admin/v1/openapi.json`.
pub async fn get(app: Data<App>) -> HttpResponse {
    let mut document = Api::openapi();
    document.servers = Some(vec![Server::new(format!("{}/api/admin/v1", app.config.issuer))]);
    HttpResponse::Ok().json(document)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::api::TABLE;

    #[test]
    fn it_describes_members_in_languages() {
        let app = &description()["components"]["schemas"]["AppMetadata"];
        assert_eq!(app["additionalProperties"], json!(false), "{app}");
        let patterns: Vec<_> = app["patternProperties"].as_object().unwrap().keys().cloned().collect();
        assert_eq!(patterns, ["^(client_name|client_uri|logo_uri|policy_uri|tos_uri)#[0-9A-Za-z-]+$"]);
    }

    /// `security.md` AD-01: what is described is what there is.
    #[test]
    fn it_describes_every_route_and_no_other() {
        let document = description();
        let paths = document["paths"].as_object().unwrap();
        let mut described: Vec<String> = paths
            .iter()
            .flat_map(|(path, methods)| {
                methods.as_object().unwrap().keys().map(move |method| format!("{} {path}", method.to_uppercase()))
            })
            .collect();
        let route = |rule: &crate::web::guard::Rule| {
            format!("{} {}", rule.method, rule.path.strip_prefix("/api/admin/v1").unwrap())
        };
        let mut routed: Vec<String> = TABLE.iter().map(route).collect();
        described.sort();
        routed.sort();
        assert_eq!(described, routed);
    }
}
