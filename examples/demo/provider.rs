//! Genkan in this process, as `genkan serve` runs it, on a database that is gone afterwards.
use crate::Failure;
use actix_web::{rt, web::Data};
use genkan::{app::App, clock::Clock, config::Config, server};
use openidconnect::CsrfToken;
use std::{
    fmt::Write,
    io,
    net::{Ipv4Addr, TcpListener},
};
use tempfile::TempDir;

/// Genkan, running.
pub struct Provider {
    /// Where it is.
    pub issuer: String,
    /// What the app proves itself with.
    pub client_secret: String,
    server: rt::task::JoinHandle<io::Result<()>>,
    _data: TempDir,
}

/// The app's name at Genkan.
pub const CLIENT_ID: &str = "demo";

impl Provider {
    /// Starts Genkan with one app registered, the one at `home`.
    pub async fn start(home: &str) -> Result<Self, Failure> {
        let data = tempfile::tempdir()?;
        let port = free_port()?;
        let issuer = format!("http://localhost:{port}");
        let client_secret = CsrfToken::new_random_len(32).into_secret();

        // Settings come from a file …
        let file = data.path().join("genkan.toml");
        std::fs::write(
            &file,
            format!(
                r#"
                [instance]
                name = "Genkan"

                [[clients]]
                client_id = "{CLIENT_ID}"
                client_name = "Demo App"
                client_secret = "{client_secret}"
                redirect_uris = ["{home}/callback"]
                post_logout_redirect_uris = ["{home}/signed-out"]
                "#
            ),
        )?;
        // … and from variables.
        let in_data = |name| data.path().join(name).display().to_string();
        let variables = [
            ("GENKAN_ISSUER", issuer.clone()),
            ("GENKAN_SERVER__LISTEN", format!("127.0.0.1:{port}")),
            ("GENKAN_DATABASE__URL", format!("sqlite:{}", in_data("genkan.db"))),
            ("GENKAN_SECRETS__MASTER_KEY_FILE", in_data("master.key")),
        ];
        let variables = variables.into_iter().map(|(name, value)| (name.to_owned(), value));
        let config = Config::load(Some(&file), variables).map_err(|faults| {
            faults.iter().fold(String::new(), |mut text, fault| {
                let _ = writeln!(text, "{fault}");
                text
            })
        })?;

        let app = Data::new(App::start(config, Clock::system()).await?);
        let (server, _) = server::start(&app)?;
        Ok(Self { issuer, client_secret, server: rt::spawn(server), _data: data })
    }

    /// Waits until somebody presses Ctrl-C.
    pub async fn run(self) -> Result<(), Failure> {
        Ok(self.server.await??)
    }
}

/// A port that nobody listens at.
pub fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
