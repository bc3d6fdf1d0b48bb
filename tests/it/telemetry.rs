//! Traces, as a collector gets them.
use crate::support::{Answer, Database, Server, eventually, on_each_database};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::any_value::Value,
    trace::v1::{Span, span::SpanKind},
};
use prost::Message as _;
use reqwest::Method;
use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

on_each_database!(
    a_request_and_what_it_waits_for_are_traced,
    a_trace_is_continued_for_a_trusted_proxy_alone,
    a_collector_that_is_gone_is_of_no_matter,
);

/// A collector on this machine.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<Span>>>);

impl Collector {
    /// And its address.
    fn start() -> (Self, String) {
        let (collector, listener) = (Self::default(), TcpListener::bind("127.0.0.1:0").unwrap());
        let address = format!("http://{}", listener.local_addr().unwrap());
        let taking = collector.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (taking, stream) = (taking.clone(), stream.unwrap());
                std::thread::spawn(move || taking.serve(&stream));
            }
        });
        (collector, address)
    }

    fn serve(&self, stream: &TcpStream) -> Option<()> {
        let (mut reader, mut writer) = (BufReader::new(stream), stream);
        loop {
            let mut head = vec![];
            while head.last().is_none_or(|line: &String| !line.trim().is_empty()) {
                let mut line = String::new();
                reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
                head.push(line.to_lowercase());
            }
            assert!(head[0].starts_with("post /v1/traces "), "{head:?}");
            assert!(head.iter().any(|line| line.trim() == "content-type: application/x-protobuf"), "{head:?}");
            let length = head.iter().find_map(|line| line.strip_prefix("content-length:"))?.trim().parse().ok()?;
            let mut body = vec![0; length];
            reader.read_exact(&mut body).ok()?;
            let sent = ExportTraceServiceRequest::decode(body.as_slice()).unwrap();
            let spans = sent.resource_spans.into_iter().flat_map(|all| all.scope_spans).flat_map(|all| all.spans);
            self.0.lock().unwrap().extend(spans);
            writer.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").ok()?;
        }
    }

    fn spans(&self) -> Vec<Span> {
        self.0.lock().unwrap().clone()
    }

    fn find(&self, name: &str) -> Option<Span> {
        self.spans().into_iter().find(|span| span.name == name)
    }
}

fn attribute(span: &Span, key: &str) -> Option<Value> {
    span.attributes.iter().find(|attribute| attribute.key == key)?.value.clone()?.value
}

/// `security.md` LG-01: nothing but what is meant to be in them.
async fn a_request_and_what_it_waits_for_are_traced(database: Database) {
    let (collector, address) = Collector::start();
    let mut server = Server::start(database, &format!("telemetry.otlp_endpoint = '{address}/'")).await;
    let (alice, web) = (server.user("Alice"), server.app("web"));
    web.tokens(&server.browser(), &alice).await;
    server.http.get("/callback/canary?code=canary").await;
    // What is left is sent at the end.
    assert!(server.terminate().await.success(), "{}", server.log());
    let login = collector.find("POST /login").expect("a span of its own");
    assert_eq!(login.kind(), SpanKind::Server);
    assert_eq!(attribute(&login, "http.route"), Some(Value::StringValue("/login".into())));
    assert_eq!(attribute(&login, "http.response.status_code"), Some(Value::IntValue(303)));
    let within = |name: &str| {
        collector.spans().into_iter().any(|span| span.name == name && span.parent_span_id == login.span_id)
    };
    let inside = collector.spans().into_iter().filter(|span| span.parent_span_id == login.span_id);
    let inside: Vec<_> = inside.map(|span| span.name).collect();
    assert!(within("hash a password") && within("transaction"), "{inside:?}");
    // One for each statement: the person with their password is looked up by one.
    assert!(within("read"), "{inside:?}");
    let read = collector.find("read").unwrap();
    assert!(attribute(&read, "db.system.name").is_some() && read.kind() == SpanKind::Client, "{read:?}");
    assert!(collector.find("write").is_some());
    assert!(collector.find("GET /callback/{provider}").is_some());
    let all = format!("{:?}", collector.spans());
    for secret in ["canary", &alice.sub, &alice.email, &alice.password] {
        assert!(!all.contains(secret), "{secret} in {all}");
    }
}

async fn a_trace_is_continued_for_a_trusted_proxy_alone(database: Database) {
    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
    for (proxies, is_trusted) in [("['127.0.0.1']", true), ("[]", false)] {
        let (collector, address) = Collector::start();
        let settings = format!("telemetry.otlp_endpoint = '{address}'\nserver.trusted_proxies = {proxies}");
        let mut server = Server::start(database, &settings).await;
        let request = server.http.request(Method::GET, "/jwks.json");
        Answer::of(request.header("traceparent", format!("00-{TRACE}-b7ad6b7169203331-01"))).await.ok();
        assert!(server.terminate().await.success(), "{}", server.log());
        let span = collector.find("GET /jwks.json").expect("a span of its own");
        let trace = format!("{:032x}", u128::from_be_bytes(span.trace_id.clone().try_into().unwrap()));
        assert_eq!(trace == TRACE, is_trusted, "{trace}");
        assert_eq!(span.parent_span_id.is_empty(), !is_trusted);
    }
}

async fn a_collector_that_is_gone_is_of_no_matter(database: Database) {
    let settings = format!("telemetry.otlp_endpoint = 'http://127.0.0.1:{}'", crate::support::free_port());
    let mut server = Server::start(database, &settings).await;
    server.http.get("/jwks.json").await.ok();
    let said = "traces cannot be sent";
    eventually("it is said", async || server.log().contains(said).then_some(())).await;
    server.http.get("/jwks.json").await.ok();
    assert!(server.terminate().await.success(), "{}", server.log());
    assert_eq!(server.log().matches(said).count(), 1, "{}", server.log());
}
