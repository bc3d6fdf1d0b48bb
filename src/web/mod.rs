//! HTTP: every route there is, and how requests and answers look from outside.
mod account;
mod admin;
mod admission;
mod api;
mod app_links;
mod assets;
mod browser;
mod documents;
mod error;
mod flow;
mod forms;
mod guard;
mod headers;
mod host;
mod interaction;
mod limits;
mod mailed_code;
mod metrics;
mod notices;
mod oauth;
mod observe;
mod pages;
mod passkeys;
mod peer;
mod record;
mod request_id;
mod second_factor;
mod session;
mod stream;
mod ticket;
mod upstream;
mod visit;
mod waiting;

pub use headers::defaults;
pub use host::check as for_this_host;
pub use observe::observe;
pub use request_id::give as give_request_id;

use crate::app::App;
use crate::protocol::discovery::path;
use actix_web::{
    HttpResponse, Resource, Route,
    http::{Method, header},
    middleware::from_fn,
    web::{self, Data, PayloadConfig, ServiceConfig},
};

/// A request body longer than this is refused, in bytes.
const LONGEST_BODY: usize = 64 * 1024;

/// Every route there is.
pub fn routes(config: &mut ServiceConfig, app: &Data<App>) {
    config.app_data(app.clone()).app_data(PayloadConfig::new(LONGEST_BODY)).configure(public_documents);
    if app.config.metrics.is_public() {
        config.configure(|config| metrics_routes(config, app));
    }
    config.configure(|config| endpoints(config, app)).configure(provider_messages).service(api::endpoints()).service(
        web::scope("")
            .wrap(from_fn(error::show))
            .wrap(session::middleware(app))
            .wrap(from_fn(session::last))
            .wrap(from_fn(error::unavailable))
            .configure(sign_in_pages)
            .configure(provider_pages)
            .configure(account_pages)
            .service(admin::pages())
            .default_service(web::to(error::not_found)),
    );
}

/// The routes of the listener for metrics alone.
pub fn metrics_routes(config: &mut ServiceConfig, app: &Data<App>) {
    config.app_data(app.clone()).service(document(
        metrics::PATH,
        web::get().to(metrics::get),
        web::head().to(metrics::get),
    ));
}

/// What anybody may read, and keep.
fn public_documents(config: &mut ServiceConfig) {
    config
        .service(document(
            path::OPENID_CONFIGURATION,
            web::get().to(documents::metadata),
            web::head().to(documents::metadata),
        ))
        .service(document(
            path::OAUTH_AUTHORIZATION_SERVER,
            web::get().to(documents::metadata),
            web::head().to(documents::metadata),
        ))
        .service(document(path::JWKS, web::get().to(documents::jwks), web::head().to(documents::jwks)))
        .service(document(
            "/.well-known/passkey-endpoints",
            web::get().to(documents::passkey_endpoints),
            web::head().to(documents::passkey_endpoints),
        ))
        .service(document(
            "/.well-known/apple-app-site-association",
            web::get().to(app_links::apple),
            web::head().to(app_links::apple),
        ))
        .service(document(
            "/.well-known/assetlinks.json",
            web::get().to(app_links::android),
            web::head().to(app_links::android),
        ))
        .service(document("/healthz", web::get().to(documents::healthz), web::head().to(documents::healthz)))
        .service(document("/readyz", web::get().to(documents::readyz), web::head().to(documents::readyz)))
        .service(document("/static/{name}", web::get().to(assets::get), web::head().to(assets::get)))
        .service(document(
            account::profile::picture::SERVED_AT,
            web::get().to(account::profile::picture::get),
            web::head().to(account::profile::picture::get),
        ));
}

/// What apps call.
fn endpoints(config: &mut ServiceConfig, app: &Data<App>) {
    config
        .service(resource(path::TOKEN, [(Method::POST, web::post().to(oauth::token::post))]).wrap(headers::cors(app)))
        .service(
            resource(path::NATIVE_NONCE, [(Method::POST, web::post().to(oauth::native_nonce::post))])
                .wrap(headers::cors(app)),
        )
        .service(
            resource(
                path::USERINFO,
                [
                    (Method::GET, web::get().to(oauth::userinfo::get)),
                    (Method::POST, web::post().to(oauth::userinfo::post)),
                ],
            )
            .wrap(headers::cors(app)),
        )
        .service(resource(path::REVOKE, [(Method::POST, web::post().to(oauth::revoke::post))]).wrap(headers::cors(app)))
        .service(
            resource(path::INTROSPECT, [(Method::POST, web::post().to(oauth::introspect::post))])
                .wrap(headers::cors(app)),
        );
}

/// What providers call: no page of ours, so no session, and no form token.
fn provider_messages(config: &mut ServiceConfig) {
    config
        .service(resource(
            "/callback/{provider}/events",
            [(Method::POST, web::post().to(upstream::events::pushed::post))],
        ))
        .service(resource(
            "/callback/{provider}/backchannel-logout",
            [(Method::POST, web::post().to(upstream::events::logout::post))],
        ))
        .service(resource(
            "/callback/{provider}/deauthorize",
            [(Method::POST, web::post().to(upstream::events::signed::deauthorize))],
        ))
        .service(resource(
            "/callback/{provider}/data-deletion",
            [(Method::POST, web::post().to(upstream::events::signed::delete_data))],
        ));
}

/// What people meet on the way to an app, and back from it.
fn sign_in_pages(config: &mut ServiceConfig) {
    config
        .service(document("/", web::get().to(account::home), web::head().to(account::home)))
        .service(resource(
            path::AUTHORIZE,
            [
                (Method::GET, web::get().to(oauth::authorize::get)),
                (Method::POST, web::post().to(oauth::authorize::post)),
            ],
        ))
        .service(resource("/resume", [(Method::GET, web::get().to(oauth::authorize::resume))]))
        .service(page("/login", web::get().to(pages::sign_in::get), web::post().to(pages::sign_in::post)))
        .service(page(pages::passkey::PATH, web::get().to(pages::passkey::get), web::post().to(pages::passkey::post)))
        .service(page(
            pages::second_factor::PATH,
            web::get().to(pages::second_factor::get),
            web::post().to(pages::second_factor::post),
        ))
        .service(resource(pages::returning::PATH, [(Method::POST, web::post().to(pages::returning::post))]))
        .service(page("/forgot", web::get().to(pages::forgot::get), web::post().to(pages::forgot::post)))
        .service(link(
            "/reset",
            web::get().to(pages::reset::get),
            web::head().to(pages::reset::get),
            web::post().to(pages::reset::post),
        ))
        .service(link(
            "/verify",
            web::get().to(pages::quiet_link::get_verify),
            web::head().to(pages::quiet_link::get_verify),
            web::post().to(pages::quiet_link::post_verify),
        ))
        .service(page(
            pages::mail_sign_in::PATH,
            web::get().to(pages::mail_sign_in::get),
            web::post().to(pages::mail_sign_in::post),
        ))
        .service(page(
            pages::mail_sign_in::CODE_PATH,
            web::get().to(pages::mail_sign_in::get_code),
            web::post().to(pages::mail_sign_in::post_code),
        ))
        .service(link(
            "/login/mail/link",
            web::get().to(pages::mail_link::get),
            web::head().to(pages::mail_link::get),
            web::post().to(pages::mail_link::post),
        ))
        .service(resource("/mail", [(Method::GET, web::get().to(pages::local_mail::get))]))
        .service(resource("/mail/{number}", [(Method::GET, web::get().to(pages::local_mail::html))]))
        .service(page("/signup", web::get().to(pages::sign_up::get), web::post().to(pages::sign_up::post)))
        .service(page(
            pages::sign_up_mail::CODE_PATH,
            web::get().to(pages::sign_up_mail::get_code),
            web::post().to(pages::sign_up_mail::post_code),
        ))
        .service(link(
            "/signup/link",
            web::get().to(pages::sign_up_mail::get_link),
            web::head().to(pages::sign_up_mail::get_link),
            web::post().to(pages::sign_up_mail::post_link),
        ))
        .service(link(
            "/unfreeze",
            web::get().to(pages::quiet_link::get_unfreeze),
            web::head().to(pages::quiet_link::get_unfreeze),
            web::post().to(pages::quiet_link::post_unfreeze),
        ))
        .service(link(
            "/invite",
            web::get().to(pages::invite::get),
            web::head().to(pages::invite::get),
            web::post().to(pages::invite::post),
        ))
        .service(resource("/enroll", [(Method::GET, web::get().to(pages::enroll::get))]))
        .service(page("/setup", web::get().to(pages::setup::get), web::post().to(pages::setup::post)))
        .service(page("/consent", web::get().to(pages::consent::get), web::post().to(pages::consent::post)))
        .service(page(
            "/select-account",
            web::get().to(pages::select_account::get),
            web::post().to(pages::select_account::post),
        ))
        .service(page(path::LOGOUT, web::get().to(pages::sign_out::get), web::post().to(pages::sign_out::post)));
}

/// What people meet on the way to another provider, and back from it.
fn provider_pages(config: &mut ServiceConfig) {
    config
        .service(page(
            upstream::link_account::PATH,
            web::get().to(upstream::link_account::get),
            web::post().to(upstream::link_account::post),
        ))
        .service(page(
            upstream::welcome::PATH,
            web::get().to(upstream::welcome::get),
            web::post().to(upstream::welcome::post),
        ))
        .service(resource("/login/{provider}", [(Method::GET, web::get().to(upstream::start::get))]))
        .service(resource(
            "/callback/{provider}/android/{package}",
            [(Method::POST, web::post().to(upstream::android::post))],
        ))
        .service(page(
            "/callback/{provider}",
            web::get().to(upstream::callback::get),
            web::post().to(upstream::callback::post),
        ))
        .service(document(
            "/callback/{provider}/data-deletion/{code}",
            web::get().to(upstream::events::signed::status),
            web::head().to(upstream::events::signed::status),
        ));
}

/// Where people look after their account.
fn account_pages(config: &mut ServiceConfig) {
    config
        .service(resource("/account", [(Method::GET, web::get().to(account::overview::get))]))
        .service(page("/account/email", web::get().to(account::email::get), web::post().to(account::email::post)))
        .service(page(
            account::email::CODE_PATH,
            web::get().to(account::email::get_code),
            web::post().to(account::email::post_code),
        ))
        .service(link(
            "/account/email/approve",
            web::get().to(account::email::approval::get),
            web::head().to(account::email::approval::get),
            web::post().to(account::email::approval::post),
        ))
        .service(page(
            account::email::approval::CODE,
            web::get().to(account::email::approval::get_code),
            web::post().to(account::email::approval::post_code),
        ))
        .service(resource(
            account::email::approval::WITHOUT,
            [(Method::POST, web::post().to(account::email::approval::post_without))],
        ))
        .service(link(
            "/account/email/confirm",
            web::get().to(account::email::get_confirm),
            web::head().to(account::email::get_confirm),
            web::post().to(account::email::post_confirm),
        ))
        .service(link(
            "/account/email/undo",
            web::get().to(account::email::undo::get),
            web::head().to(account::email::undo::get),
            web::post().to(account::email::undo::post),
        ))
        .service(resource(account::overview::VERIFY, [(Method::POST, web::post().to(account::overview::verify))]))
        .service(page("/account/profile", web::get().to(account::profile::get), web::post().to(account::profile::post)))
        .service(
            resource(
                account::profile::picture::PATH,
                [(Method::POST, web::post().to(account::profile::picture::post))],
            )
            .app_data(account::profile::picture::limits()),
        )
        .service(page(
            "/account/password",
            web::get().to(account::password::get),
            web::post().to(account::password::post),
        ))
        .service(page(
            "/account/passkeys",
            web::get().to(account::passkeys::get),
            web::post().to(account::passkeys::post),
        ))
        .service(page(
            "/account/two-step",
            web::get().to(account::two_step::get),
            web::post().to(account::two_step::post),
        ))
        .service(resource(account::two_step::PICTURE, [(Method::GET, web::get().to(account::two_step::picture))]))
        .service(page(
            "/account/sessions",
            web::get().to(account::sessions::get),
            web::post().to(account::sessions::post),
        ))
        .service(resource("/account/activity", [(Method::GET, web::get().to(account::activity::get))]))
        .service(page("/account/leave", web::get().to(account::leave::get), web::post().to(account::leave::post)))
        .service(page("/account/ways-in", web::get().to(account::ways_in::get), web::post().to(account::ways_in::post)))
        .service(link(
            "/account/ways-in/undo",
            web::get().to(account::ways_in::get_undo),
            web::head().to(account::ways_in::get_undo),
            web::post().to(account::ways_in::post_undo),
        ))
        .service(page("/account/apps", web::get().to(account::apps::get), web::post().to(account::apps::post)));
}

fn document(path: &str, get: Route, head: Route) -> Resource {
    resource(path, [(Method::GET, get), (Method::HEAD, head)])
}

fn page(path: &str, get: Route, post: Route) -> Resource {
    resource(path, [(Method::GET, get), (Method::POST, post)])
}

/// The page of a link that comes by mail; programs that look at mail ask for its head.
fn link(path: &str, get: Route, head: Route, post: Route) -> Resource {
    resource(path, [(Method::GET, get), (Method::HEAD, head), (Method::POST, post)])
}

/// A path and its methods; any other method is answered with those that there are.
fn resource<const N: usize>(path: &str, routes: [(Method, Route); N]) -> Resource {
    let allowed = routes.iter().map(|(method, _)| method.as_str()).collect::<Vec<_>>().join(", ");
    let refuse = move || {
        let allowed = allowed.clone();
        async move { HttpResponse::MethodNotAllowed().insert_header((header::ALLOW, allowed)).finish() }
    };
    routes
        .into_iter()
        .fold(web::resource(path), |resource, (_, route)| resource.route(route))
        .default_service(web::to(refuse))
}
