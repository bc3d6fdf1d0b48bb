//! Listening, and stopping without cutting anybody off.
mod stop;
mod watch;

use crate::{
    app::{App, StartError},
    config::Tls,
    jobs,
    web::{self, defaults, for_this_host, give_request_id, observe},
};
use actix_web::{App as Actix, HttpServer, dev::ServerHandle, middleware::from_fn, rt, web::Data};
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use std::{net::SocketAddr, time::Duration};
use stop::Orders;
use tokio::task::JoinSet;
use watch::Watch;

/// Starts to listen, and the jobs. Returns what runs until the process is told to stop, to be awaited, and where it
/// listens (the port is chosen by the system where the settings say 0).
pub fn start(app: &Data<App>) -> Result<(impl Future<Output = std::io::Result<()>> + use<>, SocketAddr), StartError> {
    let address = app.config.server.listen;
    let failed = |why| StartError::Listen { address, why };
    let (served, watch) = (app.clone(), Watch::default());
    watch.start();
    let server = HttpServer::new(move || {
        Actix::new()
            .wrap(from_fn(for_this_host))
            .wrap(defaults(&served.config.issuer))
            .wrap(from_fn(observe))
            .wrap(from_fn(give_request_id))
            .wrap(from_fn(watch::note))
            .configure(|config| web::routes(config, &served))
    })
    // A slow sender is cut off; see RFC 9110 section 15.5.9.
    .client_request_timeout(Duration::from_secs(10))
    .client_disconnect_timeout(Duration::from_secs(2))
    .keep_alive(Duration::from_secs(22))
    .on_connect(move |io, data| watch.connected(io, data))
    .disable_signals()
    .shutdown_timeout(20);
    let server = match &app.config.server.tls {
        Some(tls) => server.bind_rustls_0_23(address, rustls_config(tls)?).map_err(failed)?,
        None => server.bind(address).map_err(failed)?,
    };
    let bound = server.addrs().first().copied().unwrap_or(address);
    let orders = Orders::heard().map_err(StartError::Signals)?;
    let beside = app.config.metrics.listen.map(|address| metrics_at(address, app)).transpose()?;
    let (server, jobs, app) = (server.run(), jobs::start(app), app.clone());
    let obeying = rt::spawn(orders.obey(server.handle(), app.clone()));
    let until_told = async move {
        let outcome = server.await;
        obeying.abort();
        if let Some(beside) = beside {
            beside.stop(true).await;
        }
        stop(jobs, &app).await;
        outcome
    };
    Ok((until_told, bound))
}

/// Starts to listen for whoever reads metrics.
fn metrics_at(address: SocketAddr, app: &Data<App>) -> Result<ServerHandle, StartError> {
    let (served, failed) = (app.clone(), |why| StartError::Listen { address, why });
    let server = HttpServer::new(move || Actix::new().configure(|config| web::metrics_routes(config, &served)))
        .workers(1)
        .disable_signals()
        .bind(address)
        .map_err(failed)?
        .run();
    let handle = server.handle();
    rt::spawn(server);
    Ok(handle)
}

/// Once nobody is served any more: the jobs end, and what is being written is waited for.
async fn stop(mut jobs: JoinSet<()>, app: &App) {
    jobs.shutdown().await;
    app.db.close().await;
}

fn rustls_config(tls: &Tls) -> Result<ServerConfig, StartError> {
    let failed = |why: String| StartError::Tls(why);
    let chain = CertificateDer::pem_file_iter(&tls.cert)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|why| failed(format!("{}: {why}", tls.cert.display())))?;
    let key = PrivateKeyDer::from_pem_file(&tls.key).map_err(|why| failed(format!("{}: {why}", tls.key.display())))?;
    ServerConfig::builder_with_provider(rustls::crypto::aws_lc_rs::default_provider().into())
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|why| failed(why.to_string()))
}
