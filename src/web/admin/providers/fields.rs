//! The form of a provider: which settings a kind has, and how each is shown and read.
use crate::{
    admin::{
        Fault,
        providers::{Entry, SECRETS},
    },
    domain::ProviderKind,
    i18n::Message,
    protocol::params::Params,
    upstream::{Endpoints, Settings, kinds},
};
use std::collections::BTreeMap;
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
const COMMON: [Field; 18] = [
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
    ("client_secret", Secret),
    ("label", Text),
    ("order", Text),
];

/// Where every kind is.
const ADDRESSES: [&str; 7] = [
    "issuer",
    "authorization_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
    "jwks_uri",
    "revocation_endpoint",
    "end_session_endpoint",
];

/// What else there is to address of a kind.
const fn own_addresses(kind: ProviderKind) -> &'static [&'static str] {
    match kind {
        ProviderKind::GitHub => &["emails_endpoint"],
        ProviderKind::Line => &["verify_endpoint", "profile_endpoint", "friendship_endpoint"],
        ProviderKind::Facebook => &["verify_endpoint", "limited_jwks_uri"],
        ProviderKind::Instagram => &["long_lived_endpoint", "refresh_endpoint"],
        ProviderKind::Microsoft => &["base_url"],
        ProviderKind::Google | ProviderKind::Apple | ProviderKind::X | ProviderKind::Oidc | ProviderKind::OAuth2 => &[],
    }
}

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

/// The settings that a kind is shown with: those it asks for first, all others, and its addresses.
fn fields(kind: ProviderKind) -> [Vec<Field>; 3] {
    let main = main(kind).to_vec();
    let is_more = |name: &str| {
        let has_no_secret = kind == ProviderKind::Apple && name == "client_secret";
        !has_no_secret && main.iter().all(|(other, _)| *other != name)
    };
    let more = COMMON.into_iter().filter(|(name, _)| is_more(name)).collect();
    let addresses = ADDRESSES.into_iter().chain(own_addresses(kind).iter().copied()).filter(|name| is_more(name));
    let addresses = addresses.map(|name| (name, Text)).collect();
    [main, more, addresses]
}

/// A field, as the page shows it.
#[derive(Clone, Debug)]
pub struct FieldView {
    pub name: &'static str,
    pub shape: Shape,
    pub value: String,
    /// What it is where nothing is typed, if that is known.
    pub usual: String,
    /// Whether the setting's own name says best what it is.
    pub is_address: bool,
    /// Of a secret: whether there is one.
    pub is_set: bool,
    pub error: Option<Message>,
}

impl FieldView {
    /// The message that names it.
    pub fn label(&self) -> String {
        format!("admin-provider-{}", self.name.replace('_', "-"))
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

/// The parts of a form, as `value` says what is in each field.
pub fn views(
    kind: ProviderKind,
    value: impl Fn(&'static str, Shape) -> String,
    entry: Option<&Entry>,
    faults: &[Fault],
) -> [Vec<FieldView>; 3] {
    let usual = entry.and_then(|entry| entry.provider.as_ref()).map(|provider| {
        let settings = Settings { endpoints: BTreeMap::new(), ..provider.settings.clone() };
        provider.kind.preset(&settings).endpoints
    });
    let usual = usual.unwrap_or_else(|| kinds::of(kind).preset(&Settings::default()).endpoints);
    let view = |(name, shape): Field| FieldView {
        name,
        shape,
        is_address: name != "issuer" && Endpoints::NAMES.contains(&name)
            || kind == ProviderKind::Microsoft && name == "base_url",
        usual: usual.get(name).unwrap_or_default().to_owned(),
        value: if SECRETS.contains(&name) { String::new() } else { value(name, shape) },
        is_set: entry.is_some_and(|entry| entry.has(name)),
        error: faults.iter().find(|fault| is_about(fault, name)).map(|fault| fault.message.clone()),
    };
    fields(kind).map(|part| part.into_iter().map(view).collect())
}

/// Whether a fault is about this field, or something inside it.
fn is_about(fault: &Fault, name: &str) -> bool {
    let rest = fault.field.strip_prefix(name);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || rest == "_file")
}

/// Whatever no field of the form shows.
pub fn others(kind: ProviderKind, faults: &[Fault]) -> Vec<Message> {
    let all = fields(kind).concat();
    let is_shown = |fault: &&Fault| all.iter().any(|(name, _)| is_about(fault, name));
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
    under.insert("kind".into(), Value::String(kind.to_string()));
    for (name, shape) in fields(kind).concat() {
        // An empty field is sent as none.
        let text = form.get(name).unwrap_or_default();
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
        let typed: Vec<_> = fields(ProviderKind::OAuth2)
            .concat()
            .iter()
            .map(|(name, shape)| ((*name).to_owned(), typed(&table, name, *shape)))
            .collect();
        let body = serde_json::to_value(&typed).unwrap();
        let pairs = body.as_array().unwrap().iter().map(|pair| (pair[0].as_str().unwrap(), pair[1].as_str().unwrap()));
        let encoded = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let form = Params::parse_lines(encoded.as_bytes()).unwrap();
        assert_eq!(section(ProviderKind::OAuth2, table.clone(), &form), table);
    }

    #[test]
    fn every_address_of_a_kind_can_be_typed() {
        for kind in ProviderKind::ALL {
            let there = kinds::of(*kind).preset(&Settings::default()).endpoints;
            let shown = fields(*kind).concat();
            for name in Endpoints::NAMES.iter().filter(|name| there.get(name).is_some()) {
                assert!(shown.iter().any(|(field, _)| field == name), "{kind}: {name}");
            }
        }
    }

    #[test]
    fn no_field_is_there_twice() {
        for kind in ProviderKind::ALL {
            let mut names: Vec<_> = fields(*kind).concat().iter().map(|(name, _)| *name).collect();
            let count = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), count, "{kind}");
        }
    }
}
