//! The catalogues agree with each other and with the templates; negotiation takes the order it should.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::Path;

use super::catalogue::messages;
use super::*;
use fluent_bundle::FluentResource;

fn keys_in(folder: &Path, found: &mut BTreeSet<String>) -> Result<(), Box<dyn Error>> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            keys_in(&path, found)?;
        } else if path.extension().is_some_and(|end| end == "html" || end == "txt") {
            let text = std::fs::read_to_string(&path)?;
            for call in ["words.get(\"", "words.with(\"", "macros::ask(\"", "macros::export(\""] {
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
    let [en, ja] = Language::ALL.map(Language::catalogue);
    assert!(messages(en).len() > 50);
    assert_eq!(messages(en), messages(ja));
    for catalogue in [en, ja] {
        let named = catalogue.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()));
        assert_eq!(named.count(), messages(catalogue).len(), "a message is there twice");
    }
}

#[test]
fn every_message_a_template_names_exists() -> Result<(), Box<dyn Error>> {
    let mut named = BTreeSet::new();
    let templates = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    keys_in(&templates, &mut named)?;
    let known = messages(Language::En.catalogue());
    let unknown: Vec<_> = named.iter().filter(|k| !known.contains_key(k.as_str())).collect();
    assert!(named.len() > 30, "found only {named:?}");
    assert!(unknown.is_empty(), "{unknown:?}");
    Ok(())
}

#[test]
fn the_app_decides_then_the_person_then_the_browser() {
    let (en, ja) = (Language::En, Language::Ja);
    assert_eq!(negotiate(&Language::ALL, Some("ja"), Some("en"), Some("en")), ja);
    assert_eq!(negotiate(&Language::ALL, Some("fr ja-JP"), Some("en"), Some("en")), ja);
    assert_eq!(negotiate(&Language::ALL, Some("fr"), Some("ja"), Some("en")), ja);
    assert_eq!(negotiate(&Language::ALL, None, Some("de"), Some("ja,en;q=0.8")), ja);
    assert_eq!(negotiate(&Language::ALL, None, None, Some("en-GB,en;q=0.9,ja;q=0.8")), en);
    assert_eq!(negotiate(&Language::ALL, None, None, None), en);
}

#[test]
fn a_browsers_weights_count() {
    let (en, ja) = (Language::En, Language::Ja);
    assert_eq!(negotiate(&Language::ALL, None, None, Some("en;q=0.5, ja")), ja);
    assert_eq!(negotiate(&Language::ALL, None, None, Some("zh-TW, ja;q=0.4, en; q=0.6")), en);
    assert_eq!(negotiate(&Language::ALL, None, None, Some("ja;q=0")), en);
    assert_eq!(negotiate(&Language::ALL, None, None, Some("*, ;;q, \u{3042}, ,ja-JP")), ja);
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

#[test]
fn an_instance_may_have_words_of_its_own_for_what_there_is() {
    let mut own = Overrides::default();
    let text = "sign-in-title = Come in\nsign-in-lead = for { $app }\n# a comment\n-term = x\n";
    assert_eq!(own.add(Language::En, text.to_owned()), []);
    let wrong = "no-such = x\nsign-in-lead = for { $apps }\n";
    let told: Vec<_> = own.add(Language::En, wrong.to_owned()).iter().map(ToString::to_string).collect();
    assert_eq!(told, ["there is no message no-such", "sign-in-lead is not given $apps"]);
    assert_eq!(own.add(Language::Ja, "sign-in-title\n".to_owned()).len(), 1);
}

/// Faults of settings, apps and providers, which are said in the language of whoever reads them.
fn faults_of(language: Language) -> BTreeMap<&'static str, &'static str> {
    let text = match language {
        Language::En => include_str!("../../templates/i18n/en/faults.ftl"),
        Language::Ja => include_str!("../../templates/i18n/ja/faults.ftl"),
    };
    text.lines().filter_map(|line| line.split_once(" = ")).collect()
}

/// Whether there are four words of English one after another.
pub fn has_a_sentence_of_english(text: &str) -> bool {
    let is_word = |word: &&str| word.bytes().all(|c| c.is_ascii_lowercase());
    let words: Vec<_> = text.split_ascii_whitespace().collect();
    words.windows(4).any(|four| four.iter().filter(|word| is_word(word)).count() == 4)
}

#[test]
fn every_fault_is_said_in_japanese() {
    for (key, text) in faults_of(Language::Ja) {
        let without_values: String =
            text.split('{').map(|part| part.split_once('}').map_or(part, |(_, rest)| rest)).collect();
        let is_made_of_others = without_values.chars().all(|c| !c.is_ascii_alphabetic());
        let is_japanese = without_values.chars().any(|c| ('ぁ'..='ん').contains(&c));
        assert!(is_japanese || is_made_of_others, "{key}: {text}");
        assert!(!has_a_sentence_of_english(text), "{key}: {text}");
    }
    assert!(has_a_sentence_of_english("値: it must be a text"));
    assert!(!has_a_sentence_of_english("google, apple, line, github"));
}

#[test]
fn every_fault_that_is_told_has_words_and_all_words_are_told() -> Result<(), Box<dyn Error>> {
    let mut told: BTreeSet<String> = crate::protocol::faults::keys().into_iter().collect();
    for folder in ["config", "protocol", "published", "upstream", "cli"] {
        keys_told(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(folder), &mut told)?;
    }
    told.extend(["fault-words-syntax", "fault-words-unknown", "fault-words-variable"].map(ToOwned::to_owned));
    let known: BTreeSet<String> = faults_of(Language::En).into_keys().map(ToOwned::to_owned).collect();
    assert!(known.len() > 100, "found only {known:?}");
    assert_eq!(known.difference(&told).collect::<Vec<_>>(), Vec::<&String>::new(), "never told");
    assert_eq!(told.difference(&known).collect::<Vec<_>>(), Vec::<&String>::new(), "without words");
    Ok(())
}

/// The keys of faults that sources name.
fn keys_told(folder: &Path, told: &mut BTreeSet<String>) -> Result<(), Box<dyn Error>> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            keys_told(&path, told)?;
        } else {
            let text = std::fs::read_to_string(&path)?;
            let literals = text.split('"').filter(|word| word.starts_with("fault-") || word.starts_with("upstream-"));
            let is_key =
                |word: &&str| !word.ends_with('-') && word.bytes().all(|c| c.is_ascii_lowercase() || c == b'-');
            told.extend(literals.filter(is_key).map(ToOwned::to_owned));
        }
    }
    Ok(())
}
