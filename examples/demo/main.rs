//! Genkan and a small app that signs people in with it, in one command:
//!
//! ```sh
//! cargo run --release --example demo
//! ```
//!
//! | file               | what it owns |
//! |--------------------|--------------|
//! | `main.rs`          | starting both |
//! | `provider.rs`      | Genkan in this process, on a database that is gone afterwards |
//! | `relying_party.rs` | the OpenID Connect half of the app: what an app of yours would have |
//! | `app.rs`           | the rest of the app: its routes, and who visits it |
//! | `pages.rs`         | what people see |
mod app;
mod pages;
mod provider;
mod relying_party;

use actix_web::{App, HttpServer, rt, web};
use provider::Provider;
use relying_party::RelyingParty;
use std::net::Ipv4Addr;

/// Why something failed, in words.
type Failure = Box<dyn std::error::Error>;

#[actix_web::main]
async fn main() -> Result<(), Failure> {
    // Genkan is `localhost` and the app is `127.0.0.1`: two hosts, so that neither sees the other's cookies.
    let app_port = provider::free_port()?;
    let home = format!("http://127.0.0.1:{app_port}");

    let provider = Provider::start(&home).await?;
    let party = RelyingParty::discover(&provider, &home).await?;
    let app = web::Data::new(app::Demo::new(party, &provider.issuer));

    let server = HttpServer::new(move || App::new().app_data(app.clone()).configure(app::routes))
        .workers(1)
        .disable_signals()
        .bind((Ipv4Addr::LOCALHOST, app_port))?
        .run();
    let handle = server.handle();
    rt::spawn(server);

    println!("Genkan and an app that signs people in with it are running. Open this:\n");
    println!("  {home}\n");
    println!("Genkan itself is {}; everything is gone when you stop it (Ctrl-C).", provider.issuer);
    provider.run().await?;
    handle.stop(false).await;
    Ok(())
}
