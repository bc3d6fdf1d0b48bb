//! A closed loop: each connection sends its next request when the last one was answered.
use crate::{
    Result,
    http::{Connection, Site},
    machine::{Process, Usage},
};
use std::{
    cell::{Cell, RefCell},
    ops::ControlFlow,
    rc::Rc,
    time::{Duration, Instant},
};
use tokio::{sync::Notify, task::spawn_local, time::timeout};

/// What one connection does again and again.
pub trait Caller: 'static {
    /// Does it once, or finds that there is nothing left to do. An error is counted.
    async fn call(&mut self, http: &mut Connection) -> Result<ControlFlow<()>>;

    /// How long it rests in between, when it is to watch and not to load.
    fn rest(&self) -> Duration {
        Duration::ZERO
    }
}

/// What was seen.
pub struct Measurement {
    pub connections: usize,
    /// How long each request took, the shortest first.
    pub latencies: Vec<Duration>,
    pub time: Duration,
    pub errors: u32,
    pub first_error: Option<String>,
    /// Processor time of the server.
    pub cpu: Duration,
    /// The most memory it held, in KiB.
    pub peak: u32,
}

impl Measurement {
    /// The latency that this many of a thousand requests do not exceed.
    pub fn quantile(&self, per_mille: usize) -> Duration {
        let index = (self.latencies.len() * per_mille / 1000).min(self.latencies.len().saturating_sub(1));
        self.latencies.get(index).copied().unwrap_or_default()
    }

    /// This and what was seen later of the same.
    pub fn and(mut self, more: Self) -> Self {
        self.latencies.extend(more.latencies);
        self.latencies.sort_unstable();
        Self {
            connections: self.connections,
            latencies: self.latencies,
            time: self.time + more.time,
            errors: self.errors + more.errors,
            first_error: self.first_error.or(more.first_error),
            cpu: self.cpu + more.cpu,
            peak: self.peak.max(more.peak),
        }
    }

    pub fn requests(&self) -> f64 {
        f64::from(u32::try_from(self.latencies.len()).unwrap_or(u32::MAX))
    }
}

#[derive(Default)]
struct Shared {
    measures: Cell<bool>,
    over: Cell<bool>,
    exhausted: Notify,
    latencies: RefCell<Vec<Duration>>,
    errors: Cell<u32>,
    first_error: RefCell<Option<String>>,
}

/// Runs all callers for this time, after a warm-up that is not counted; not longer than there is
/// something to do.
pub async fn run(
    site: &Site,
    server: &Process,
    callers: Vec<impl Caller>,
    warm_up: Duration,
    time: Duration,
) -> Result<Measurement> {
    let shared = Rc::new(Shared::default());
    let connections = callers.len();
    let tasks: Vec<_> = callers
        .into_iter()
        .map(|caller| spawn_local(work(caller, Connection::new(site.address), shared.clone())))
        .collect();
    tokio::time::sleep(warm_up).await;
    server.forget_peak();
    let (from, before) = (Instant::now(), server.usage()?);
    shared.measures.set(true);
    let _ = timeout(time, shared.exhausted.notified()).await;
    shared.measures.set(false);
    let (time, after) = (from.elapsed(), server.usage()?);
    shared.over.set(true);
    for task in tasks {
        task.await?;
    }
    Ok(shared.measurement(connections, time, &before, &after))
}

async fn work(mut caller: impl Caller, mut http: Connection, shared: Rc<Shared>) {
    while !shared.over.get() {
        let from = Instant::now();
        match caller.call(&mut http).await {
            Ok(ControlFlow::Continue(())) if shared.measures.get() => {
                shared.latencies.borrow_mut().push(from.elapsed());
            }
            Ok(ControlFlow::Continue(())) => {}
            Ok(ControlFlow::Break(())) => {
                shared.exhausted.notify_one();
                return;
            }
            Err(why) => shared.fail(&*why),
        }
        if !caller.rest().is_zero() {
            tokio::time::sleep(caller.rest()).await;
        }
    }
}

impl Shared {
    fn fail(&self, why: &dyn std::error::Error) {
        self.errors.set(self.errors.get() + 1);
        self.first_error.borrow_mut().get_or_insert_with(|| why.to_string());
    }

    fn measurement(&self, connections: usize, time: Duration, before: &Usage, after: &Usage) -> Measurement {
        let mut latencies = self.latencies.take();
        latencies.sort_unstable();
        Measurement {
            connections,
            latencies,
            time,
            errors: self.errors.get(),
            first_error: self.first_error.take(),
            cpu: after.cpu.saturating_sub(before.cpu),
            peak: after.peak,
        }
    }
}
