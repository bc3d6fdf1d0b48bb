//! The arrows of `src/`, which `ARCHITECTURE.md` draws, as a test.
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Each folder or file of `src/`, and those it may use.
const ARROWS: [(&str, &[&str]); 26] = [
    ("domain", &[]),
    ("i18n", &[]),
    ("protocol", &["domain", "i18n"]),
    ("storage", &["domain", "telemetry"]),
    ("hashing", &["domain", "metrics", "telemetry"]),
    ("passkeys", &["domain"]),
    ("breached", &["domain"]),
    ("places", &["i18n"]),
    ("picture", &[]),
    ("clock", &["domain"]),
    ("keys", &["domain", "storage"]),
    ("metrics", &["domain"]),
    ("telemetry", &[]),
    ("fetch", &["metrics", "telemetry"]),
    ("published", &["domain", "fetch", "i18n"]),
    ("upstream", &["domain", "fetch", "i18n", "published"]),
    ("config", &["domain", "fetch", "i18n", "protocol", "upstream"]),
    ("mail", &["config", "domain", "i18n", "keys", "metrics", "storage"]),
    (
        "app",
        &[
            "breached",
            "clock",
            "config",
            "domain",
            "fetch",
            "hashing",
            "i18n",
            "keys",
            "mail",
            "metrics",
            "passkeys",
            "places",
            "protocol",
            "published",
            "storage",
            "upstream",
        ],
    ),
    (
        "web",
        &[
            "admin",
            "app",
            "config",
            "domain",
            "hashing",
            "i18n",
            "keys",
            "mail",
            "metrics",
            "passkeys",
            "picture",
            "protocol",
            "storage",
            "telemetry",
            "upstream",
            "vault",
        ],
    ),
    (
        "admin",
        &[
            "app", "config", "domain", "fetch", "i18n", "keys", "mail", "protocol", "storage", "upstream", "vault",
            "webhooks",
        ],
    ),
    ("vault", &["app", "domain", "keys", "storage", "upstream"]),
    ("webhooks", &["app", "domain", "fetch", "keys", "protocol", "storage"]),
    ("jobs", &["app", "domain", "storage", "vault", "webhooks"]),
    ("server", &["app", "config", "jobs", "web"]),
    (
        "cli",
        &[
            "admin",
            "app",
            "breached",
            "clock",
            "config",
            "domain",
            "fetch",
            "hashing",
            "i18n",
            "keys",
            "mail",
            "places",
            "protocol",
            "server",
            "storage",
            "telemetry",
            "upstream",
        ],
    ),
];

/// Crates that have a home, and where that is. The domain may derive what `sqlx` reads and writes.
const HOMES: [(&str, &[&str]); 10] = [
    ("actix_", &["app", "cli", "jobs", "server", "web"]),
    ("sqlx", &["domain", "storage"]),
    ("askama", &["mail", "web"]),
    ("lettre", &["config", "mail"]),
    ("jsonwebtoken", &["keys", "protocol", "upstream"]),
    ("openidconnect", &["upstream"]),
    ("reqwest", &["fetch"]),
    ("webauthn_rs", &["passkeys"]),
    ("prometheus_client", &["metrics"]),
    ("opentelemetry", &["fetch", "telemetry"]),
];

/// What ends the program where an answer is due.
const DEADLY: [&str; 6] = [".unwrap()", ".expect(", "panic!(", "todo!(", "unimplemented!(", "unreachable!("];

#[test]
fn dependencies_flow_one_way() {
    let mut strays = vec![];
    for file in sources() {
        let Some((_, allowed)) = ARROWS.iter().find(|(module, _)| *module == file.module) else {
            strays.push(format!("{}: {} has no arrows", file.path.display(), file.module));
            continue;
        };
        for used in modules_used(&file.text) {
            if used != file.module && !allowed.contains(&used.as_str()) {
                strays.push(format!("{} uses {used}", file.path.display()));
            }
        }
    }
    assert!(strays.is_empty(), "{strays:#?}");
}

#[test]
fn crates_stay_in_their_homes() {
    let mut strays = vec![];
    for file in sources() {
        for (name, homes) in HOMES {
            if is_used(&file.text, name) && !homes.contains(&file.module.as_str()) {
                strays.push(format!("{} uses {name}", file.path.display()));
            }
        }
        if file.module == "domain" && file.text.contains("sqlx::query") {
            strays.push(format!("{} has a statement", file.path.display()));
        }
    }
    assert!(strays.is_empty(), "{strays:#?}");
}

#[test]
fn nothing_but_tests_may_end_the_program() {
    let mut strays = vec![];
    for file in sources() {
        let lines: Vec<_> = file.text.lines().collect();
        for (number, line) in lines.iter().enumerate() {
            // The lint makes whoever wants an exception give a reason, close by.
            let reasoned = lines[number.saturating_sub(5)..number].iter().any(|line| line.contains("_used, reason = "));
            if DEADLY.iter().any(|deadly| line.contains(deadly)) && !reasoned {
                strays.push(format!("{}: {}", file.path.display(), line.trim()));
            }
        }
    }
    assert!(strays.is_empty(), "{strays:#?}");
}

/// A file of `src/`, without its comments and its tests.
struct Source {
    path: PathBuf,
    module: String,
    text: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let is_root = |path: &Path| ["main.rs", "lib.rs"].iter().any(|name| path == root.join(name));
    let is_test =
        |path: &Path| path.components().any(|part| ["tests", "tests.rs"].iter().any(|t| part.as_os_str() == *t));
    let mut files = rust_files(&root);
    files.retain(|path| !is_root(path) && !is_test(path.strip_prefix(&root).unwrap()));
    assert!(files.len() > 50, "the sources are there");
    files.into_iter().map(|path| read(&root, path)).collect()
}

fn read(root: &Path, path: PathBuf) -> Source {
    let inside = path.strip_prefix(root).unwrap();
    let module = Path::new(inside.iter().next().unwrap()).file_stem().unwrap().to_str().unwrap().to_owned();
    let text = fs::read_to_string(&path).unwrap();
    // Tests come last in their file.
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    let text = text.lines().filter(is_code).collect::<Vec<_>>().join("\n");
    Source { path, module, text }
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = paths.flat_map(|path| if path.is_dir() { rust_files(&path) } else { vec![path] });
    files.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

/// Whether a crate whose name begins so is named in a path.
fn is_used(text: &str, name: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name).any(|(at, _)| {
        let rest = text[at + name.len()..].trim_start_matches(is_word);
        !text[..at].ends_with(is_word) && (rest.starts_with("::") || rest.starts_with(';'))
    })
}

/// Every `name` in `crate::name` and `crate::{name, …}`.
fn modules_used(source: &str) -> Vec<String> {
    let word =
        |text: &str| text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut found = vec![];
    for rest in source.split("crate::").skip(1) {
        let Some(group) = rest.strip_prefix('{') else {
            found.push(word(rest));
            continue;
        };
        let (mut depth, mut item) = (0, true);
        for (at, c) in group.char_indices() {
            if item && c.is_alphabetic() {
                found.push(word(&group[at..]));
                item = false;
            }
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => item = true,
                _ => {}
            }
        }
    }
    found
}

#[test]
fn the_test_itself_sees_what_is_used() {
    assert_eq!(modules_used("use crate::{a::{b, c}, d};\ncrate::e::f()"), ["a", "d", "e"]);
    assert!(is_used("use sqlx::Row;", "sqlx") && is_used("use actix_web::web;", "actix_"));
    assert!(!is_used("let sqlx_like = 1;", "sqlx") && !is_used("a sqlx text", "sqlx"));
}
