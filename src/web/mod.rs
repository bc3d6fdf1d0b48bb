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
    FromRequest, Handler, HttpResponse, Resource, Responder, Route,
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
    config.app_data(app.clone()).service(document(metrics::PATH, metrics::get));
}

/// What anybody may read, and keep.
fn public_documents(config: &mut ServiceConfig) {
    config
        .service(document(path::OPENID_CONFIGURATION, documents::metadata))
        .service(document(path::OAUTH_AUTHORIZATION_SERVER, documents::metadata))
        .service(document(path::JWKS, documents::jwks))
        .service(document("/.well-known/passkey-endpoints", documents::passkey_endpoints))
        .service(document("/.well-known/apple-app-site-association", app_links::apple))
        .service(document("/.well-known/assetlinks.json", app_links::android))
        .service(document("/healthz", documents::healthz))
        .service(document("/readyz", documents::readyz))
        .service(document("/static/{name}", assets::get))
        .service(document(account::profile::picture::SERVED_AT, account::profile::picture::get));
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
        .service(document("/", account::home))
        .service(resource(
            path::AUTHORIZE,
            [
                (Method::GET, web::get().to(oauth::authorize::get)),
                (Method::POST, web::post().to(oauth::authorize::post)),
            ],
        ))
        .service(resource("/resume", [(Method::GET, web::get().to(oauth::authorize::resume))]))
        .service(page("/login", pages::sign_in::get, pages::sign_in::post))
        .service(page(pages::passkey::PATH, pages::passkey::get, pages::passkey::post))
        .service(page(pages::second_factor::PATH, pages::second_factor::get, pages::second_factor::post))
        .service(resource(pages::returning::PATH, [(Method::POST, web::post().to(pages::returning::post))]))
        .service(page("/forgot", pages::forgot::get, pages::forgot::post))
        .service(link("/reset", pages::reset::get, pages::reset::post))
        .service(link("/verify", pages::quiet_link::get_verify, pages::quiet_link::post_verify))
        .service(page(pages::mail_sign_in::PATH, pages::mail_sign_in::get, pages::mail_sign_in::post))
        .service(page(pages::mail_sign_in::CODE_PATH, pages::mail_sign_in::get_code, pages::mail_sign_in::post_code))
        .service(link("/login/mail/link", pages::mail_link::get, pages::mail_link::post))
        .service(resource("/mail", [(Method::GET, web::get().to(pages::local_mail::get))]))
        .service(resource("/mail/{number}", [(Method::GET, web::get().to(pages::local_mail::html))]))
        .service(page("/signup", pages::sign_up::get, pages::sign_up::post))
        .service(page(pages::sign_up_mail::CODE_PATH, pages::sign_up_mail::get_code, pages::sign_up_mail::post_code))
        .service(link("/signup/link", pages::sign_up_mail::get_link, pages::sign_up_mail::post_link))
        .service(link("/unfreeze", pages::quiet_link::get_unfreeze, pages::quiet_link::post_unfreeze))
        .service(link("/invite", pages::invite::get, pages::invite::post))
        .service(resource("/enroll", [(Method::GET, web::get().to(pages::enroll::get))]))
        .service(page("/setup", pages::setup::get, pages::setup::post))
        .service(page("/consent", pages::consent::get, pages::consent::post))
        .service(page("/select-account", pages::select_account::get, pages::select_account::post))
        .service(page(path::LOGOUT, pages::sign_out::get, pages::sign_out::post));
}

/// What people meet on the way to another provider, and back from it.
fn provider_pages(config: &mut ServiceConfig) {
    config
        .service(page(upstream::link_account::PATH, upstream::link_account::get, upstream::link_account::post))
        .service(page(upstream::welcome::PATH, upstream::welcome::get, upstream::welcome::post))
        .service(resource("/login/{provider}", [(Method::GET, web::get().to(upstream::start::get))]))
        .service(resource(
            "/callback/{provider}/android/{package}",
            [(Method::POST, web::post().to(upstream::android::post))],
        ))
        .service(page("/callback/{provider}", upstream::callback::get, upstream::callback::post))
        .service(document("/callback/{provider}/data-deletion/{code}", upstream::events::signed::status));
}

/// Where people look after their account.
fn account_pages(config: &mut ServiceConfig) {
    config
        .service(resource("/account", [(Method::GET, web::get().to(account::overview::get))]))
        .service(page("/account/email", account::email::get, account::email::post))
        .service(page(account::email::CODE_PATH, account::email::get_code, account::email::post_code))
        .service(link("/account/email/approve", account::email::approval::get, account::email::approval::post))
        .service(page(
            account::email::approval::CODE,
            account::email::approval::get_code,
            account::email::approval::post_code,
        ))
        .service(resource(
            account::email::approval::WITHOUT,
            [(Method::POST, web::post().to(account::email::approval::post_without))],
        ))
        .service(link("/account/email/confirm", account::email::get_confirm, account::email::post_confirm))
        .service(link("/account/email/undo", account::email::undo::get, account::email::undo::post))
        .service(resource(account::overview::VERIFY, [(Method::POST, web::post().to(account::overview::verify))]))
        .service(page("/account/profile", account::profile::get, account::profile::post))
        .service(
            resource(
                account::profile::picture::PATH,
                [(Method::POST, web::post().to(account::profile::picture::post))],
            )
            .app_data(account::profile::picture::limits()),
        )
        .service(page("/account/password", account::password::get, account::password::post))
        .service(page("/account/passkeys", account::passkeys::get, account::passkeys::post))
        .service(page("/account/two-step", account::two_step::get, account::two_step::post))
        .service(resource(account::two_step::PICTURE, [(Method::GET, web::get().to(account::two_step::picture))]))
        .service(page("/account/sessions", account::sessions::get, account::sessions::post))
        .service(resource("/account/activity", [(Method::GET, web::get().to(account::activity::get))]))
        .service(page("/account/leave", account::leave::get, account::leave::post))
        .service(page("/account/ways-in", account::ways_in::get, account::ways_in::post))
        .service(link("/account/ways-in/undo", account::ways_in::get_undo, account::ways_in::post_undo))
        .service(page("/account/apps", account::apps::get, account::apps::post));
}

/// What is read alone.
fn document<A: FromRequest + 'static>(path: &str, get: impl Handler<A, Output: Responder + 'static>) -> Resource {
    resource(path, [(Method::GET, web::get().to(get.clone())), (Method::HEAD, web::head().to(get))])
}

/// A page with a form, which comes back to it.
fn page<A, B>(
    path: &str,
    get: impl Handler<A, Output: Responder + 'static>,
    post: impl Handler<B, Output: Responder + 'static>,
) -> Resource
where
    A: FromRequest + 'static,
    B: FromRequest + 'static,
{
    resource(path, [(Method::GET, web::get().to(get)), (Method::POST, web::post().to(post))])
}

/// The page of a link that comes by mail; programs that look at mail ask for its head.
fn link<A, B>(
    path: &str,
    get: impl Handler<A, Output: Responder + 'static>,
    post: impl Handler<B, Output: Responder + 'static>,
) -> Resource
where
    A: FromRequest + 'static,
    B: FromRequest + 'static,
{
    let (get, head) = (web::get().to(get.clone()), web::head().to(get));
    resource(path, [(Method::GET, get), (Method::HEAD, head), (Method::POST, web::post().to(post))])
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
