//! Sending traces to the operator's collector. Its address is in the settings and nobody else's to choose, so that private
//! networks, where collectors are, may be reached.
use super::{Error, LONGEST_ANSWER, Settings, builder, cause};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use reqwest::Client;
use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::runtime::Handle;

/// How long sending may take.
const DEADLINE: Duration = Duration::from_secs(5);

/// What sends. Whoever asks it to does so on a thread of their own; the sending is done here, on the runtime.
#[derive(Debug, Clone)]
pub struct Exporter {
    client: Client,
    runtime: Handle,
    /// Whether the last time failed, so that it is said once.
    failing: Arc<AtomicBool>,
}

impl Exporter {
    /// Made on the runtime that is to send.
    pub fn new(settings: &Settings) -> Result<Self, Error> {
        let client = builder(settings)?.timeout(DEADLINE).build();
        let client = client.map_err(|why| Error::Settings(format!("the client cannot be made: {why}")))?;
        Ok(Self { client, runtime: Handle::current(), failing: Arc::default() })
    }

    async fn send(self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let outcome = self.exchange(request).await;
        let problem = match &outcome {
            Ok(answer) if answer.status().is_success() => None,
            Ok(answer) => Some(format!("it answered {}", answer.status())),
            Err(why) => Some(cause(why.as_ref())),
        };
        match (problem, self.failing.load(Ordering::Relaxed)) {
            (Some(why), false) => tracing::warn!(why, "traces cannot be sent"),
            (None, true) => tracing::info!("traces can be sent again"),
            _ => {}
        }
        let is_good = outcome.as_ref().is_ok_and(|answer| answer.status().is_success());
        self.failing.store(!is_good, Ordering::Relaxed);
        outcome
    }

    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let mut answer = self.client.execute(request.try_into()?).await?;
        let mut whole = vec![];
        while let Some(chunk) = answer.chunk().await? {
            if whole.len() + chunk.len() > LONGEST_ANSWER {
                return Err("it sent too much".into());
            }
            whole.extend_from_slice(&chunk);
        }
        let mut response = Response::new(whole.into());
        *response.status_mut() = answer.status();
        response.headers_mut().clone_from(answer.headers());
        Ok(response)
    }
}

impl HttpClient for Exporter {
    fn send_bytes<'a, 'f>(
        &'a self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'f>>
    where
        'a: 'f,
        Self: 'f,
    {
        let sending = self.runtime.spawn(self.clone().send(request));
        Box::pin(async move { sending.await? })
    }
}
