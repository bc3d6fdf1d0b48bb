//! Traces for OpenTelemetry: how long a request took, and where, sent by OTLP over HTTP to a collector.
//!
//! Its spans have a target of their own: without a collector nobody is interested in them, so that they cost nothing, and
//! lines of the log never end up among them. No attribute takes what people or apps send.
use opentelemetry::{propagation::TextMapPropagator as _, trace::TracerProvider as _};
use opentelemetry_http::HttpClient;
use opentelemetry_otlp::{ExporterBuildError, Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::{
    Resource,
    propagation::TraceContextPropagator,
    trace::{Sampler, SdkTracer, SdkTracerProvider},
};
use std::{collections::HashMap, time::Duration};
use tracing::{Span, Subscriber, field::Empty, level_filters::LevelFilter};
use tracing_opentelemetry::{OpenTelemetryLayer, OpenTelemetrySpanExt as _};
use tracing_subscriber::{
    Layer,
    filter::{Filtered, Targets},
    registry::LookupSpan,
};

/// The target of all spans here.
const TARGET: &str = "otel";
/// Where collectors take traces, below the address of the settings (OTLP 1.x, section "OTLP/HTTP Request").
const PATH: &str = "/v1/traces";
/// How long sending may take, and the last of it when the process ends.
const DEADLINE: Duration = Duration::from_secs(5);

/// What gathers spans and sends them.
#[derive(Debug)]
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// To the collector at this address, of so many requests in a hundred.
    pub fn start(endpoint: &str, percent: u8, client: impl HttpClient + 'static) -> Result<Self, ExporterBuildError> {
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(client)
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(format!("{}{PATH}", endpoint.trim_end_matches('/')))
            .with_timeout(DEADLINE)
            .build()?;
        let resource = Resource::builder()
            .with_service_name("genkan")
            .with_attribute(opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        // Whoever asks us within a trace has decided already.
        let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(f64::from(percent) / 100.0)));
        let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_sampler(sampler);
        Ok(Self(provider.with_resource(resource).build()))
    }

    /// What hands spans over to it.
    pub fn layer<S>(&self) -> Filtered<OpenTelemetryLayer<S, SdkTracer>, Targets, S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        let ours = Targets::new().with_target(TARGET, LevelFilter::INFO);
        let layer = OpenTelemetryLayer::new(self.0.tracer("genkan"));
        let layer = layer.with_location(false).with_threads(false).with_tracked_inactivity(false).with_target(false);
        layer.with_level(false).with_filter(ours)
    }

    /// Sends what is left, at the end.
    pub async fn stop(self) {
        // The runtime goes on sending while this waits.
        let stopped = tokio::task::spawn_blocking(move || self.0.shutdown_with_timeout(DEADLINE)).await;
        if let Ok(Err(why)) = stopped {
            tracing::warn!(%why, "the last traces were not sent");
        }
    }
}

/// A request. `route` is the pattern of its path; `parent` the `traceparent` (W3C Trace Context) of somebody we trust.
pub fn request(method: &'static str, route: Option<&str>, parent: Option<&str>) -> Span {
    let span = tracing::info_span!(
        target: TARGET,
        "request",
        otel.name = %format_args!("{method} {}", route.unwrap_or("none")),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
    );
    if let Some(parent) = parent.filter(|_| !span.is_disabled()) {
        let carrier = HashMap::from([("traceparent".to_owned(), parent.to_owned())]);
        // A span that nothing has entered yet takes any parent.
        let _ = span.set_parent(TraceContextPropagator::new().extract(&carrier));
    }
    span
}

/// How it was answered.
pub fn answered(span: &Span, status: u16) {
    span.record("http.response.status_code", i64::from(status));
    if status >= 500 {
        span.record("otel.status_code", "ERROR");
    }
}

/// Something within this process that takes a while.
pub fn work(name: &'static str) -> Span {
    tracing::info_span!(target: TARGET, "work", otel.name = name)
}

/// Asking the database.
pub fn database(name: &'static str, system: &'static str) -> Span {
    tracing::info_span!(target: TARGET, "database", otel.name = name, otel.kind = "client", db.system.name = system)
}

/// Asking a provider, whose name in the settings this is.
pub fn call(provider: &str, method: &str) -> Span {
    tracing::info_span!(
        target: TARGET,
        "call",
        otel.name = %format_args!("{method} {provider}"),
        otel.kind = "client",
        http.request.method = method,
        genkan.provider = provider,
    )
}
