//! The catalogues agree with each other and with the templates; negotiation takes the order it should.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::Path;

use super::*;

/// Each message of a catalogue with the variables it uses.
fn messages(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let mut messages = BTreeMap::<_, BTreeSet<_>>::new();
    let mut current = String::new();
    for line in language.catalogue().lines() {
        if line.starts_with(|first: char| first.is_ascii_lowercase()) {
            let key = line.split([' ', '=']).next().unwrap_or_default();
            current = key.to_owned();
            assert!(
                messages.insert(current.clone(), BTreeSet::new()).is_none(),
                "{current} is there twice in {language}"
            );
        }
        for rest in line.split('$').skip(1) {
            let name = rest.split(|c: char| !c.is_alphanumeric() && c != '-');
            let name = name.take(1).map(str::to_owned);
            messages.entry(current.clone()).or_default().extend(name);
        }
    }
    messages
}

fn keys_in(folder: &Path, found: &mut BTreeSet<String>) -> Result<(), Box<dyn Error>> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            keys_in(&path, found)?;
        } else if path.extension().is_some_and(|end| end == "html") {
            let text = std::fs::read_to_string(&path)?;
            for call in ["words.get(\"", "words.with(\""] {
                let keys = text.split(call).skip(1).filter_map(|s| s.split('"').next());
                found.extend(keys.map(str::to_owned));
            }
        }
    }
    Ok(())
}

#[test]
fn every_catalogue_parses() {
    for language in Language::ALL {
        let parsed = FluentResource::try_new(language.catalogue().to_owned());
        if let Err((_, faults)) = parsed {
            panic!("{language}: {faults:?}");
        }
    }
}

#[test]
fn every_catalogue_has_the_same_messages_with_the_same_variables() {
    assert!(messages(Language::En).len() > 50);
    assert_eq!(messages(Language::En), messages(Language::Ja));
}

#[test]
fn every_message_a_template_names_exists() -> Result<(), Box<dyn Error>> {
    let mut named = BTreeSet::new();
    let templates = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    keys_in(&templates, &mut named)?;
    let known = messages(Language::En);
    let unknown: Vec<_> = named.iter().filter(|&k| !known.contains_key(k)).collect();
    assert!(named.len() > 30, "found only {named:?}");
    assert!(unknown.is_empty(), "{unknown:?}");
    Ok(())
}

#[test]
fn the_app_decides_then_the_person_then_the_browser() {
    let (en, ja) = (Language::En, Language::Ja);
    assert_eq!(negotiate(Some("ja"), Some("en"), Some("en")), ja);
    assert_eq!(negotiate(Some("fr ja-JP"), Some("en"), Some("en")), ja);
    assert_eq!(negotiate(Some("fr"), Some("ja"), Some("en")), ja);
    assert_eq!(negotiate(None, Some("de"), Some("ja,en;q=0.8")), ja);
    assert_eq!(negotiate(None, None, Some("en-GB,en;q=0.9,ja;q=0.8")), en);
    assert_eq!(negotiate(None, None, None), en);
}

#[test]
fn a_browsers_weights_count() {
    let (en, ja) = (Language::En, Language::Ja);
    assert_eq!(negotiate(None, None, Some("en;q=0.5, ja")), ja);
    assert_eq!(negotiate(None, None, Some("zh-TW, ja;q=0.4, en; q=0.6")), en);
    assert_eq!(negotiate(None, None, Some("ja;q=0")), en);
    assert_eq!(negotiate(None, None, Some("*, ;;q, \u{3042}, ,ja-JP")), ja);
}

#[test]
fn a_missing_message_is_its_key() {
    assert_eq!(Words::default().get("no-such-message"), "no-such-message");
    assert_eq!(Words::default().find("no-such-message"), None);
    assert_eq!(Words::default().get("not a <key>"), "not a <key>");
}

#[test]
fn values_are_put_in_as_they_are() {
    let words = Words::new(Language::En);
    let text = words.with("sign-in-lead", &[("app", "1e5 <b>")]);
    assert_eq!(text, "to continue to 1e5 <b>");
    let wait = |minutes: u32| Message::new("error-throttled").with("minutes", minutes);
    assert!(words.say(&wait(1)).contains("1 minute."));
    assert!(words.say(&wait(5)).contains("5 minutes."));
}
