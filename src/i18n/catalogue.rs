//! The message catalogues, and the words that an instance has of its own.
use super::{Language, Message};
use arc_swap::ArcSwap;
use fluent_bundle::FluentResource;
use fluent_bundle::concurrent::FluentBundle;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

/// The catalogue of a language: one file for each part of the product.
macro_rules! catalogue {
    ($tag:literal) => {
        catalogue!($tag: "common", "sign_in", "sign_up", "consent", "sign_out", "account", "profile", "errors", "mail", "passkeys", "providers", "upstream", "admin", "admin_providers", "admin_settings", "admin_apps", "admin_users", "admin_acts", "admin_audit", "admin_webhooks", "admin_overview", "admin_manifest", "faults", "admin_first_steps")
    };
    ($tag:literal: $($part:literal),+) => {
        concat!($(include_str!(concat!("../../templates/i18n/", $tag, "/", $part, ".ftl")), "\n"),+)
    };
}

impl Language {
    pub(super) const fn catalogue(self) -> &'static str {
        match self {
            Self::En => catalogue!("en"),
            Self::Ja => catalogue!("ja"),
        }
    }
}

pub(super) type Bundle = FluentBundle<FluentResource>;

/// All words, with those of the instance's own.
pub(super) struct Bundles {
    own: Overrides,
    all: [(Language, Bundle); 2],
}

impl Bundles {
    fn new(own: Overrides) -> Self {
        Self { all: Language::ALL.map(|language| (language, bundle(language, &own))), own }
    }

    pub(super) fn of(&self, wanted: Language) -> Option<&Bundle> {
        self.all.iter().find_map(|(language, bundle)| (*language == wanted).then_some(bundle))
    }
}

pub(super) static BUNDLES: LazyLock<ArcSwap<Bundles>> =
    LazyLock::new(|| ArcSwap::from_pointee(Bundles::new(Overrides::default())));

/// A fault in a catalogue costs the message it is in, never the page; a test finds it before that.
fn bundle(language: Language, own: &Overrides) -> Bundle {
    let mut bundle = Bundle::new_concurrent(vec![language.tag().parse().unwrap_or_default()]);
    // The marks would end up inside attributes and copied text, and no language here is written right to left.
    bundle.set_use_isolating(false);
    let resource = FluentResource::try_new(language.catalogue().to_owned()).unwrap_or_else(|(resource, faults)| {
        tracing::error!(%language, ?faults, "the message catalogue has faults");
        resource
    });
    if let Err(faults) = bundle.add_resource(resource) {
        tracing::error!(%language, ?faults, "the message catalogue repeats messages");
    }
    for (_, text) in own.0.iter().filter(|(its, _)| *its == language) {
        let (Ok(resource) | Err((resource, _))) = FluentResource::try_new(text.clone());
        bundle.add_resource_overriding(resource);
    }
    bundle
}

/// Messages of an instance's own, in place of those of the same key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides(Vec<(Language, String)>);

impl Overrides {
    /// Takes the messages of a language; what is wrong with them.
    #[must_use]
    pub fn add(&mut self, language: Language, text: String) -> Vec<Message> {
        if let Err((_, faults)) = FluentResource::try_new(text.clone()) {
            return faults.iter().map(|why| Message::new("fault-words-syntax").with("why", why.to_string())).collect();
        }
        let known = messages(language.catalogue());
        let faults = messages(&text).into_iter().filter_map(|(key, variables)| match known.get(key) {
            None => Some(Message::new("fault-words-unknown").with("key", key.to_owned())),
            Some(given) => variables.difference(given).next().map(|name| {
                Message::new("fault-words-variable").with("key", key.to_owned()).with("name", format!("${name}"))
            }),
        });
        let faults = faults.collect();
        self.0.push((language, text));
        faults
    }

    /// Makes them count, in place of those that did.
    pub fn install(&self) {
        if BUNDLES.load().own != *self {
            BUNDLES.store(Arc::new(Bundles::new(self.clone())));
        }
    }
}

/// Each message of a catalogue with the variables it uses.
pub(super) fn messages(catalogue: &str) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut messages = BTreeMap::<&str, BTreeSet<&str>>::new();
    let mut current = None;
    for line in catalogue.lines() {
        if line.starts_with(|first: char| first.is_ascii_lowercase()) {
            current = line.split([' ', '=']).next();
        } else if !line.starts_with([' ', '\t']) && !line.is_empty() {
            current = None;
        }
        let Some(key) = current else { continue };
        let variables = line.split('$').skip(1).map(|rest| {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '-' && c != '_').unwrap_or(rest.len());
            &rest[..end]
        });
        messages.entry(key).or_default().extend(variables);
    }
    messages
}
