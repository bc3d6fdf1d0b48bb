//! The server under measurement: its settings, its people, its process.
use crate::{Result, http::Site, machine::Process};
use serde_json::json;
use std::{
    fs::{self, File},
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;

pub const SECRET: &str = "a-bench-secret-of-no-use-to-anybody-else-00";
pub const REDIRECT_URI: &str = "https://app.example/callback";
pub const PASSWORD: &str = "nine blue herons over the quiet lake";

/// A directory with settings, and what the server keeps beside them.
pub struct Place {
    directory: TempDir,
    pub site: Site,
    /// The database's URL.
    pub database: String,
}

impl Place {
    pub fn sqlite() -> Result<Self> {
        Self::new(|directory| format!("sqlite:{}", directory.path().join("genkan.db").display()))
    }

    pub fn postgres(url: &str) -> Result<Self> {
        Self::new(|_| url.to_owned())
    }

    fn new(database: impl Fn(&TempDir) -> String) -> Result<Self> {
        let directory = tempfile::Builder::new().prefix("genkan-bench-").tempdir()?;
        let port = free_port()?;
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let database = database(&directory);
        let place = Self { site: Site { address, issuer: format!("http://localhost:{port}") }, directory, database };
        fs::write(place.path("config.toml"), place.settings(&place.database)?)?;
        Ok(place)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// The settings that people run, without limits, and with codes that can be stocked.
    fn settings(&self, database: &str) -> Result<String> {
        let client = |kind: &str, algorithm: &str| {
            json!({
                "client_id": format!("{kind}-{algorithm}"),
                "client_name": format!("Bench {algorithm}"),
                "client_secret": SECRET,
                "id_token_signed_response_alg": algorithm,
                "access_token_signed_response_alg": algorithm,
            })
        };
        let mut clients = vec![];
        for algorithm in ["ES256", "RS256", "EdDSA"] {
            let mut machine = client("machine", algorithm);
            machine["grant_types"] = json!(["client_credentials"]);
            machine["scope"] = "api".into();
            let mut web = client("web", algorithm);
            web["redirect_uris"] = json!([REDIRECT_URI]);
            web["skip_consent"] = true.into();
            clients.extend([machine, web]);
        }
        Ok(toml::to_string(&json!({
            "issuer": self.site.issuer,
            "server": { "listen": self.site.address },
            "database": { "url": database },
            "secrets": { "master_key_file": self.path("master.key") },
            "limits": { "enabled": false },
            "tokens": { "authorization_code": 600 },
            "clients": clients,
        }))?)
    }

    fn genkan(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_genkan"));
        command.args(arguments).arg("--config").arg(self.path("config.toml")).current_dir(self.directory.path());
        let variables = std::env::vars_os().map(|(name, _)| name);
        for name in variables.filter(|name| name.to_string_lossy().starts_with("GENKAN_")) {
            command.env_remove(name);
        }
        command
    }

    /// A key to the administration.
    pub fn api_key(&self) -> Result<String> {
        let output = self.genkan(&["apikey", "create", "--name", "bench", "--role", "owner"]).output()?;
        if output.status.success() {
            Ok(String::from_utf8(output.stdout)?.trim().to_owned())
        } else {
            Err("no key".into())
        }
    }

    pub fn create_user(&self, email: &str) -> Result<()> {
        let mut child = self
            .genkan(&["user", "create", "--email", email, "--password-stdin", "--verified"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()?;
        child.stdin.take().ok_or("no stdin")?.write_all(PASSWORD.as_bytes())?;
        let status = child.wait()?;
        if status.success() { Ok(()) } else { Err(format!("genkan user create: {status}").into()) }
    }

    /// Starts the server, and tells how long it took until it answered.
    pub fn start(&self) -> Result<(Server, Duration)> {
        self.start_with(&[])
    }

    /// The same, with other settings, by the names of their variables.
    pub fn start_with(&self, settings: &[(&str, &str)]) -> Result<(Server, Duration)> {
        let log = || File::options().create(true).append(true).open(self.path("log"));
        let from = Instant::now();
        let mut command = self.genkan(&["serve"]);
        command.envs(settings.iter().copied());
        let child = command.stdin(Stdio::null()).stdout(log()?).stderr(log()?).spawn()?;
        let mut server = Server { process: Process(child.id()), child };
        while !self.is_healthy() {
            if let Some(status) = server.child.try_wait()? {
                return Err(format!("the server ended: {status}").into());
            }
            if from.elapsed() > Duration::from_mins(15) {
                return Err("the server does not answer".into());
            }
            std::thread::sleep(Duration::from_micros(500));
        }
        Ok((server, from.elapsed()))
    }

    fn is_healthy(&self) -> bool {
        let ask = || -> Result<bool> {
            let mut stream = TcpStream::connect(self.site.address)?;
            stream.write_all(&self.site.get("/healthz", &[("connection", "close")]))?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer)?;
            Ok(answer.starts_with("HTTP/1.1 200"))
        };
        ask().unwrap_or(false)
    }

    /// The last lines of the server's log.
    pub fn log_tail(&self) -> String {
        let log = fs::read_to_string(self.path("log")).unwrap_or_default();
        let lines: Vec<_> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

/// A running server; it ends with this.
pub struct Server {
    pub process: Process,
    child: Child,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
