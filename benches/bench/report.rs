//! What is told, and whether it is good enough.
use crate::load::Measurement;
use std::{fmt::Write, time::Duration};

/// Requests per second that one processor core of the server answers at least.
const AT_LEAST: [(&str, f64); 4] = [
    ("discovery", 35_000.0),
    ("client_credentials ES256", 6_000.0),
    ("client_credentials RS256", 800.0),
    ("refresh", 2_000.0),
];
/// Milliseconds, seconds, MiB, percent, and how well the time of an answer tells two groups apart (0.5 is not at all).
const AT_MOST: [(&str, f64); 26] = [
    ("start", 100.0),
    ("memory at rest", 30.0),
    ("flood: peak memory", 256.0),
    ("flood: refresh p99", 250.0),
    ("flood: healthz p99", 100.0),
    ("enumeration: sign-in, AUC", 0.6),
    ("enumeration: sign-up, AUC", 0.6),
    ("enumeration: forgotten password, AUC", 0.6),
    ("enumeration: sign-in by mail, AUC", 0.6),
    ("upstream: slowest page of all", 10.0),
    ("upstream: most memory more", 16.0),
    ("upstream: all down, password p99 slower by", 10.0),
    ("people: first page, p99", 100.0),
    ("people: by address, p99", 100.0),
    ("people: by the beginning of an address, p99", 100.0),
    ("people: by name, p99", 100.0),
    ("people: by a common name, p99", 100.0),
    ("people: by nothing that there is, p99", 100.0),
    ("people: those who are disabled, p99", 100.0),
    ("people: those with a role, p99", 100.0),
    ("apps: first page, p99", 100.0),
    ("apps: by name, p99", 100.0),
    ("audit: first page, p99", 100.0),
    ("audit: of a person, p99", 100.0),
    ("audit: of a kind that is rare, p99", 100.0),
    ("audit: from an address, p99", 100.0),
];

/// What was measured on one database.
#[derive(Default)]
pub struct Report {
    facts: Vec<(String, f64, &'static str)>,
    loads: Vec<(String, Measurement)>,
}

type Rows = Vec<Vec<String>>;

impl Report {
    pub fn fact(&mut self, name: &str, value: f64, unit: &'static str) {
        eprintln!("{name}: {value:.0} {unit}");
        self.facts.push((name.into(), value, unit));
    }

    pub fn load(&mut self, name: &str, measured: Measurement) {
        eprintln!("{name}: {:.0} requests", measured.requests());
        self.loads.push((name.into(), measured));
    }

    /// Whether every goal is met and every request was answered as it should be.
    pub fn is_good(&self) -> bool {
        let facts = self.facts.iter().all(|(name, value, _)| goal(&AT_MOST, name).is_none_or(|goal| *value < goal));
        let loads = self.loads.iter().all(|(name, load)| {
            let fast = goal(&AT_LEAST, name).is_none_or(|goal| per_core(load).is_some_and(|rate| rate >= goal));
            fast && load.errors == 0 && !load.latencies.is_empty()
        });
        facts && loads
    }

    pub fn print(&self, database: &str, markdown: bool) -> String {
        let heading = if markdown { "### " } else { "" };
        let mut text = format!("{heading}{database}\n\n");
        let (facts, loads) = (self.fact_rows(), self.load_rows());
        if facts.len() > 1 {
            text += &table(&facts, 1, markdown);
        }
        if loads.len() > 1 {
            text += &table(&loads, 1, markdown);
        }
        for (name, load) in &self.loads {
            if let Some(why) = &load.first_error {
                let _ = writeln!(text, "{name}: {} errors, the first: {why}", load.errors);
            }
        }
        text
    }

    fn fact_rows(&self) -> Rows {
        let mut rows = vec![["", "measured", "goal"].map(String::from).to_vec()];
        rows.extend(self.facts.iter().map(|(name, value, unit)| {
            let goal = goal(&AT_MOST, name).map(|goal| verdict(*value < goal, &format!("< {goal} {unit}")));
            let digits = if name.ends_with("AUC") { 3 } else { 1 };
            vec![name.clone(), format!("{value:.digits$} {unit}"), goal.unwrap_or_default()]
        }));
        rows
    }

    fn load_rows(&self) -> Rows {
        let columns =
            ["", "connections", "requests/s", "p50 ms", "p99 ms", "errors", "CPU µs", "per core/s", "peak MiB", "goal"];
        let mut rows = vec![columns.map(String::from).to_vec()];
        rows.extend(self.loads.iter().map(|(name, load)| {
            let rate = per_core(load);
            let goal = goal(&AT_LEAST, name)
                .map(|goal| verdict(rate.is_some_and(|rate| rate >= goal), &format!("≥ {}", thousands(goal))));
            vec![
                name.clone(),
                load.connections.to_string(),
                thousands(load.requests() / load.time.as_secs_f64()),
                milliseconds(load.quantile(500)),
                milliseconds(load.quantile(990)),
                load.errors.to_string(),
                rate.map(|rate| format!("{:.0}", 1e6 / rate)).unwrap_or_default(),
                rate.map(thousands).unwrap_or_default(),
                format!("{:.0}", f64::from(load.peak) / 1024.0),
                goal.unwrap_or_default(),
            ]
        }));
        rows
    }
}

/// Requests for each second of the server's processor time, where that was measured.
fn per_core(load: &Measurement) -> Option<f64> {
    let cpu = load.cpu.as_secs_f64();
    (cpu > 0.0).then(|| load.requests() / cpu)
}

fn goal(goals: &[(&str, f64)], name: &str) -> Option<f64> {
    goals.iter().find(|(of, _)| *of == name).map(|(_, goal)| *goal)
}

fn verdict(met: bool, goal: &str) -> String {
    if met { goal.to_owned() } else { format!("{goal} missed") }
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1000.0)
}

fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Columns as wide as their widest cell; the first ones begin at the left, the others at the right.
fn table(rows: &Rows, left: usize, markdown: bool) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0).max(3);
    let widths: Vec<_> = (0..columns).map(width).collect();
    let line = |row: &[String]| {
        let pad = |(column, cell): (usize, &String)| {
            let width = widths[column];
            if column < left { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
        };
        let cells: Vec<_> = row.iter().enumerate().map(pad).collect();
        if markdown { format!("| {} |\n", cells.join(" | ")) } else { cells.join("  ").trim_end().to_owned() + "\n" }
    };
    let mut text = line(&rows[0]);
    if markdown {
        let rule = |(column, width): (usize, &usize)| "-".repeat(width - 1) + if column < left { "-" } else { ":" };
        text += &line(&widths.iter().enumerate().map(rule).collect::<Vec<_>>());
    }
    rows[1..].iter().for_each(|row| text += &line(row));
    text + "\n"
}
