//! The form of a provider: how each setting is shown and read.
use super::shapes::{
    Field,
    Shape::{self, Choice, LongSecret, Pairs, Secret, Text, Truth},
    fields,
};
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
