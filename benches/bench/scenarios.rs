//! What is measured, in this order.
use crate::{
    Result, administration,
    app::{App, Tokens, tokens},
    browser::Browser,
    callers::{Codes, Redeem, Refresh, Same, SignIn, SignOn},
    enumeration, flood,
    http::Connection,
    load::{self, Caller, Measurement},
    machine::{Process, hashes_per_second},
    report::Report,
    server::{Place, Server},
    upstream,
};
use std::{rc::Rc, time::Duration};

const WARM_UP: Duration = Duration::from_secs(1);
/// What a server does after its start is over by then.
const SETTLED: Duration = Duration::from_secs(2);
/// Starts with existing keys, of which the median counts.
const STARTS: usize = 5;
/// People who sign in at once, and connections that watch meanwhile.
const PEOPLE: usize = 16;
const WATCHERS: usize = 2;

/// The scenarios on one database.
pub struct Bench<'a> {
    pub place: &'a Place,
    /// Those with one of these in their names; all when there are none.
    pub names: &'a [String],
    pub connections: usize,
    pub time: Duration,
    /// How long the flood of passwords lasts.
    pub flood: Duration,
    /// People in the database, where it is about finding them.
    pub people: u64,
    /// How often each door is tried with an account and without.
    pub samples: usize,
}

/// A server, and a person who is signed in to it.
pub struct Scene {
    pub server: Server,
    app: App,
    session: Rc<[u8]>,
    http: Connection,
}

impl Bench<'_> {
    pub async fn run(&self, report: &mut Report) -> Result<()> {
        let (server, first) = self.place.start()?;
        if self.wants("start") {
            report.fact("first start, makes the keys", first.as_secs_f64() * 1000.0, "ms");
            drop(server);
            report.fact("start", self.median_start()?.as_secs_f64() * 1000.0, "ms");
        } else {
            drop(server);
        }
        let (server, _) = self.place.start()?;
        if self.wants("memory") {
            tokio::time::sleep(SETTLED).await;
            report.fact("memory at rest", f64::from(server.process.usage()?.resident) / 1024.0, "MiB");
        }
        self.documents(&server.process, report).await?;
        self.machines(&server.process, report).await?;
        if ["code exchange", "refresh", "userinfo", "introspection", "sign-on", "sign-in"]
            .iter()
            .any(|it| self.wants(it))
        {
            let mut scene = self.scene(server, "hana@example.com").await?;
            self.apps(&mut scene, report).await?;
            self.people(&mut scene, report).await?;
        } else {
            drop(server);
        }
        self.attacks(report).await
    }

    /// What attackers try, on a server of its own each.
    async fn attacks(&self, report: &mut Report) -> Result<()> {
        let site = &self.place.site;
        if self.wants("flood") {
            let mut scene = self.scene(self.place.start_with(&flood::SETTINGS)?.0, "flooded@example.com").await?;
            flood::run(&mut scene, site, self.flood, report).await?;
        }
        if self.wants("enumeration") {
            let (server, _) = self.place.start_with(&enumeration::SETTINGS)?;
            self.place.create_user(enumeration::KNOWN)?;
            enumeration::run(site, self.samples, report).await?;
            drop(server);
        }
        if self.wants("upstream") {
            upstream::run(self.place, self.time, report).await?;
        }
        if self.wants("administration") {
            let key = self.place.api_key()?;
            administration::seed(self.place, self.people).await?;
            let (server, opened) = self.place.start()?;
            report.fact("administration: start with all of them", opened.as_secs_f64(), "s");
            administration::run(site, &key, self.people, report).await?;
            drop(server);
        }
        Ok(())
    }

    fn wants(&self, scenario: &str) -> bool {
        let scenario = scenario.to_lowercase();
        self.names.is_empty() || self.names.iter().any(|name| scenario.contains(&name.to_lowercase()))
    }

    fn median_start(&self) -> Result<Duration> {
        let mut times = (0..STARTS).map(|_| Ok(self.place.start()?.1)).collect::<Result<Vec<_>>>()?;
        times.sort_unstable();
        Ok(times[STARTS / 2])
    }

    async fn load(&self, server: &Process, callers: Vec<impl Caller>) -> Result<Measurement> {
        load::run(&self.place.site, server, callers, WARM_UP, self.time).await
    }

    async fn same(
        &self,
        name: &str,
        request: Vec<u8>,
        expected: &'static str,
        server: &Process,
        report: &mut Report,
    ) -> Result<()> {
        if self.wants(name) {
            let caller = Same { request: request.into(), expected };
            report.load(name, self.load(server, vec![caller; self.connections]).await?);
        }
        Ok(())
    }

    async fn documents(&self, server: &Process, report: &mut Report) -> Result<()> {
        for (name, path, expected) in
            [("discovery", "/.well-known/openid-configuration", "\"issuer\""), ("jwks", "/jwks.json", "\"keys\"")]
        {
            self.same(name, self.place.site.get(path, &[]), expected, server, report).await?;
        }
        Ok(())
    }

    async fn machines(&self, server: &Process, report: &mut Report) -> Result<()> {
        for algorithm in ["ES256", "RS256", "EdDSA"] {
            let app = App::new(&self.place.site, &format!("machine-{algorithm}"));
            let name = format!("client_credentials {algorithm}");
            self.same(&name, app.client_credentials(), "\"access_token\"", server, report).await?;
        }
        Ok(())
    }

    async fn scene(&self, server: Server, email: &str) -> Result<Scene> {
        let site = &self.place.site;
        self.place.create_user(email)?;
        let app = App::new(site, "web-ES256");
        let (mut browser, mut http) = (Browser::new(site), Connection::new(site.address));
        let path = app.authorize_path();
        browser.sign_in(&mut http, &path, email).await?;
        let session = site.get(&path, &[("cookie", &browser.cookies())]).into();
        Ok(Scene { server, app, session, http })
    }

    /// What apps do for people who are signed in.
    async fn apps(&self, scene: &mut Scene, report: &mut Report) -> Result<()> {
        let tokens = scene.tokens().await?;
        let requests = [
            ("userinfo", scene.app.userinfo(&tokens.access_token), "\"sub\""),
            ("introspection", scene.app.introspect(&tokens.access_token), "\"active\":true"),
        ];
        for (name, request, expected) in requests {
            self.same(name, request, expected, &scene.server.process, report).await?;
        }
        if self.wants("refresh") {
            let refreshes = scene.refreshes(self.connections, Duration::ZERO).await?;
            report.load("refresh", self.load(&scene.server.process, refreshes).await?);
        }
        let (sign_on, exchange) = (self.wants("sign-on"), self.wants("code exchange"));
        if sign_on || exchange {
            let codes = Codes::default();
            let callers = vec![SignOn { request: scene.session.clone(), codes: codes.clone() }; self.connections];
            let measured = self.load(&scene.server.process, callers).await?;
            if sign_on {
                report.load("sign-on", measured);
            }
            if exchange {
                let callers = vec![Redeem { app: scene.app.clone(), codes }; self.connections];
                report.load("code exchange", self.load(&scene.server.process, callers).await?);
            }
        }
        Ok(())
    }

    /// People who sign in with a password, and what others notice of it.
    async fn people(&self, scene: &mut Scene, report: &mut Report) -> Result<()> {
        if !self.wants("sign-in") {
            return Ok(());
        }
        report.fact("passwords that a core hashes", hashes_per_second()?, "/s");
        let mut people = vec![];
        for n in 0..PEOPLE {
            let email = format!("person-{n}@example.com");
            self.place.create_user(&email)?;
            people.push(SignIn { app: scene.app.clone(), email });
        }
        scene.http = Connection::new(self.place.site.address);
        let watchers = scene.refreshes(WATCHERS, Duration::from_millis(20)).await?;
        let server = &scene.server.process;
        let (signed_in, mut watched) = tokio::try_join!(self.load(server, people), self.load(server, watchers))?;
        watched.cpu = Duration::ZERO;
        report.load("sign-in", signed_in);
        report.load("… refresh meanwhile", watched);
        Ok(())
    }
}

impl Scene {
    async fn tokens(&mut self) -> Result<Tokens> {
        let code = crate::browser::code(&self.http.send(&self.session).await?)?;
        tokens(&self.http.send(&self.app.redeem(&code)).await?)
    }

    /// Apps with a refresh token each.
    pub async fn refreshes(&mut self, connections: usize, rest: Duration) -> Result<Vec<Refresh>> {
        let mut callers = vec![];
        for _ in 0..connections {
            let token = self.tokens().await?.refresh_token.ok_or("no refresh token")?;
            callers.push(Refresh { app: self.app.clone(), token, rest });
        }
        Ok(callers)
    }
}
