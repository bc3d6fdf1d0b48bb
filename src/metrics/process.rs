//! What the process takes of the machine, by the names that Prometheus gives to it. Linux tells; others do not.
use prometheus_client::{
    metrics::{counter::Counter, gauge::Gauge},
    registry::Registry,
};
use std::sync::atomic::{AtomicU64, Ordering};

/// The process, as the system sees it.
pub(super) struct Process {
    registry: Registry,
    cpu: Counter<f64, AtomicU64>,
    memory: Gauge,
    open_fds: Gauge,
    max_fds: Gauge,
    threads: Gauge,
    started: Gauge,
}

impl Process {
    pub(super) fn new() -> Self {
        let mut process = Self {
            registry: Registry::with_prefix("process"),
            cpu: Counter::default(),
            memory: Gauge::default(),
            open_fds: Gauge::default(),
            max_fds: Gauge::default(),
            threads: Gauge::default(),
            started: Gauge::default(),
        };
        let all = &mut process.registry;
        all.register("start_time_seconds", "When it began, since 1970", process.started.clone());
        if cfg!(target_os = "linux") {
            all.register("cpu_seconds", "Processor time", process.cpu.clone());
            all.register("resident_memory_bytes", "Memory", process.memory.clone());
            all.register("open_fds", "Open files and connections", process.open_fds.clone());
            all.register("max_fds", "How many may be open", process.max_fds.clone());
            all.register("threads", "Threads", process.threads.clone());
        }
        process
    }

    pub(super) const fn registry(&self) -> &Registry {
        &self.registry
    }

    pub(super) fn started(&self, at: i64) {
        self.started.set(at);
    }

    /// Looks anew. What cannot be told stays as it was.
    pub(super) fn measure(&self) {
        let Some(seen) = seen() else { return };
        // A counter of the system's, which is not ours to add to.
        self.cpu.inner().store(seen.cpu.to_bits(), Ordering::Relaxed);
        for (gauge, value) in [
            (&self.memory, seen.memory),
            (&self.open_fds, seen.open_fds),
            (&self.max_fds, seen.max_fds),
            (&self.threads, seen.threads),
        ] {
            gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
        }
    }
}

struct Seen {
    /// In seconds.
    cpu: f64,
    memory: u64,
    open_fds: u64,
    max_fds: u64,
    threads: u64,
}

#[cfg(target_os = "linux")]
fn seen() -> Option<Seen> {
    use procfs::process::{LimitValue, Process};
    use std::time::Duration;
    let process = Process::myself().ok()?;
    let stat = process.stat().ok()?;
    let max_fds = match process.limits().ok()?.max_open_files.soft_limit {
        LimitValue::Unlimited => u64::MAX,
        LimitValue::Value(limit) => limit,
    };
    let millis = (stat.utime + stat.stime).saturating_mul(1000) / procfs::ticks_per_second().max(1);
    Some(Seen {
        cpu: Duration::from_millis(millis).as_secs_f64(),
        memory: stat.rss.saturating_mul(procfs::page_size()),
        open_fds: process.fd_count().ok()?.try_into().ok()?,
        max_fds,
        threads: stat.num_threads.unsigned_abs(),
    })
}

#[cfg(not(target_os = "linux"))]
const fn seen() -> Option<Seen> {
    None
}
