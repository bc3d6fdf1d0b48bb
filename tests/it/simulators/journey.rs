//! A browser finds the way to a provider and back: to a server that does no more than Genkan has to for it.
use crate::support::{Browser, Http, Kind, Params, Upstream};
use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer,
    cookie::{Cookie, SameSite},
    dev::ServerHandle,
    http::header::{LOCATION, ORIGIN},
    web,
};
use std::net::{Ipv4Addr, TcpListener};

/// Starts a server with a way to this place, by a link or by a form; where it is.
fn start(way: &str) -> (String, ServerHandle) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let to = format!("{way}&redirect_uri={base}/callback/up");
    let app = move || {
        let to = to.clone();
        let leave = move || {
            let cookie = Cookie::build("flow", "1").path("/").same_site(SameSite::Lax).finish();
            let answer = HttpResponse::Found().insert_header((LOCATION, to.as_str())).cookie(cookie).finish();
            async { answer }
        };
        App::new()
            .route("/login/up", web::route().to(leave))
            .route("/callback/up", web::route().to(callback))
            .route("/link", web::to(async || page("<a id=\"login-with-up\" href=\"/login/up\">Up</a>")))
            .route("/form", web::to(async || page(FORM)))
    };
    let server = HttpServer::new(app).workers(1).disable_signals().listen(listener).unwrap().run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    (base, handle)
}

const FORM: &str = "<form method=\"post\" action=\"/login/up\"><button id=\"login-with-up\">Up</button></form>";

fn page(body: &'static str) -> HttpResponse {
    HttpResponse::Ok().content_type("text/html").body(body)
}

/// Tells the app what came, once the browser that comes is the one that left.
async fn callback(request: HttpRequest, body: String) -> HttpResponse {
    let origin = request.headers().get(ORIGIN).map(|origin| origin.to_str().unwrap().to_owned());
    if request.cookie("flow").is_some() {
        let told = if body.is_empty() { request.query_string().to_owned() } else { body };
        return HttpResponse::Found().insert_header((LOCATION, format!("https://app.test/cb?{told}"))).finish();
    }
    assert_ne!(origin, Some(format!("http://{}", request.connection_info().host())));
    let field = |(name, value): &(String, String)| format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">");
    let fields: String = Params::parse(&body).0.iter().filter(|(name, _)| name != "user").map(field).collect();
    let form = format!("<form method=\"post\">{fields}<button id=\"again\">Continue</button></form>");
    HttpResponse::Ok().content_type("text/html").body(form)
}

#[actix_web::test]
async fn a_browser_goes_to_a_provider_and_comes_back() {
    for (kind, how) in [(Kind::Oidc, ""), (Kind::Apple, "&response_mode=form_post")] {
        let upstream = Upstream::start(kind);
        upstream.settings("up");
        let way = upstream.url(crate::support::Endpoint::Authorization);
        let scope = if kind == Kind::Apple { "name email" } else { "openid email" };
        let way = format!("{way}?client_id={}&response_type=code&scope={scope}&state=s{how}", upstream.client_id());
        let (base, server) = start(&way.replace(' ', "%20"));
        let browser = Browser::new(Http::new(&base));
        for path in ["/link", "/form"] {
            let page = browser.open(path).await;
            let told = browser.sign_in_with(&upstream, &page, "up").await.callback();
            assert!(told.to == "https://app.test/cb" && told.get("code").is_some(), "{told:?}");
            let page = browser.meet(&upstream, &page, "up").await;
            let told = browser.come_back(&upstream, &page, "upstream-deny").await.callback();
            assert!(told.get("error").is_some() && told.get("state") == Some("s"), "{told:?}");
        }
        server.stop(false).await;
    }
}
