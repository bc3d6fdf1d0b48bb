//! Copies as files, written as they are read.
use crate::{
    admin::copy::{Copy, Format},
    app::App,
    web::stream::Parts,
};
use actix_web::{
    HttpResponse,
    http::header,
    web::{Bytes, Data},
};

/// The file of a copy. `name`: what it is of.
pub fn file(app: &Data<App>, (name, format): (&str, Format), mut copy: impl Copy) -> HttpResponse {
    let (give, parts) = Parts::new();
    let (reading, what) = (app.clone(), name.to_owned());
    tokio::spawn(async move {
        loop {
            let part = match copy.next(&reading).await {
                Ok(Some(part)) => Ok(Bytes::from(part)),
                Ok(None) => return,
                Err(why) => {
                    tracing::error!(%why, what, "a copy broke off");
                    Err(std::io::Error::other("broken off"))
                }
            };
            if give.send(part).await.is_err() {
                return;
            }
        }
    });
    let kind = match format {
        Format::JsonLines => "application/jsonl; charset=utf-8",
        Format::Csv => "text/csv; charset=utf-8; header=present",
    };
    let day = app.clock.now().in_rfc3339();
    let name = format!("attachment; filename=\"{name}-{}.{format}\"", day.split('T').next().unwrap_or_default());
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, kind))
        .insert_header((header::CONTENT_DISPOSITION, name))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(parts)
}
