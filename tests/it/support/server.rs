//! The program itself, as a child process.
use super::{Answer, AppClient, Browser, Database, Http, PATIENCE, database::Created, eventually, random};
use jsonwebtoken::{DecodingKey, Validation, jwk::JwkSet};
use serde_json::Value;
use std::{
    fs::File,
    io::{Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU16, Ordering},
    },
};
use tempfile::TempDir;
use toml::Table;

/// A person with an account.
#[derive(Clone, Debug)]
pub struct User {
    /// The subject identifier.
    pub sub: String,
    /// What they sign in with; verified.
    pub email: String,
    /// How they are called.
    pub name: String,
    /// What they sign in with, too.
    pub password: String,
}

/// A running server, killed when dropped; then its log must tell of no panic.
#[derive(Debug)]
pub struct Server {
    /// Its issuer identifier.
    pub issuer: String,
    /// Requests to it.
    pub http: Http,
    /// Where it listens.
    pub address: SocketAddr,
    pub(super) settings: Table,
    pub(super) config: PathBuf,
    log: PathBuf,
    child: Option<Child>,
    /// Where it works and what it stores in, shared by the nodes of one installation.
    pub(super) home: Arc<Home>,
}

#[derive(Debug)]
pub(super) struct Home {
    pub(super) database: Created,
    folder: TempDir,
}

impl Server {
    /// Starts one on an empty database. `settings` is TOML laid over `server.toml`: sections are merged, clients of
    /// the same id replaced, and `PORT` stands for the port.
    pub async fn start(database: Database, settings: &str) -> Self {
        let server = Self::prepare(database, settings).await;
        server.started().await
    }

    /// Everything `start` does but starting: for tests of the command line alone.
    pub async fn prepare(database: Database, settings: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("genkan-test-").tempdir().unwrap();
        let database = database.create(folder.path()).await;
        Self::node(Arc::new(Home { database, folder }), settings)
    }

    /// Starts another node on the same database and master key, under the same issuer.
    pub async fn start_another(&self, settings: &str) -> Self {
        let mut node = Self::node(self.home.clone(), settings);
        node.settings.insert("issuer".into(), self.issuer.clone().into());
        node.issuer.clone_from(&self.issuer);
        node.started().await
    }

    fn node(home: Arc<Home>, settings: &str) -> Self {
        let port = free_port();
        let mut all: Table = include_str!("server.toml").parse().unwrap();
        let own = format!(
            "issuer = 'http://127.0.0.1:{port}'\nserver.listen = '127.0.0.1:{port}'\ndatabase.url = '{}'",
            home.database.url
        );
        merge(&mut all, own.parse().unwrap());
        merge(&mut all, settings.replace("PORT", &port.to_string()).parse().expect("settings are TOML"));
        let issuer = all["issuer"].as_str().unwrap().to_owned();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let file = |kind: &str| home.folder.path().join(format!("{port}.{kind}"));
        Self {
            http: Http::new(&format!("http://{address}")),
            issuer,
            address,
            settings: all,
            config: file("toml"),
            log: file("log"),
            child: None,
            home,
        }
    }

    async fn started(mut self) -> Self {
        std::fs::write(&self.config, self.settings.to_string()).unwrap();
        if self.issuer.starts_with("http://localhost:") {
            // The name in the browser's bar, so that it takes the cookies of that name.
            self.http = Http::new(&self.issuer);
        } else {
            self.http = self.http.clone().on_behalf_of(&self.issuer);
        }
        self.restart().await;
        self
    }

    /// Starts it again, after `kill` or `terminate`.
    pub async fn restart(&mut self) {
        assert!(self.child.is_none(), "it runs already");
        let log = File::options().create(true).append(true).open(&self.log).unwrap();
        let mut command = self.command(&["serve"]);
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        self.child = Some(command.spawn().unwrap());
        eventually("the server is up", async || {
            if let Some(status) = self.child.as_mut().and_then(|child| child.try_wait().unwrap()) {
                panic!("the server ended ({status}):\n{}", self.log());
            }
            let answer = Answer::try_of(self.http.request(reqwest::Method::GET, "/healthz")).await;
            answer.ok().filter(|answer| answer.status == 200)
        })
        .await;
    }

    /// Ends it at once, as a power cut does (SIGKILL).
    pub fn kill(&mut self) {
        let mut child = self.child.take().expect("it runs");
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Asks it to end (SIGTERM), and waits until it has.
    pub async fn terminate(&mut self) -> ExitStatus {
        self.signal("TERM");
        self.ended().await
    }

    /// The id of its process.
    pub fn process(&self) -> u32 {
        self.child.as_ref().expect("it runs").id()
    }

    /// Sends it a signal.
    pub fn signal(&self, name: &str) {
        let id = self.process().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    /// Waits until it has ended.
    pub async fn ended(&mut self) -> ExitStatus {
        let mut child = self.child.take().expect("it runs");
        eventually("the server ends", async || child.try_wait().unwrap()).await
    }

    /// Changes the settings; they hold from the next `restart`, and for the command line at once.
    pub fn set(&mut self, settings: &str) {
        merge(&mut self.settings, settings.parse().expect("settings are TOML"));
        std::fs::write(&self.config, self.settings.to_string()).unwrap();
    }

    /// What it wrote so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// The folder it works in; with its database, on SQLite, and its master key.
    pub fn folder(&self) -> &Path {
        self.home.folder.path()
    }

    /// Runs a command of the program on this server's configuration; fails unless the command succeeds.
    #[track_caller]
    pub fn cli(&self, arguments: &[&str], stdin: &str) -> String {
        let (status, out, log) = self.try_cli(arguments, stdin);
        assert!(status.success(), "genkan {arguments:?} ended with {status}\n{out}\n{log}");
        out
    }

    /// Runs a command: how it ended, its output and its errors.
    pub fn try_cli(&self, arguments: &[&str], stdin: &str) -> (ExitStatus, String, String) {
        self.try_cli_with(&[], arguments, stdin)
    }

    /// The same, with variables in its environment.
    pub fn try_cli_with(
        &self,
        variables: &[(&str, &str)],
        arguments: &[&str],
        stdin: &str,
    ) -> (ExitStatus, String, String) {
        if !self.config.exists() {
            std::fs::write(&self.config, self.settings.to_string()).unwrap();
        }
        let mut command = self.command(arguments);
        command.envs(variables.iter().copied());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A command that reads nothing may have ended by now.
        _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
        let output = child.wait_with_output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status, text(output.stdout), text(output.stderr))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_genkan"));
        command.args(arguments).arg("--config").arg(&self.config).current_dir(self.folder());
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("GENKAN_")) {
            command.env_remove(name);
        }
        command
    }

    /// Makes an account by the command line.
    #[track_caller]
    pub fn user(&self, name: &str) -> User {
        let (email, password) = (format!("{}@people.test", name.to_lowercase()), random());
        let arguments = ["user", "create", "--email", &email, "--name", name, "--verified", "--password-stdin"];
        let created: Value = serde_json::from_str(&self.cli(&arguments, &password)).unwrap();
        let sub = created["sub"].as_str().expect("the command prints the sub").to_owned();
        User { sub, email, name: name.into(), password }
    }

    /// A browser with no cookies.
    pub fn browser(&self) -> Browser {
        Browser::new(self.http.clone())
    }

    /// The app of this id, among `[[clients]]`.
    #[track_caller]
    pub fn app(&self, client_id: &str) -> AppClient {
        AppClient::new(self.http.clone(), &self.registration(client_id))
    }

    /// How the app of this id is registered, in the names of RFC 7591.
    #[track_caller]
    pub fn registration(&self, client_id: &str) -> Value {
        let clients = serde_json::to_value(&self.settings["clients"]).unwrap();
        let mut clients = clients.as_array().unwrap().iter();
        clients.find(|client| client["client_id"] == client_id).expect("a client of that id").clone()
    }

    /// The claims of a token, once its signature holds by the published keys and its issuer and times are right.
    pub async fn claims(&self, token: &Value) -> Value {
        let token = token.as_str().expect("a token");
        let header = jsonwebtoken::decode_header(token).unwrap();
        let keys: JwkSet = serde_json::from_value(self.http.get("/jwks.json").await.ok()).unwrap();
        let key = keys.find(header.kid.as_deref().expect("a key id")).expect("a published key");
        let mut validation = Validation::new(header.alg);
        validation.set_issuer(&[&self.issuer]);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        // Which audience is right is for the test to say.
        validation.validate_aud = false;
        validation.leeway = 0;
        jsonwebtoken::decode(token, &DecodingKey::from_jwk(key).unwrap(), &validation).unwrap().claims
    }

    /// Sends bytes as they are and reads until the server hangs up: ask for `Connection: close`.
    pub fn raw(&self, request: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(request).unwrap();
        let mut answer = vec![];
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            _ = child.kill();
            _ = child.wait();
        }
        let log = self.log();
        if std::thread::panicking() {
            let lines: Vec<_> = log.lines().collect();
            eprintln!("the server's log ends:\n{}", lines[lines.len().saturating_sub(60)..].join("\n"));
        } else {
            assert!(!log.contains("panicked at"), "the server panicked:\n{log}");
        }
    }
}

/// Lays settings over others: tables are merged, clients of the same id replaced, other clients added.
fn merge(under: &mut Table, over: Table) {
    for (key, value) in over {
        match (under.get_mut(&key), value) {
            (Some(toml::Value::Table(under)), toml::Value::Table(over)) => merge(under, over),
            (Some(toml::Value::Array(under)), toml::Value::Array(over)) if key == "clients" => {
                let id = |client: &toml::Value| client["client_id"].as_str().map(ToOwned::to_owned);
                under.retain(|client| !over.iter().any(|new| id(new) == id(client)));
                under.extend(over);
            }
            (_, value) => _ = under.insert(key, value),
        }
    }
}

/// A port of this machine that nobody listens on, below those that outgoing connections take: none of them can get in between.
pub fn free_port() -> u16 {
    const PORTS: std::ops::Range<u16> = 20_000..32_000;
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = u16::try_from(std::process::id() % 12_000).unwrap();
    for _ in PORTS {
        let offset = (start + NEXT.fetch_add(1, Ordering::Relaxed) % 12_000) % 12_000;
        let port = PORTS.start + offset;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
    panic!("every port is taken");
}
