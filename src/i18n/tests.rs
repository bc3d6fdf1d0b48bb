//! The catalogues agree with each other and with the templates; negotiation takes the order it should.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::Path;

use super::*;

fn keys_in(folder: &Path, found: &mut BTreeSet<String>) -> Result<(), Box<dyn Error>> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            keys_in(&path, found)?;
        } else if path.extension().is_some_and(|end| end == "html" || end == "txt") {
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
    assert_eq!(own.add(Language::En, text.to_owned()), Vec::<String>::new());
    let wrong = "no-such = x\nsign-in-lead = for { $apps }\n";
    assert_eq!(
        own.add(Language::En, wrong.to_owned()),
        ["there is no message no-such", "sign-in-lead is not given $apps"]
    );
    assert_eq!(own.add(Language::Ja, "sign-in-title\n".to_owned()).len(), 1);
}
