//! Every route there is, read from where they are listed: one that is added is tested with the rest.
use std::{
    fs,
    path::{Path, PathBuf},
};

/// A path and the methods that it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The path, such as `/login`.
    pub path: String,
    /// Its methods, such as `POST`.
    pub methods: Vec<String>,
}

impl Route {
    /// Whether it takes this method.
    pub fn takes(&self, method: &str) -> bool {
        self.methods.iter().any(|its| its == method)
    }
}

/// Those that `src/web` registers by `document(…)`, `page(…)`, `link(…)` and `resource(…)`.
pub fn routes() -> Vec<Route> {
    let sources = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let mut routes = vec![];
    for (file, text) in sources.iter().filter(|(file, _)| file.components().any(|part| part.as_os_str() == "web")) {
        let kinds: [(_, &[&str]); 4] = [
            ("document(", &["GET", "HEAD"]),
            ("page(", &["GET", "POST"]),
            ("link(", &["GET", "HEAD", "POST"]),
            ("resource(", &[]),
        ];
        for (kind, methods) in kinds {
            for call in text.match_indices(kind).filter_map(|(at, _)| call(text, at, kind.len())) {
                let Some(path) = call.split(',').next().and_then(|path| resolve(path.trim(), file, &sources)) else {
                    continue;
                };
                let named = call.split("Method::").skip(1);
                let named = named.map(|rest| rest.split(|c: char| !c.is_ascii_uppercase()).next().unwrap().to_owned());
                let methods: Vec<_> = methods.iter().map(|&method| method.to_owned()).chain(named).collect();
                routes.push(Route { path, methods });
            }
        }
    }
    routes.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(routes.len() > 20 && routes.iter().any(|route| route.path == "/login"), "they are found: {routes:?}");
    routes
}

/// What is between the parentheses of a call that begins there, if it is one.
fn call(text: &str, at: usize, length: usize) -> Option<&str> {
    let before = text[..at].chars().next_back();
    if before.is_some_and(|c| c.is_alphanumeric() || ['_', ':', '.'].contains(&c)) || text[..at].ends_with("fn ") {
        return None;
    }
    let inside = &text[at + length..];
    let mut depth = 1;
    let end = inside.find(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        depth == 0
    })?;
    Some(&inside[..end])
}

/// The path that an expression stands for: a text, or a constant of the module that it names.
fn resolve(expression: &str, file: &Path, sources: &[(PathBuf, String)]) -> Option<String> {
    if let Some(text) = expression.strip_prefix('"') {
        return text.strip_suffix('"').filter(|path| path.starts_with('/')).map(ToOwned::to_owned);
    }
    let expression = expression.trim_start_matches('&');
    if let Some(function) = expression.strip_suffix("()") {
        return made_by(function.rsplit("::").next()?, sources);
    }
    let mut parts = expression.rsplit("::");
    let (name, module) = (parts.next()?, parts.next());
    if !name.chars().all(|c| c.is_ascii_uppercase() || c == '_') {
        return None;
    }
    let declared = format!("const {name}: &str = \"/");
    let found: Vec<_> = sources
        .iter()
        .filter(|(path, text)| match module {
            Some(module) => {
                path.file_stem().is_some_and(|stem| stem == module)
                    || path.parent().is_some_and(|folder| folder.ends_with(module))
                    || text.contains(&format!("mod {module} {{"))
            }
            None => path == file,
        })
        .filter_map(|(_, text)| text.split(&declared).nth(1)?.split('"').next())
        .collect();
    assert_eq!(found.len(), 1, "the path {expression} in {}: {found:?}", file.display());
    Some(format!("/{}", found[0]))
}

/// The path that a function makes of a constant: `format!("{PICTURES}/{{id}}")`.
fn made_by(function: &str, sources: &[(PathBuf, String)]) -> Option<String> {
    let declared = format!("fn {function}() -> String {{");
    let body = sources.iter().find_map(|(_, text)| text.split(&declared).nth(1))?;
    let (name, rest) = body.split("format!(\"{").nth(1)?.split('"').next()?.split_once('}')?;
    let declared = format!("const {name}: &str = \"");
    let constant = sources.iter().find_map(|(_, text)| text.split(&declared).nth(1)?.split('"').next())?;
    Some(format!("{constant}{}", rest.replace("{{", "{").replace("}}", "}")))
}

fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = vec![];
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            found.extend(sources(&entry));
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&entry).unwrap();
            found.push((entry, text));
        }
    }
    found
}

/// A route of the administration, and what it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guarded {
    /// Its method.
    pub method: String,
    /// Its path from the root, such as `/admin/users/{id}`.
    pub path: String,
    /// The permission, as the table writes it, such as `UsersRead`.
    pub permission: String,
    /// Whether a person must have signed in just before.
    pub is_fresh: bool,
}

/// Every route that a table of `guarded!` has.
pub fn guarded() -> Vec<Guarded> {
    let mut all = vec![];
    for (_, text) in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web")) {
        let Some((_, table)) = text.split_once("\nguarded! {") else { continue };
        let (table, _) = table.split_once("\n}").expect("its end");
        let (prefix, table) = table.trim().trim_start_matches('"').split_once("\";").expect("its prefix");
        // Each path in quotes, then its methods in braces.
        let mut rest = table;
        while let Some((_, after)) = rest.split_once('"') {
            let (path, after) = after.split_once('"').expect("the path's end");
            let (methods, after) = after.split_once(" }").expect("the methods' end");
            for method in methods.trim_start_matches([' ', '{']).split(',').filter(|one| !one.trim().is_empty()) {
                let words: Vec<_> = method.split_whitespace().collect();
                all.push(Guarded {
                    method: words[0].to_owned(),
                    path: format!("{prefix}{path}"),
                    permission: words[1].to_owned(),
                    is_fresh: words[2] == "fresh",
                });
            }
            rest = after;
        }
    }
    assert!(all.len() > 8, "they are found: {all:?}");
    all.sort_by(|a, b| (&a.path, &a.method).cmp(&(&b.path, &b.method)));
    all
}
