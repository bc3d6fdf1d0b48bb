//! What Genkan costs: starts the release server on each database, puts load on it, and tells how
//! many requests a second each processor core of the server answers.
//!
//! `cargo bench` runs everything, `cargo bench -- refresh --sqlite` a part of it.
mod administration;
mod app;
mod bad_provider;
mod browser;
mod callers;
mod enumeration;
mod flood;
mod http;
mod load;
mod machine;
mod postgres;
mod report;
mod scenarios;
mod server;
mod upstream;

use clap::Parser;
use report::Report;
use scenarios::Bench;
use server::Place;
use std::{process::ExitCode, time::Duration};

/// What stands for a database that is made for this.
const PRIVATE: &str = "private";

/// How long the flood of passwords lasts.
const FLOOD: Duration = Duration::from_secs(20);

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Measures Genkan on this machine.
#[derive(Parser)]
#[command(name = "cargo bench --", disable_version_flag = true)]
struct Arguments {
    /// Only what has one of these in its name, such as `refresh` or `client_credentials`.
    names: Vec<String>,
    /// On SQLite.
    #[arg(long)]
    sqlite: bool,
    /// On PostgreSQL: on the empty database at this URL, or on a private one that is made for it.
    #[arg(long, value_name = "URL", num_args = 0..=1, require_equals = true, default_missing_value = PRIVATE)]
    postgres: Option<String>,
    /// Seconds that each scenario is measured.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=120))]
    seconds: u32,
    /// Minutes that the flood of passwords lasts, instead of 20 seconds.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=60))]
    minutes: Option<u16>,
    /// How often each door is tried with an account and without, to see whether the time tells them apart.
    #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(u32).range(10..=1_000_000))]
    samples: u32,
    /// People in the database, where it is about finding them.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1000..=10_000_000))]
    people: u64,
    /// Connections that ask at once.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=4096))]
    connections: u16,
    /// Print Markdown.
    #[arg(long)]
    markdown: bool,
    /// Fail when a goal is missed or a request fails.
    #[arg(long)]
    check: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    // `cargo test --all-targets` runs this too, without this argument and with a server that is slow.
    if !std::env::args().any(|argument| argument == "--bench") {
        return ExitCode::SUCCESS;
    }
    let arguments = Arguments::parse_from(std::env::args().filter(|argument| argument != "--bench"));
    match tokio::task::LocalSet::new().run_until(run(&arguments)).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) if !arguments.check => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("bench: {why}");
            ExitCode::FAILURE
        }
    }
}

/// Whether every goal is met.
async fn run(arguments: &Arguments) -> Result<bool> {
    let everywhere = !arguments.sqlite && arguments.postgres.is_none();
    println!("{}\n", machine::describe());
    let mut good = true;
    if arguments.sqlite || everywhere {
        good &= on(&Place::sqlite()?, "SQLite", arguments).await?;
    }
    match arguments.postgres.as_deref() {
        Some(url) if url != PRIVATE => good &= on(&Place::postgres(url)?, "PostgreSQL", arguments).await?,
        None if !everywhere => {}
        asked => match postgres::Cluster::start()? {
            Some(cluster) => good &= on(&Place::postgres(&cluster.url)?, "PostgreSQL", arguments).await?,
            None if asked.is_some() => return Err("PostgreSQL is not installed; give --postgres=URL".into()),
            None => println!("PostgreSQL is not installed, and so not measured; --postgres=URL names one."),
        },
    }
    Ok(good)
}

async fn on(place: &Place, database: &str, arguments: &Arguments) -> Result<bool> {
    let mut report = Report::default();
    let bench = Bench {
        place,
        names: &arguments.names,
        connections: arguments.connections.into(),
        time: Duration::from_secs(arguments.seconds.into()),
        flood: arguments.minutes.map_or(FLOOD, |minutes| Duration::from_mins(minutes.into())),
        people: arguments.people,
        samples: usize::try_from(arguments.samples)?,
    };
    let outcome = bench.run(&mut report).await;
    println!("{}", report.print(database, arguments.markdown));
    outcome.map_err(|why| format!("on {database}: {why}\n{}", place.log_tail()))?;
    Ok(report.is_good())
}
