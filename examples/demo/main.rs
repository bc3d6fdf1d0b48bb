//! Genkan, a small app that signs people in with it, and another provider that people come to Genkan from, in one command:
//!
//! ```sh
//! cargo run --release --example demo
//! ```
//!
//! | file               | what it owns |
//! |--------------------|--------------|
//! | `main.rs`          | starting all three |
//! | `provider.rs`      | Genkan in this process, on a database that is gone afterwards |
//! | `relying_party.rs` | the OpenID Connect half of the app: what an app of yours would have |
//! | `app.rs`           | the rest of the app: its routes, and who visits it |
//! | `pages.rs`         | what people see |
//! | `example_id.rs`    | Example ID, the other provider |
//! | `people.rs`        | who has an account at which |
mod app;
mod example_id;
mod pages;
mod people;
mod provider;
mod relying_party;
#[cfg(test)]
mod tests;

use actix_web::{App, HttpServer, dev::ServerHandle, rt, web};
use example_id::ExampleId;
use provider::Provider;
use relying_party::RelyingParty;
use std::net::{Ipv4Addr, TcpListener};

/// Why something failed, in words.
type Failure = Box<dyn std::error::Error>;

/// All of it, running.
struct Running {
    home: String,
    provider: Provider,
    servers: [ServerHandle; 2],
}

impl Running {
    async fn start() -> Result<Self, Failure> {
        // Genkan is `localhost` and the others are `127.0.0.1`: two hosts, so that neither sees the other's cookies.
        let (genkan, app, example_id) = (free_port()?, free_port()?, free_port()?);
        let issuer = format!("http://localhost:{genkan}");
        let home = format!("http://127.0.0.1:{app}");

        let elsewhere = ExampleId::new(format!("http://127.0.0.1:{example_id}"), format!("{issuer}/callback/example"))?;
        let provider = Provider::start(issuer, genkan, &home, &elsewhere.settings()).await?;
        let party = RelyingParty::discover(&provider, &home).await?;
        let demo = web::Data::new(app::Demo::new(party, &provider.issuer));
        let server = HttpServer::new(move || App::new().app_data(demo.clone()).configure(app::routes))
            .workers(1)
            .disable_signals()
            .bind((Ipv4Addr::LOCALHOST, app))?
            .run();
        let servers = [server.handle(), elsewhere.serve(example_id)?];
        rt::spawn(server);
        Ok(Self { home, provider, servers })
    }
}

#[actix_web::main]
async fn main() -> Result<(), Failure> {
    let Running { home, provider, servers } = Running::start().await?;
    println!("Genkan and an app that signs people in with it are running. Open this:\n");
    println!("  {home}\n");
    println!("Make an account, come from Example ID, or be {} ({:?}).", people::EMAIL, people::PASSWORD);
    println!("Genkan itself is {}; everything is gone when you stop it (Ctrl-C).", provider.issuer);
    provider.run().await?;
    for server in servers {
        server.stop(false).await;
    }
    Ok(())
}

/// A port that nobody listens at.
fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
