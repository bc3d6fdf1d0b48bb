//! Settings that are changed while Genkan runs: what rules, what is wrong, and what is shown.
use super::load;
use crate::config::{
    Config, Fault,
    live::{Change, KEYS, Key, Kind, Origin, Stored},
};
use std::fs;
use tempfile::TempDir;
use toml::Value;

fn set(key: &str, value: impl Into<Value>) -> Change {
    Change { key: key.into(), value: Some(value.into()) }
}

fn reset(key: &str) -> Change {
    Change { key: key.into(), value: None }
}

fn stored(text: &str) -> Stored {
    Stored::parse(text).unwrap()
}

fn keys(faults: &[Fault]) -> Vec<&str> {
    faults.iter().map(|fault| fault.key.as_str()).collect()
}

fn origin(config: &Config, stored: &Stored, name: &str) -> (String, Origin) {
    let entries = config.entries(stored);
    let entry = entries.iter().find(|entry| entry.key.name == name).unwrap();
    (entry.text(), entry.origin.clone())
}

#[test]
fn what_is_written_rules_then_the_database_then_the_defaults() {
    let config = load("[instance]\nname = 'File'", &[("GENKAN_SESSIONS__IDLE", "60")]).unwrap();
    let stored = stored("[instance]\nname = 'Stored'\naccent = '#17587a'\n[sessions]\nidle = 5\nwindow = 7");
    let settings = config.with_stored(&stored).unwrap().settings;
    assert_eq!((settings.instance.name.as_str(), settings.instance.accent.is_some()), ("File", true));
    assert_eq!((settings.sessions.idle, settings.sessions.window, settings.sessions.absolute), (60, 7, 2_592_000));
    for (name, text, from) in [
        ("instance.name", "File", Origin::File),
        ("sessions.idle", "60", Origin::Variable("GENKAN_SESSIONS__IDLE".into())),
        ("sessions.window", "7", Origin::Database),
        ("instance.accent", "#17587a", Origin::Database),
        ("sessions.absolute", "2592000", Origin::Default),
        ("instance.languages", "en, ja", Origin::Default),
        ("mail.from", "", Origin::Default),
    ] {
        assert_eq!(origin(&config, &stored, name), (text.into(), from), "{name}");
    }
}

#[test]
fn changes_are_made_all_or_none_and_each_fault_names_its_key() {
    let config = load("[registration]\nsign_up = 'off'", &[]).unwrap();
    let before = stored("[instance]\nname = 'Before'");
    let refused = |changes: &[Change]| {
        let faults = config.change_stored(&before, changes).unwrap_err();
        keys(&faults).iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(
        refused(&[set("instance.name", ""), set("instance.accent", "white"), set("tokens.id_token", 60)]),
        ["instance.name", "instance.accent"]
    );
    assert_eq!(refused(&[set("registration.sign_up", "open")]), ["registration.sign_up"], "the file rules");
    for key in ["issuer", "database.url", "passwords.memory_kib", "sessions.places_file", "mail.smtp_url_file", "x"] {
        assert_eq!(refused(&[set(key, "x")]), [key]);
    }
    assert_eq!(refused(&[set("sessions.absolute", "60")]), ["sessions.idle"], "it would be more than the whole");

    let changes = [set("instance.name", " After "), set("sessions.idle", "60"), set("second_factor.required", "true")];
    let changed = config.change_stored(&before, &changes).unwrap();
    assert_eq!(changed.keys, ["instance.name", "second_factor.required", "sessions.idle"]);
    assert_eq!(changed.judged.settings.instance.name, "After");
    assert_eq!(changed.stored.get("sessions.idle"), Some(&Value::Integer(60)), "as a file has it");
    assert_eq!(Stored::parse(&changed.stored.to_text()).as_ref(), Some(&changed.stored));

    let changed = config.change_stored(&changed.stored, &[reset("instance.name"), reset("mail.from")]).unwrap();
    assert_eq!(
        (changed.judged.settings.instance.name.as_str(), changed.keys),
        ("Genkan", vec!["instance.name".into()])
    );
}

#[test]
fn what_is_wrong_in_the_database_is_left_out_and_the_rest_holds() {
    let folder = TempDir::new().unwrap();
    let words = folder.path().join("words");
    fs::create_dir(&words).unwrap();
    let config = load(&format!("[sessions]\nidle = 3600\n[instance]\nwords = {words:?}"), &[]).unwrap();
    for (text, faults, name, sign_up_is_off) in [
        ("[instance]\nname = ''\n[registration]\nsign_up = 'off'", vec!["instance.name"], "Genkan", true),
        ("[instance]\nname = 'Home'\n[registration]\nsign_up = 'shut'", vec!["registration.sign_up"], "Home", false),
        ("[instance]\nname = 'Home'\n[sessions]\nabsolute = 60", vec!["sessions.idle"], "Home", false),
        ("[instance]\nname = 'Home'\n[later]\nkey = 1", vec![], "Home", false),
        ("[mail]\nsmtp_url = 5\n[registration]\nsign_up = 'off'", vec!["mail.smtp_url"], "Genkan", true),
    ] {
        let (settings, told) = config.follow_stored(&stored(text));
        assert_eq!(keys(&told), faults, "{text}");
        assert_eq!(settings.instance.name, name, "{text}");
        assert_eq!(settings.registration.sign_up == crate::config::SignUp::Off, sign_up_is_off, "{text}");
        assert_eq!(settings.sessions.idle, 3600);
    }
    // What the file names has gone: the settings from the start go on.
    fs::remove_dir(&words).unwrap();
    let (settings, told) = config.follow_stored(&stored("[instance]\nname = 'Home'"));
    assert_eq!((keys(&told), settings), (vec!["instance.words"], config.live));
    assert_eq!(Stored::parse("not toml"), None);
}

#[test]
fn a_secret_is_never_shown() {
    const URL: &str = "smtps://genkan:hunter2@smtp.example.com";
    let config = load("", &[]).unwrap();
    let changed = config.change_stored(&Stored::default(), &[set("mail.smtp_url", URL)]).unwrap();
    let entries = config.entries(&changed.stored);
    let entry = entries.iter().find(|entry| entry.key.is_secret()).unwrap();
    assert_eq!((&entry.value, entry.is_set, &entry.origin), (&None, true, &Origin::Database));
    let wrong = config.change_stored(&changed.stored, &[set("mail.smtp_url", "ftp://genkan:hunter2@x")]).unwrap_err();
    assert_eq!(keys(&wrong), ["mail.smtp_url"]);
    for shown in [format!("{entries:?}"), format!("{changed:?}"), format!("{wrong:?}")] {
        assert!(!shown.contains("hunter2"), "{shown}");
    }

    // A file that holds it rules as well.
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("smtp");
    fs::write(&file, "smtps://genkan:other@smtp.example.com\n").unwrap();
    let config = load(&format!("[mail]\nsmtp_url_file = {file:?}"), &[]).unwrap();
    assert_eq!(origin(&config, &changed.stored, "mail.smtp_url"), (String::new(), Origin::File));
    let settings = config.with_stored(&changed.stored).unwrap().settings;
    assert!(settings.mail.smtp_url.unwrap().reveal().contains("other"));
    assert!(!format!("{:?}", config.written).contains("smtp"));
}

/// Each key with a value that is good, and one that is not.
fn examples(key: &Key) -> (Vec<String>, String) {
    let whole = |least: i64, most: i64| (vec![least.to_string(), most.to_string()], (most + 1).to_string());
    match key.kind {
        // The idle time may be no longer than the whole.
        Kind::Seconds { most, .. } if key.name == "sessions.idle" => (vec!["1".into()], (most + 1).to_string()),
        Kind::Seconds { most, .. } if key.name == "sessions.absolute" => {
            (vec!["604800".into(), most.to_string()], "0".into())
        }
        Kind::Number { least, most } | Kind::Seconds { least, most } => whole(least, most),
        Kind::Truth => (vec!["false".into()], "maybe".into()),
        Kind::Choice(words) => (words.iter().map(ToString::to_string).collect(), "maybe".into()),
        Kind::Choices(words) => (vec![words.join(","), words[0].into()], "maybe".into()),
        Kind::Domains => (vec!["example.com, *.example.org".into(), String::new()], "x y".into()),
        Kind::Text if key.name == "instance.name" => (vec!["名前".into()], "x".repeat(61)),
        Kind::Text => (vec!["One line".into()], "x".repeat(301)),
        Kind::WebAddress => (vec!["https://example.com/a".into()], "javascript:alert(1)".into()),
        Kind::Colour => (vec!["#000000".into()], "#ffffff".into()),
        Kind::Mailbox => (vec!["Home <home@example.com>".into()], "home".into()),
        Kind::Folder => (vec![env!("CARGO_MANIFEST_DIR").into()], "/no/such/folder".into()),
        Kind::Secret => (vec!["smtps://a:b@mail.example.com".into()], "ftp://x".into()),
    }
}

#[test]
fn kinds_and_bounds_are_those_that_are_accepted() {
    let config = load("", &[]).unwrap();
    for key in &KEYS {
        let (good, bad) = examples(key);
        for value in good {
            let changed = config.change_stored(&Stored::default(), &[set(key.name, value.as_str())]);
            let changed = changed.unwrap_or_else(|faults| panic!("{} {value}: {faults:?}", key.name));
            if !key.is_secret() {
                let (text, from) = origin(&config, &changed.stored, key.name);
                assert_eq!((text.replace(", ", ","), from), (value.replace(", ", ","), Origin::Database));
            }
        }
        let faults = config.change_stored(&Stored::default(), &[set(key.name, bad.as_str())]).unwrap_err();
        assert_eq!(keys(&faults), [key.name], "{bad}");
        if let Kind::Number { least, .. } | Kind::Seconds { least, .. } = key.kind {
            let under = config.change_stored(&Stored::default(), &[set(key.name, least - 1)]).unwrap_err();
            assert_eq!(keys(&under), [key.name]);
        }
    }
}
