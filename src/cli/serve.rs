//! `genkan serve`: the provider itself.
use super::{Failure, database};
use crate::{
    app::App,
    clock::Clock,
    config::{Config, Log, LogFormat},
    domain::Secret,
    fetch::Exporter,
    server,
    storage::setup,
    telemetry::Traces,
};
use actix_web::web::Data;
use std::io::IsTerminal;
use tracing_subscriber::{
    Layer as _,
    filter::{LevelFilter, Targets},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

/// Runs until it is told to stop.
pub async fn run(config: Config) -> Result<(), Failure> {
    let traces = traces(&config)?;
    log_to_standard_error(&config.log, traces.as_ref());
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    let app = Data::new(App::start(config, Clock::system()).await?);
    if !app.mailer.is_on() {
        tracing::warn!("mail is {}", app.mailer.way());
    }
    let (server, address) = server::start(&app)?;
    greet(&app, address).await?;
    let outcome = server.await;
    if let Some(traces) = traces {
        traces.stop().await;
    }
    Ok(outcome?)
}

fn traces(config: &Config) -> Result<Option<Traces>, Failure> {
    let Some(endpoint) = &config.telemetry.otlp_endpoint else { return Ok(None) };
    let exporter = Exporter::new(&config.fetch)?;
    Ok(Some(Traces::start(endpoint, config.telemetry.sample_percent, exporter)?))
}

/// Says what was done, where to go, and how to become the owner of a fresh instance.
async fn greet(app: &App, address: std::net::SocketAddr) -> Result<(), Failure> {
    let (config, issuer) = (&app.config, &app.config.issuer);
    println!("Genkan {} is open at {issuer} (listening on {address})", env!("CARGO_PKG_VERSION"));
    println!("  data       {}", database(config));
    println!("  discovery  {}", issuer.url(crate::protocol::discovery::path::OPENID_CONFIGURATION));
    println!("  sign in    {}", issuer.url("/login"));
    println!("  mail       {}", app.mailer.way());
    if !setup::has_owner(&app.db).await? {
        let token = Secret::random();
        setup::offer(&app.db, token.digest(), app.clock.now()).await?;
        println!();
        println!("Nobody owns this instance yet. Create the owner's account with this link (it works once):");
        println!("  {}", issuer.url(&format!("/setup?token={}", token.reveal())));
    }
    Ok(())
}

fn log_to_standard_error(log: &Log, traces: Option<&Traces>) {
    let level = LevelFilter::from_level(log.level);
    // Libraries speak up when something is wrong.
    let targets = Targets::new()
        .with_default(LevelFilter::WARN.min(level))
        .with_target("genkan", level)
        .with_target("access", if log.requests { level } else { LevelFilter::OFF })
        .with_target("audit", level);
    let registry = tracing_subscriber::registry().with(traces.map(Traces::layer));
    let lines =
        tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    match log.format {
        LogFormat::Text => registry.with(lines.with_filter(targets)).init(),
        LogFormat::Json => registry.with(lines.json().with_span_list(false).with_filter(targets)).init(),
    }
}
