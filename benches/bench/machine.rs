//! What the operating system says of a process and of the machine (Linux's `/proc`).
use crate::Result;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use std::{fs, process::Command, sync::OnceLock, time::Duration};

/// A process to watch.
pub struct Process(pub u32);

/// What a process has used.
pub struct Usage {
    /// Processor time so far.
    pub cpu: Duration,
    /// Memory now, in KiB.
    pub resident: u32,
    /// The most memory since the last `forget_peak`, in KiB.
    pub peak: u32,
}

impl Process {
    pub fn usage(&self) -> Result<Usage> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.0))?;
        let status = fs::read_to_string(format!("/proc/{}/status", self.0))?;
        let memory = |name| field(&status, name).and_then(|text| text.trim_end_matches(" kB").parse().ok());
        Ok(Usage {
            cpu: cpu(&stat).ok_or("no processor time in /proc")?,
            resident: memory("VmRSS").ok_or("no VmRSS in /proc")?,
            peak: memory("VmHWM").ok_or("no VmHWM in /proc")?,
        })
    }

    /// Counts the peak of memory anew from now on, where that is allowed.
    pub fn forget_peak(&self) {
        let _ = fs::write(format!("/proc/{}/clear_refs", self.0), "5");
    }
}

/// utime and stime: the 14th and 15th field; the second may have spaces in it, within parentheses.
fn cpu(stat: &str) -> Option<Duration> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let user: u32 = fields.next()?.parse().ok()?;
    let system: u32 = fields.next()?.parse().ok()?;
    Some(Duration::from_secs(1) * (user + system) / ticks_per_second())
}

fn ticks_per_second() -> u32 {
    static TICKS: OnceLock<u32> = OnceLock::new();
    let read = || {
        let output = Command::new("getconf").arg("CLK_TCK").output().ok()?;
        String::from_utf8(output.stdout).ok()?.trim().parse().ok()
    };
    *TICKS.get_or_init(|| read().unwrap_or(100))
}

fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == name).then(|| value.trim())
    })
}

/// Who runs this, as a number: PostgreSQL refuses to be run by 0.
pub fn is_root() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    field(&status, "Uid").is_some_and(|ids| ids.split_whitespace().next() == Some("0"))
}

/// How many passwords one core hashes in a second, by the default settings and in one buffer.
pub fn hashes_per_second() -> Result<f64> {
    let params = Params::new(19 * 1024, 2, 1, None)?;
    let mut memory = vec![Block::default(); params.block_count()];
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    // In processor time, which other processes do not take from.
    let this = Process(std::process::id());
    let (mut hashes, from) = (0, this.usage()?.cpu);
    loop {
        hasher.hash_password_into_with_memory(b"password", b"a salt of bytes.", &mut [0; 32], &mut memory)?;
        hashes += 1;
        let spent = this.usage()?.cpu.saturating_sub(from);
        if spent >= Duration::from_secs(2) {
            return Ok(f64::from(hashes) / spent.as_secs_f64());
        }
    }
}

/// Processor, cores and memory.
pub fn describe() -> String {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let kib = field(&memory, "MemTotal").and_then(|text| text.trim_end_matches(" kB").parse().ok());
    let gib = kib.map_or(0.0, |kib: u32| f64::from(kib) / 1024.0 / 1024.0);
    let model = field(&cpus, "model name").unwrap_or("an unknown processor");
    format!("{model}, {cores} cores, {gib:.0} GiB, {} {}", std::env::consts::OS, std::env::consts::ARCH)
}
