//! What has changed since a manifest was applied: the plan of applying it again, and secrets that are others.
use super::{
    super::{Error, Operator},
    Action, Configuration, Kind, Plan, Step,
    planner::Planner,
    present::Present,
};
use crate::{
    config::Manifest,
    domain::{Actor, ClientId, Digest, Secret, Timestamp},
    keys::{self, Sealer},
    storage::manifest,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What it is sealed for.
const CONTEXT: &str = "manifest";

/// What is kept of a manifest that was applied.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// TOML, without secrets.
    text: String,
    /// The digests of its secrets, by where they stand.
    fingerprints: BTreeMap<String, Digest>,
    pruned: bool,
    /// Who applied it.
    actor: String,
}

/// Seals what is kept of a manifest.
pub(super) fn seal(sealer: &Sealer, manifest: &Manifest, pruned: bool, actor: &Actor) -> Result<Vec<u8>, keys::Error> {
    let kept = Kept {
        text: manifest.text.clone(),
        fingerprints: manifest.fingerprints.clone(),
        pruned,
        actor: actor.to_string(),
    };
    sealer.seal(CONTEXT, serde_json::to_string(&kept).unwrap_or_default().as_bytes())
}

/// How an instance differs from the manifest that was applied last.
#[derive(Debug)]
pub struct Drift {
    /// When it was applied.
    pub applied_at: Timestamp,
    /// By whom, as the audit trail has it.
    pub actor: String,
    /// What applying it again would do; nothing, where it cannot be read any more.
    pub plan: Option<Plan>,
}

impl Configuration<'_> {
    /// How the instance differs from what was applied last; nothing, where nothing ever was.
    pub async fn drift(&self, operator: &Operator, now: Timestamp) -> Result<Option<Drift>, Error> {
        let Some(applied) = manifest::applied(self.db).await? else { return Ok(None) };
        let kept = self.settings.open(CONTEXT, &applied.sealed);
        let kept = kept.and_then(|kept| serde_json::from_slice::<Kept>(&kept).ok());
        let actor = kept.as_ref().map(|kept| kept.actor.clone()).unwrap_or_default();
        let mut drift = Drift { applied_at: applied.applied_at, actor, plan: None };
        let Some(kept) = kept else { return Ok(Some(drift)) };
        let Ok(manifest) = Manifest::parse("the manifest", &kept.text, |_| None) else { return Ok(Some(drift)) };
        // Those of settings are compared below; they are not to look as if they were to go.
        let kept_settings = kept.fingerprints.keys().map(|place| (place.clone(), String::new()));
        let manifest = Manifest { kept: kept_settings.collect(), ..manifest };
        let present = Present::read(self).await?;
        let mut plan = Planner::new(self, operator, (&manifest, &present), kept.pruned, now).drift();
        for (place, digest) in &kept.fingerprints {
            note(&mut plan, &present, place, digest);
        }
        drift.plan = Some(plan);
        Ok(Some(drift))
    }
}

/// Says so where a secret is another than the one that was applied.
fn note(plan: &mut Plan, present: &Present, place: &str, applied: &Digest) {
    let (Some((section, _)), Some((_, field))) = (place.split_once('.'), place.rsplit_once('.')) else { return };
    let name = place.strip_prefix(section).and_then(|rest| rest.strip_suffix(field)).unwrap_or_default();
    let name = name.trim_start_matches('.').trim_end_matches('.');
    let (kind, now) = match section {
        "clients" => {
            let there = present.clients.get(&ClientId::from(name));
            (Kind::Client, there.map(|there| there.client.secret_digest.clone()))
        }
        "providers" => {
            let settings = name.parse().ok().and_then(|name| present.providers.get(&name)?.settings.as_ref());
            let secret = |settings: &crate::upstream::Settings| match field {
                "client_secret" => settings.client_secret.clone(),
                _ => settings.private_key.clone(),
            };
            (Kind::Provider, settings.map(|settings| secret(settings).as_ref().map(Secret::digest)))
        }
        _ => {
            let value = present.settings.stored.get(place).and_then(toml::Value::as_str);
            (Kind::Setting, Some(value.map(|value| Secret::from(value).digest())))
        }
    };
    // What is gone as a whole has its step already.
    let Some(now) = now.filter(|now| now.as_ref() != Some(applied)) else { return };
    let word = if now.is_some() { "changed" } else { "missing" };
    let (name, field) = if kind == Kind::Setting { (place, "value") } else { (name, field) };
    let before = Map::from_iter([(field.to_owned(), Value::from(word))]);
    match plan.steps.iter_mut().find(|step| step.kind == kind && step.name == name) {
        Some(step) => step.before.extend(before),
        None => {
            let name = name.to_owned();
            plan.steps.push(Step { action: Action::Change, kind, name, before, after: Map::new() });
        }
    }
}
