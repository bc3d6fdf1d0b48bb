//! The form of a provider: which settings a kind has, and how each is shown and read.
use crate::{
    admin::{
        Fault,
        providers::{Entry, SECRETS},
    },
    domain::ProviderKind,
    i18n::Message,
    protocol::params::Params,
};
use toml::{Table, Value};

/// How a setting is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A line.
    Text,
    /// A line that is never shown.
    Secret,
    /// Several lines that are never shown.
    LongSecret,
    /// Several words.
    List,
    /// Lines, each a name, `=` and a value.
    Pairs,
    /// Yes, no, or what is usual.
    Truth,
    /// One of these, or what is usual.
    Choice(&'static [&'static str]),
}

use Shape::{Choice, LongSecret, Pairs, Secret, Text, Truth};

/// A setting, and how it is typed.
type Field = (&'static str, Shape);

/// What every kind has, besides what is its own.
const COMMON: [Field; 25] = [
    ("scopes", Shape::List),
    ("on_unknown", Choice(&["create", "ask", "refuse"])),
    ("link", Choice(&["ask", "auto"])),
    ("trust_email", Truth),
    ("update_profile", Truth),
    ("store_tokens", Truth),
    ("token_clients", Shape::List),
    ("audiences", Shape::List),
    ("authorized_parties", Shape::List),
    ("native_nonce", Choice(&["required", "optional"])),
    ("authorization_params", Pairs),
    ("pkce", Truth),
    ("token_endpoint_auth_method", Choice(&["client_secret_basic", "client_secret_post", "none"])),
    ("id_token_signed_response_alg", Choice(&["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA", "HS256"])),
    ("claims", Pairs),
    ("issuer", Text),
    ("authorization_endpoint", Text),
    ("token_endpoint", Text),
    ("userinfo_endpoint", Text),
    ("jwks_uri", Text),
    ("revocation_endpoint", Text),
    ("end_session_endpoint", Text),
    ("client_secret", Secret),
    ("label", Text),
    ("order", Text),
];

/// What a kind asks for first.
const fn main(kind: ProviderKind) -> &'static [Field] {
    match kind {
        ProviderKind::Google => {
            &[("client_id", Text), ("client_secret", Secret), ("hosted_domains", Shape::List), ("label", Text)]
        }
        ProviderKind::Apple => &[
            ("client_id", Text),
            ("team_id", Text),
            ("key_id", Text),
            ("private_key", LongSecret),
            ("android_packages", Shape::List),
            ("label", Text),
        ],
        ProviderKind::Line => &[
            ("client_id", Text),
            ("client_secret", Secret),
            ("bot_prompt", Choice(&["normal", "aggressive"])),
            ("label", Text),
        ],
        ProviderKind::GitHub => &[("client_id", Text), ("client_secret", Secret), ("base_url", Text), ("label", Text)],
        ProviderKind::Microsoft => &[
            ("client_id", Text),
            ("client_secret", Secret),
            ("tenant", Text),
            ("allowed_tenants", Shape::List),
            ("label", Text),
        ],
        ProviderKind::Facebook | ProviderKind::Instagram => {
            &[("client_id", Text), ("client_secret", Secret), ("api_version", Text), ("label", Text)]
        }
        ProviderKind::X => &[("client_id", Text), ("client_secret", Secret), ("label", Text)],
        ProviderKind::Oidc => &[("label", Text), ("issuer", Text), ("client_id", Text), ("client_secret", Secret)],
        ProviderKind::OAuth2 => &[
            ("label", Text),
            ("client_id", Text),
            ("client_secret", Secret),
            ("authorization_endpoint", Text),
            ("token_endpoint", Text),
            ("userinfo_endpoint", Text),
            ("claims", Pairs),
        ],
    }
}

/// The settings that a kind is shown with: those it asks for first, and all others.
fn fields(kind: ProviderKind) -> (Vec<Field>, Vec<Field>) {
    let main = main(kind).to_vec();
    let is_more = |name: &str| {
        let has_no_secret = kind == ProviderKind::Apple && name == "client_secret";
        !has_no_secret && main.iter().all(|(other, _)| *other != name)
    };
    let more = COMMON.into_iter().filter(|(name, _)| is_more(name)).collect();
    (main, more)
}

/// A field, as the page shows it.
#[derive(Clone, Debug)]
pub struct FieldView {
    pub name: &'static str,
    pub shape: Shape,
    pub value: String,
    /// Of a secret: whether there is one.
    pub is_set: bool,
    pub error: Option<Message>,
}

impl FieldView {
    /// The message that names it.
    pub fn label(&self) -> String {
        format!("admin-provider-{}", self.name.replace('_', "-"))
    }

    /// Whether the setting's own name says best what it is.
    pub fn is_address(&self) -> bool {
        self.name.ends_with("_endpoint") || self.name.ends_with("_uri")
    }

    pub fn is_choice(&self) -> bool {
        matches!(self.shape, Choice(_) | Truth)
    }

    pub fn is_long(&self) -> bool {
        matches!(self.shape, LongSecret | Pairs)
    }

    pub fn is_secret(&self) -> bool {
        matches!(self.shape, Secret | LongSecret)
    }

    pub fn is_pairs(&self) -> bool {
        self.shape == Pairs
    }

    /// What may be chosen, besides what is usual.
    pub fn choices(&self) -> Vec<ChoiceView> {
        let words: &[&'static str] = match self.shape {
            Choice(words) => words,
            Truth => &["true", "false"],
            _ => &[],
        };
        let view = |word: &'static str| ChoiceView { word, selected: self.value == word };
        words.iter().copied().map(view).collect()
    }
}

/// One of what may be chosen.
#[derive(Clone, Copy, Debug)]
pub struct ChoiceView {
    pub word: &'static str,
    pub selected: bool,
}

impl ChoiceView {
    /// The message that says it; most are words of a specification, which are the same in every language.
    pub fn message(self) -> Option<&'static str> {
        match self.word {
            "true" => Some("admin-provider-yes"),
            "false" => Some("admin-provider-no"),
            _ => None,
        }
    }
}

/// Both parts of a form, as `value` says what is in each field.
pub fn views(
    kind: ProviderKind,
    value: impl Fn(&'static str, Shape) -> String,
    entry: Option<&Entry>,
    faults: &[Fault],
) -> (Vec<FieldView>, Vec<FieldView>) {
    let view = |(name, shape): Field| FieldView {
        name,
        shape,
        value: if SECRETS.contains(&name) { String::new() } else { value(name, shape) },
        is_set: entry.is_some_and(|entry| entry.has(name)),
        error: faults.iter().find(|fault| is_about(fault, name)).map(|fault| fault.message.clone()),
    };
    let (main, more) = fields(kind);
    (main.into_iter().map(view).collect(), more.into_iter().map(view).collect())
}

/// Whether a fault is about this field, or something inside it.
fn is_about(fault: &Fault, name: &str) -> bool {
    let rest = fault.field.strip_prefix(name);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || rest == "_file")
}

/// Whatever no field of the form shows.
pub fn others(kind: ProviderKind, faults: &[Fault]) -> Vec<Message> {
    let (main, more) = fields(kind);
    let is_shown = |fault: &&Fault| main.iter().chain(&more).any(|(name, _)| is_about(fault, name));
    faults.iter().filter(|fault| !is_shown(fault) && fault.field != "name").map(|fault| fault.message.clone()).collect()
}

/// What a section has, as it is typed.
pub fn typed(section: &Table, name: &str, shape: Shape) -> String {
    match (section.get(name), shape) {
        (Some(Value::Table(table)), Pairs) => {
            let lines = table.iter().map(|(key, value)| format!("{key} = {}\n", value.as_str().unwrap_or_default()));
            lines.collect()
        }
        (Some(Value::Array(items)), _) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
        (Some(Value::String(text)), _) => text.clone(),
        (Some(other), _) => other.to_string(),
        (None, _) => String::new(),
    }
}

/// The section that a form describes, over what the section had that no field shows.
pub fn section(kind: ProviderKind, mut under: Table, form: &Params) -> Table {
    let (main, more) = fields(kind);
    under.insert("kind".into(), Value::String(kind.to_string()));
    for (name, shape) in main.into_iter().chain(more) {
        let Some(text) = form.get(name) else { continue };
        match read(text, shape) {
            Some(value) => _ = under.insert(name.into(), value),
            None => _ = under.remove(name),
        }
    }
    under
}

fn read(text: &str, shape: Shape) -> Option<Value> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    Some(match shape {
        Text | Secret | Truth | Choice(_) => Value::String(text.to_owned()),
        LongSecret => Value::String(format!("{}\n", text.replace("\r\n", "\n"))),
        Shape::List => {
            let words = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty());
            Value::Array(words.map(|word| Value::String(word.to_owned())).collect())
        }
        Pairs => {
            let pairs = text.lines().filter(|line| !line.trim().is_empty()).map(|line| {
                let (key, value) = line.split_once('=').unwrap_or((line, ""));
                (key.trim().to_owned(), Value::String(value.trim().to_owned()))
            });
            Value::Table(pairs.collect())
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_reads_as_it_was() {
        let text = "kind = 'oauth2'\nlabel = 'Work'\norder = '3'\nscopes = ['a', 'b']\npkce = 'false'\nteam_id = 'T'\n\
                    [claims]\nname = '/a/b'\nsub = '/id'\n";
        let table: Table = text.parse().unwrap();
        let (main, more) = fields(ProviderKind::OAuth2);
        let typed: Vec<_> =
            main.iter().chain(&more).map(|(name, shape)| ((*name).to_owned(), typed(&table, name, *shape))).collect();
        let body = serde_json::to_value(&typed).unwrap();
        let pairs = body.as_array().unwrap().iter().map(|pair| (pair[0].as_str().unwrap(), pair[1].as_str().unwrap()));
        let encoded = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let form = Params::parse_lines(encoded.as_bytes()).unwrap();
        assert_eq!(section(ProviderKind::OAuth2, table.clone(), &form), table);
    }

    #[test]
    fn no_field_is_there_twice() {
        for kind in ProviderKind::ALL {
            let (main, more) = fields(*kind);
            let mut names: Vec<_> = main.iter().chain(&more).map(|(name, _)| *name).collect();
            let count = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), count, "{kind}");
        }
    }
}
