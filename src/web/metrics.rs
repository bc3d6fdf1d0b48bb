//! `GET /metrics`, where the settings say so: nothing of people or apps is in it (`security.md` LG-04).
use crate::{
    app::App,
    config,
    metrics::{self, Snapshot},
    storage::{self, outbox, sessions},
};
use actix_web::{HttpRequest, HttpResponse, http::header, web::Data};
use aws_lc_rs::constant_time;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// Where it is.
pub const PATH: &str = "/metrics";
/// What both versions of the format have in common is what we write.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const PLAIN: &str = "text/plain; version=0.0.4; charset=utf-8";
/// Rows are counted no more often than this, however often somebody asks.
const COUNT: Duration = Duration::from_secs(30);

static COUNTED: Mutex<Option<(Instant, [i64; 2])>> = Mutex::const_new(None);

/// All of them.
pub async fn get(app: Data<App>, request: HttpRequest) -> HttpResponse {
    if !may_read(&app.config.metrics, &request) {
        return HttpResponse::Unauthorized()
            .insert_header((header::WWW_AUTHENTICATE, "Bearer realm=\"genkan\""))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .finish();
    }
    let text = match snapshot(&app).await {
        Ok(now) => metrics::text(&now).map_err(|why| why.to_string()),
        Err(why) => Err(why.to_string()),
    };
    match text {
        Ok(text) => HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, format_for(&request)))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .body(text),
        Err(why) => {
            tracing::error!(%why, "metrics cannot be told");
            HttpResponse::ServiceUnavailable().insert_header((header::CACHE_CONTROL, "no-store")).finish()
        }
    }
}

fn may_read(settings: &config::Metrics, request: &HttpRequest) -> bool {
    let Some(token) = &settings.token else { return true };
    let shown = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let shown =
        shown.and_then(|value| value.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    shown.is_some_and(|(_, shown)| {
        constant_time::verify_slices_are_equal(shown.trim().as_bytes(), token.reveal().as_bytes()).is_ok()
    })
}

fn format_for(request: &HttpRequest) -> &'static str {
    let accepted = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    if accepted.is_some_and(|accepted| accepted.contains("application/openmetrics-text")) {
        OPEN_METRICS
    } else {
        PLAIN
    }
}

async fn snapshot(app: &App) -> storage::Result<Snapshot> {
    let now = app.clock.now();
    let ages = app.memory().keys.ages(now);
    let [outbox, sessions] = counted(app).await?;
    Ok(Snapshot { outbox, sessions, connections: app.db.connections(), key_ages: ages })
}

async fn counted(app: &App) -> storage::Result<[i64; 2]> {
    let mut counted = COUNTED.lock().await;
    if let Some((_, rows)) = counted.filter(|(at, _)| at.elapsed() < COUNT) {
        return Ok(rows);
    }
    let rows = [outbox::length(&app.db).await?, sessions::count(&app.db, app.clock.now()).await?];
    *counted = Some((Instant::now(), rows));
    Ok(rows)
}
