//! Hanging up on whoever dawdles. The framework bounds how long the first head of a connection may take; this bounds
//! how long anybody may take to bring a whole request on a connection that is open, be it the head or what is left of a
//! body that nobody waits for any more.
use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::{
    Error,
    body::MessageBody,
    dev::{Extensions, ServiceRequest, ServiceResponse},
    http::StatusCode,
    middleware::Next,
    rt::{self, net::TcpStream},
};
use std::{
    any::Any,
    net::Shutdown,
    os::fd::AsFd,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::{Duration, Instant},
};

/// How long a connection may bring no whole request; longer than the server keeps one that is idle.
const PATIENCE: Duration = Duration::from_secs(25);
const LOOK: Duration = Duration::from_secs(1);

/// An open connection.
struct Line {
    socket: std::net::TcpStream,
    /// Since when a request is awaited; nothing while one is being answered.
    waiting_since: Mutex<Option<Instant>>,
}

impl Line {
    fn waiting_since(&self) -> MutexGuard<'_, Option<Instant>> {
        self.waiting_since.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All open connections.
#[derive(Clone, Default)]
pub struct Watch(Arc<Mutex<Vec<Weak<Line>>>>);

impl Watch {
    fn lines(&self) -> MutexGuard<'_, Vec<Weak<Line>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins to watch a connection.
    pub fn connected(&self, io: &dyn Any, data: &mut Extensions) {
        let tls = || io.downcast_ref::<TlsStream<TcpStream>>().map(|stream| stream.get_ref().0);
        let Some(stream) = io.downcast_ref::<TcpStream>().or_else(tls) else { return };
        // One that cannot be had twice is not watched: the machine is out of descriptors, and will not take another.
        let Ok(socket) = stream.as_fd().try_clone_to_owned() else { return };
        let line = Arc::new(Line { socket: socket.into(), waiting_since: Mutex::new(Some(Instant::now())) });
        self.lines().push(Arc::downgrade(&line));
        data.insert(line);
    }

    /// Hangs up on whoever has taken too long, until the process ends.
    pub fn start(&self) {
        let watch = self.clone();
        rt::spawn(async move {
            let mut every = rt::time::interval(LOOK);
            loop {
                every.tick().await;
                watch.lines().retain(|line| line.upgrade().is_some_and(|line| is_quick(&line)));
            }
        });
    }
}

/// Whether a connection may go on; one that may not is cut.
fn is_quick(line: &Line) -> bool {
    if line.waiting_since().is_none_or(|since| since.elapsed() < PATIENCE) {
        return true;
    }
    // It may have ended by itself meanwhile.
    let _ = line.socket.shutdown(Shutdown::Both);
    false
}

/// Notes when a request of a connection is whole, and when its answer is.
pub async fn note(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let (line, begun) = (request.request().conn_data::<Arc<Line>>().cloned(), Instant::now());
    if let Some(line) = &line {
        *line.waiting_since() = None;
    }
    let answer = next.call(request).await;
    if let Some(line) = line {
        // Whoever was too slow to bring a body goes on being slow with what is left of it.
        let was_slow = answer.as_ref().is_ok_and(|answer| answer.status() == StatusCode::REQUEST_TIMEOUT);
        *line.waiting_since() = Some(if was_slow { begun } else { Instant::now() });
    }
    answer
}
