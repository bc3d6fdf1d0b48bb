//! Genkan in this process, as `genkan serve` runs it, on a database that is gone afterwards.
use crate::{Failure, people};
use actix_web::{rt, web::Data};
use genkan::{app::App, clock::Clock, config::Config, server};
use openidconnect::CsrfToken;
use std::{fmt::Write, io};
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
    /// Starts Genkan with one account, one app registered, the one at `home`, and one provider to come from.
    pub async fn start(issuer: String, port: u16, home: &str, elsewhere: &str) -> Result<Self, Failure> {
        let data = tempfile::tempdir()?;
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

                # The other provider is on this machine, and answers without TLS.
                [fetch]
                allow_private_networks = true
                {elsewhere}
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
        people::move_in(&app.db, app.clock.now()).await?;
        let (server, _) = server::start(&app)?;
        Ok(Self { issuer, client_secret, server: rt::spawn(server), _data: data })
    }

    /// Waits until somebody presses Ctrl-C.
    pub async fn run(self) -> Result<(), Failure> {
        Ok(self.server.await??)
    }
}
