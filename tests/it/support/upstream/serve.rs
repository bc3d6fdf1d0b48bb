//! The server of a simulated provider, and the ways in which it fails.
use super::{Endpoint, Recorded, Reply, site::Site};
use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer,
    body::{BodySize, BoxBody, MessageBody},
    dev::ServerHandle,
    http::StatusCode,
    rt::System,
    web::{self, Bytes, Data},
};
use std::{
    io,
    net::TcpListener,
    pin::Pin,
    sync::{Arc, Mutex, mpsc},
    task::{Context, Poll},
    thread::JoinHandle,
    time::Duration,
};
use tokio::time::{Interval, interval};

/// How an endpoint fails.
#[derive(Clone, Debug)]
pub enum Fault {
    /// It gives this answer, whatever it is asked.
    Answer(Reply),
    /// It hangs up without one.
    HangsUp,
    /// It holds its true answer back, until it is released or the provider is gone.
    Holds,
    /// It gives its true answer after so long.
    Lags(Duration),
    /// It sends its true answer, a byte a second.
    Drips,
    /// It sends a GiB.
    Floods,
}

/// Serves a site in a thread of its own.
pub(super) fn start(listener: TcpListener, site: Arc<Mutex<Site>>) -> (ServerHandle, JoinHandle<()>) {
    let (tell, told) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        System::new().block_on(async move {
            let app = move || App::new().app_data(Data::from(site.clone())).default_service(web::to(serve));
            let server = HttpServer::new(app).workers(1).disable_signals().shutdown_timeout(0);
            let server = server.listen(listener).unwrap().run();
            tell.send(server.handle()).unwrap();
            server.await.unwrap();
        });
    });
    (told.recv().unwrap(), thread)
}

async fn serve(request: HttpRequest, body: Bytes, site: Data<Mutex<Site>>) -> HttpResponse {
    let request = Recorded::of(&request, &body);
    let (endpoint, fault, mut released) = {
        let mut site = site.lock().unwrap();
        let endpoint = site.endpoint(&request.path);
        site.requests.extend(endpoint.map(|endpoint| (endpoint, request.clone())));
        let fault = endpoint.and_then(|endpoint| site.faults.get(&endpoint).cloned());
        (endpoint, fault, site.released.subscribe())
    };
    match fault {
        Some(Fault::Answer(reply)) => return send(reply),
        Some(Fault::HangsUp) => return HttpResponse::with_body(StatusCode::OK, BoxBody::new(HangsUp)),
        Some(Fault::Floods) => {
            return HttpResponse::with_body(StatusCode::OK, BoxBody::new(Floods { left: 1 << 30 }));
        }
        Some(Fault::Holds) => {
            while site.lock().unwrap().holds(endpoint) {
                _ = released.changed().await;
            }
        }
        Some(Fault::Lags(time)) => tokio::time::sleep(time).await,
        Some(Fault::Drips) | None => {}
    }
    let reply = site.lock().unwrap().answer(endpoint, &request);
    if let Some(Fault::Drips) = fault {
        let drips = Drips { clock: interval(Duration::from_secs(1)), left: reply.body.clone().into() };
        return reply.response().body(drips);
    }
    send(reply)
}

fn send(reply: Reply) -> HttpResponse {
    let mut response = reply.response();
    response.body(reply.body)
}

impl Site {
    fn holds(&self, endpoint: Option<Endpoint>) -> bool {
        endpoint.is_some_and(|endpoint| matches!(self.faults.get(&endpoint), Some(Fault::Holds)))
    }
}

/// Ends the connection before anything was sent.
struct HangsUp;

impl MessageBody for HangsUp {
    type Error = io::Error;

    fn size(&self) -> BodySize {
        BodySize::Sized(1)
    }

    fn poll_next(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into())))
    }
}

struct Drips {
    clock: Interval,
    left: Bytes,
}

impl MessageBody for Drips {
    type Error = io::Error;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        if self.left.is_empty() {
            return Poll::Ready(None);
        }
        self.clock.poll_tick(context).map(|_| Some(Ok(self.left.split_to(1))))
    }
}

struct Floods {
    left: u64,
}

impl MessageBody for Floods {
    type Error = io::Error;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(mut self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        static SPACES: [u8; 1 << 16] = [b' '; 1 << 16];
        if self.left == 0 {
            return Poll::Ready(None);
        }
        self.left -= 1 << 16;
        Poll::Ready(Some(Ok(Bytes::from_static(&SPACES))))
    }
}
