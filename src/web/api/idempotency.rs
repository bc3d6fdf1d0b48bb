//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): whoever did not hear the answer to a POST sends it
//! again with the same key, and is given the answer of the first time. For a day.
use super::{Caller, Problem};
use crate::{
    app::App,
    domain::Digest,
    storage::idempotency::{self, Standing},
};
use actix_web::{
    Error, FromRequest, HttpResponse,
    body::{self, BoxBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::{Method, StatusCode, header},
    middleware::Next,
    web::{Bytes, Data},
};
use serde::{Deserialize, Serialize};

const HEADER: &str = "idempotency-key";
const LONGEST: usize = 255;
const DAY: i64 = 86_400;

/// An answer as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

/// Answers a request that has been answered before as it was then.
pub async fn honour(
    app: Data<App>,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let asks = request.method() == Method::POST && request.headers().contains_key(HEADER);
    if !asks {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    match taken(&app, &mut request).await {
        Ok((digest, Standing::New)) => {
            let answer = next.call(request).await;
            let answer = answer.map(ServiceResponse::map_into_boxed_body);
            keep(&app, digest, answer?).await
        }
        Ok((digest, Standing::Answered(sealed))) => {
            let again = again(&app, &digest, &sealed).unwrap_or_else(|| HttpResponse::from_error(busy()));
            Ok(request.into_response(again))
        }
        Ok((_, Standing::Busy)) => Ok(request.into_response(HttpResponse::from_error(busy()))),
        Ok((_, Standing::Another)) => {
            let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused")
                .because("This Idempotency-Key belongs to another request. Send a new one.");
            Ok(request.into_response(HttpResponse::from_error(problem)))
        }
        Err(problem) => Ok(request.into_response(HttpResponse::from_error(problem))),
    }
}

fn busy() -> Problem {
    Problem::new(StatusCode::CONFLICT, "idempotency_key_in_use")
        .because("The first request with this Idempotency-Key is being answered. Try again in a moment.")
}

/// What the request's key stands for. Its body is read, and given back to it.
async fn taken(app: &App, request: &mut ServiceRequest) -> Result<(Digest, Standing), Problem> {
    let caller = Caller::extract(request.request()).await?;
    let key = request.headers().get(HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if key.is_empty() || key.len() > LONGEST {
        return Err(Problem::invalid("Idempotency-Key must be 1 to 255 visible characters."));
    }
    let digest = Digest::of(&format!("{} {key}", caller.operator.actor));
    let (http, payload) = request.parts_mut();
    let bytes = Bytes::from_request(http, payload).await;
    let bytes = bytes.map_err(|_| Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large"))?;
    let asked = Digest::of(&format!("{} {}", request.path(), String::from_utf8_lossy(&bytes)));
    request.set_payload(Payload::from(bytes));
    Ok((digest.clone(), idempotency::take(&app.db, digest, asked, app.clock.now()).await?))
}

/// Keeps an answer, and gives it. One that may be another next time is not kept.
async fn keep(app: &App, digest: Digest, answer: ServiceResponse<BoxBody>) -> Result<ServiceResponse<BoxBody>, Error> {
    let (request, response) = answer.into_parts();
    let (response, body) = response.into_parts();
    let bytes =
        body::to_bytes(body).await.map_err(|_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error"))?;
    let status = response.status();
    let outcome = if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        idempotency::release(&app.db, digest).await
    } else {
        let wanted = [header::CONTENT_TYPE, header::ETAG, header::LOCATION, header::CACHE_CONTROL];
        let headers = wanted
            .iter()
            .filter_map(|name| Some((name.to_string(), response.headers().get(name)?.to_str().ok()?.to_owned())));
        let kept = Kept {
            status: status.as_u16(),
            headers: headers.collect(),
            body: String::from_utf8_lossy(&bytes).into_owned(),
        };
        let text = serde_json::to_vec(&kept).unwrap_or_default();
        match app.secrets.answers.seal(digest.as_str(), &text) {
            Ok(sealed) => idempotency::keep(&app.db, digest, sealed, app.clock.now().plus(DAY)).await,
            Err(why) => return Err(Problem::from(why).into()),
        }
    };
    // It is done, whether or not it can be said again.
    if let Err(why) = outcome {
        tracing::error!(%why, "an answer could not be kept");
    }
    Ok(ServiceResponse::new(request, response.set_body(BoxBody::new(bytes))))
}

fn again(app: &App, digest: &Digest, sealed: &[u8]) -> Option<HttpResponse> {
    let kept: Kept = serde_json::from_slice(&app.secrets.answers.open(digest.as_str(), sealed)?).ok()?;
    let mut response = HttpResponse::build(StatusCode::from_u16(kept.status).ok()?);
    for (name, value) in kept.headers {
        response.insert_header((name, value));
    }
    Some(response.insert_header(("idempotency-replayed", "true")).body(kept.body))
}
