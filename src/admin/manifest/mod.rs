//! Configuration as code: an instance's settings, apps, other providers, groups and roles as one file (`config::Manifest`).
//!
//! | file         | what it owns |
//! |--------------|--------------|
//! | `present.rs` | what the database says of all of it |
//! | `export.rs`  | that as a file |
//! | `plan.rs`    | what would have to change for it to be as a file says |
//! | `planner.rs` | finding that out |
//! | `drift.rs`   | what has changed since a file was applied |
//!
//! What the settings file and the environment say, rules as ever, and is in no manifest. A manifest is applied whole or not
//! at all; each change has its own event, and one more closes them.
mod drift;
mod export;
mod plan;
mod planner;
mod present;

pub use drift::Drift;
pub use plan::{Action, Kind, Plan, Step};

use super::{Error, Operator, providers::Register, settings::Office};
use crate::{
    app::App,
    config::{Config, Manifest},
    domain::{Chain, Event, Timestamp},
    keys::Sealer,
    storage::{self, Db, manifest},
};
use planner::Planner;
use present::Present;
use serde_json::json;

/// All that a manifest speaks of, and what it takes to change it.
#[derive(Clone, Copy)]
pub struct Configuration<'a> {
    /// What the file and the environment say.
    pub config: &'a Config,
    /// The database.
    pub db: &'a Db,
    /// What seals the audit trail.
    pub chain: &'a Chain,
    /// What seals providers.
    pub providers: &'a Sealer,
    /// What seals settings, and the manifest that was applied last.
    pub settings: &'a Sealer,
}

impl<'a> From<&'a App> for Configuration<'a> {
    fn from(app: &'a App) -> Self {
        Self {
            config: &app.config,
            db: &app.db,
            chain: &app.secrets.audit,
            providers: &app.secrets.providers,
            settings: &app.secrets.settings,
        }
    }
}

impl<'a> Configuration<'a> {
    const fn office(&self) -> Office<'a> {
        Office { config: self.config, db: self.db, sealer: self.settings, chain: self.chain }
    }

    const fn register(&self) -> Register<'a> {
        Register { config: self.config, db: self.db, sealer: self.providers, chain: self.chain }
    }

    /// The instance as a file: TOML, secrets as the names of variables.
    pub async fn export(&self) -> Result<String, Error> {
        Ok(export::text(self.config, &Present::read(self).await?))
    }

    /// What applying a manifest would do; or every fault of it. `prune`: what it does not name goes.
    pub async fn plan(
        &self,
        operator: &Operator,
        manifest: &Manifest,
        prune: bool,
        now: Timestamp,
    ) -> Result<Plan, Error> {
        let present = Present::read(self).await?;
        Planner::new(self, operator, (manifest, &present), prune, now).work()
    }

    /// Does what was planned, all of it or nothing. Where something has changed since, it is stale.
    pub async fn apply(
        &self,
        operator: &Operator,
        manifest: &Manifest,
        (plan, prune): (Plan, bool),
        now: Timestamp,
    ) -> Result<(), Error> {
        let counts = [Action::Add, Action::Change, Action::Remove].map(|action| plan.count(action));
        let [added, changed, removed] = counts;
        let event = operator
            .event(Event::ConfigurationApplied)
            .with(json!({ "added": added, "changed": changed, "removed": removed, "pruned": prune }));
        let sealed = drift::seal(self.settings, manifest, prune, &operator.actor)?;
        match manifest::apply(self.db, self.chain, plan.rows, (sealed, event), now).await {
            Err(storage::Error::Conflict) => Err(Error::Stale),
            outcome => Ok(outcome?),
        }
    }
}
