//! `genkan audit`: the audit trail.
use super::{Failure, print_json};
use crate::{
    admin::Operator,
    app::{audit_chain, open, unlock},
    clock::Clock,
    config::Config,
    domain::Event,
    storage::{Db, audit},
};
use clap::Subcommand;
use serde_json::json;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Go along the whole chain: whether a row was changed, removed or put in. Prints where it ends
    Verify {
        /// An end that was printed before and kept elsewhere, as ROW:SEAL: the trail must still go through it
        #[arg(long)]
        anchor: Option<String>,
    },
    /// Print events as lines of JSON, the first of them first
    Export {
        /// After this row
        #[arg(long, default_value_t = 0)]
        after: i64,
    },
}

/// Rows that are read at once.
const STEP: i64 = 1000;

/// Runs one of the commands.
pub async fn run(command: Command, config: &Config) -> Result<(), Failure> {
    let db = open(config).await?;
    match command {
        Command::Verify { anchor } => {
            let chain = audit_chain(&db, &unlock(config, &db).await?).await?;
            let extent =
                audit::verify(&db, &chain).await?.map_err(|broken| format!("the trail is broken: {broken}"))?;
            if let Some(anchor) = anchor {
                let (seq, seal) = anchor.split_once(':').ok_or("an anchor is ROW:SEAL")?;
                let seq: i64 = seq.parse()?;
                // What is older than the settings keep it is gone.
                if seq > extent.base && audit::seal_of(&db, seq).await?.as_deref() != Some(seal) {
                    return Err(format!("the trail is broken: row {seq} is not the one of the anchor").into());
                }
            }
            println!("{} rows hold together; the last is {}:{}", extent.seq - extent.base, extent.seq, extent.seal);
        }
        Command::Export { after } => {
            let chain = audit_chain(&db, &unlock(config, &db).await?).await?;
            let event = Operator::command().event(Event::AuditExported).with(json!({ "after": after }));
            audit::insert(&db, &chain, event, Clock::system().now()).await?;
            export(&db, after).await?;
        }
    }
    Ok(())
}

async fn export(db: &Db, mut after: i64) -> Result<(), Failure> {
    loop {
        let rows = audit::after(db, after, STEP).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.seq;
        for row in &rows {
            print_json(&json!(row));
        }
    }
}
