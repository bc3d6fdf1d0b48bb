//! The fields of an app's form, as they are shown: in groups, each with what is wrong with it.
use super::form::{Form, GRANT, LOCALIZED, PROVIDER};
use crate::{
    domain::{
        Algorithm, ApplicationType, Assurance, ClientAlgorithm, ClientAuthMethod, GrantType, ProviderName, Readable,
    },
    i18n::{Language, Message},
    protocol::registration::is_tagged,
};
use std::{borrow::Cow, fmt::Display};

/// How a field is filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A line.
    Text,
    /// A number, or nothing.
    Number,
    /// Several, one a line.
    Lines,
    /// One of these: a value, and what it is called.
    Choice(Vec<(String, String)>),
    /// Any of these: a field's name, a value, and whether it is chosen.
    Ticks(Vec<(String, String, bool)>),
    /// Yes or no.
    Tick,
}

/// A field as it is shown.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name, which its label and its hint are called by.
    pub name: Cow<'static, str>,
    /// How it is filled in.
    pub input: Input,
    /// What is in it.
    pub value: String,
    /// What is wrong with it.
    pub faults: Vec<Message>,
}

impl Field {
    /// The message that names it.
    pub fn label(&self) -> Message {
        label(&self.name)
    }

    /// The message that says more of it, where there is one.
    pub fn hint(&self) -> String {
        format!("{}-hint", self.label().key())
    }

    /// What is in it, in words.
    pub fn shown(&self) -> String {
        match &self.input {
            Input::Ticks(ticks) => ticks
                .iter()
                .filter(|(.., ticked)| *ticked)
                .map(|(_, value, _)| value.as_str())
                .collect::<Vec<_>>()
                .join(", "),
            _ => self.value.clone(),
        }
    }

    /// Whether it is a box that is ticked.
    pub fn is_ticked(&self) -> bool {
        !self.value.is_empty()
    }
}

/// The message that names a member: `app-NAME`, or `app-NAME-in` where it is one in a language.
pub fn label(member: &str) -> Message {
    let Some((plain, tag)) = Readable::split(member) else {
        return Message::new(format!("app-{}", member.replace('_', "-")));
    };
    in_language(format!("app-{}-in", plain.as_str().replace('_', "-")), tag)
}

/// A message of a language: by its name, where Genkan knows it.
fn in_language(key: String, tag: &str) -> Message {
    let message = Message::new(key);
    match Language::ALL.iter().find(|language| language.tag() == tag) {
        Some(_) => message.telling("language", format!("language-{tag}")),
        None => message.with("language", tag.to_owned()),
    }
}

/// Fields that belong together.
#[derive(Clone, Debug)]
pub struct Group {
    /// The message that names them.
    pub title: Message,
    /// Whether it is open from the first.
    pub open: bool,
    /// The fields.
    pub fields: Vec<Field>,
}

impl Group {
    fn new(title: Message, open: bool, fields: Vec<Field>) -> Self {
        Self { title, open: open || fields.iter().any(|field| !field.faults.is_empty()), fields }
    }
}

impl Form {
    /// What is wrong with no field that is shown.
    pub fn stray(&self) -> Vec<&Message> {
        let fields: Vec<_> = self.groups(&[], true).into_iter().flat_map(|group| group.fields).collect();
        let known = |name: &str| is_tagged(name) || fields.iter().any(|field| field.name == name);
        self.faults.iter().filter(|fault| !known(&fault.field)).map(|fault| &fault.message).collect()
    }

    /// The fields, in groups. `providers`: those that are in use. `is_new`: whether the id is still to be chosen.
    pub fn groups(&self, providers: &[String], is_new: bool) -> Vec<Group> {
        let id = is_new.then_some(("client_id", Input::Text));
        let mut groups = vec![
            self.group("app-about", true, id.into_iter().chain([("client_name", Input::Text)]).collect()),
            self.group(
                "app-addresses",
                true,
                vec![("redirect_uris", Input::Lines), ("post_logout_redirect_uris", Input::Lines)],
            ),
            self.protocol(),
            self.keys(),
            self.people(providers),
            self.tokens(),
            self.group(
                "app-links",
                false,
                ["client_uri", "logo_uri", "policy_uri", "tos_uri"].map(|name| (name, Input::Text)).into(),
            ),
            self.group(
                "app-software",
                false,
                vec![("contacts", Input::Lines), ("software_id", Input::Text), ("software_version", Input::Text)],
            ),
            self.group("app-devices", false, ["ios_app_ids", "android_apps"].map(|name| (name, Input::Lines)).into()),
        ];
        // After the links, what there is of them in other languages.
        let links = groups.iter().position(|group| group.title.key() == "app-links");
        let after = links.map_or(groups.len(), |links| links + 1);
        groups.splice(after..after, self.in_languages());
        groups
    }

    fn protocol(&self) -> Group {
        let fields = vec![
            ("token_endpoint_auth_method", one_of(ClientAuthMethod::ALL)),
            ("application_type", one_of(ApplicationType::ALL)),
            ("grant_types", self.ticks(GRANT, &written(GrantType::ALL))),
            ("scope", Input::Text),
            ("require_pkce", Input::Tick),
        ];
        self.group("app-protocol", true, fields)
    }

    /// Open where the app proves by them who it is.
    fn keys(&self) -> Group {
        let is_needed = self.get("token_endpoint_auth_method") == ClientAuthMethod::PrivateKeyJwt.as_str();
        let fields = vec![
            ("jwks", Input::Lines),
            ("jwks_uri", Input::Text),
            ("token_endpoint_auth_signing_alg", one_of_or_none(ClientAlgorithm::ALL)),
        ];
        self.group("app-keys", is_needed, fields)
    }

    /// `providers`: those that are in use. Those that the app had before are shown as well.
    fn people(&self, providers: &[String]) -> Group {
        let mut ways: Vec<String> =
            [ProviderName::LOCAL.to_owned()].into_iter().chain(providers.iter().cloned()).collect();
        let stored = self.values.iter().filter(|(_, value)| !value.is_empty()).map(|(name, _)| name);
        let gone = stored.filter_map(|name| name.strip_prefix(PROVIDER)).map(ToOwned::to_owned);
        ways.extend(gone.filter(|name| !ways.contains(name)).collect::<Vec<_>>());
        let fields = vec![
            ("allowed_providers", self.ticks(PROVIDER, &ways)),
            ("required_acr", one_of_or_none(Assurance::ALL)),
            ("default_max_age", Input::Number),
            ("skip_consent", Input::Tick),
        ];
        self.group("app-people", false, fields)
    }

    fn tokens(&self) -> Group {
        let fields = vec![
            ("access_token_lifetime", Input::Number),
            ("refresh_token_lifetime", Input::Number),
            ("id_token_signed_response_alg", one_of(Algorithm::ALL)),
            ("access_token_signed_response_alg", one_of(Algorithm::ALL)),
        ];
        self.group("app-tokens", false, fields)
    }

    /// A group for each language that pages are in, and one for all others.
    fn in_languages(&self) -> Vec<Group> {
        let of_language = |language: &Language| {
            let names = Readable::ALL.iter().map(|member| member.tagged(language.tag()));
            let fields = names.map(|name| self.field(name.into(), Input::Text)).collect();
            Group::new(in_language("app-in-language".into(), language.tag()), false, fields)
        };
        let others = Group::new("app-in-others".into(), false, vec![self.others()]);
        Language::ALL.iter().map(of_language).chain([others]).collect()
    }

    /// What is said in other languages, one a line, with what is wrong with any.
    fn others(&self) -> Field {
        let is_other =
            |name: &str| is_tagged(name) && !Language::ALL.iter().any(|own| name.ends_with(&format!("#{}", own.tag())));
        let lines = self.localized().into_iter().filter(|(name, _)| is_other(name));
        let lines = lines.map(|(name, text)| format!("{name} = {text}"));
        let unread = self.get(LOCALIZED).lines().map(ToOwned::to_owned);
        let mut field = self.field(LOCALIZED.into(), Input::Lines);
        field.value = lines.chain(unread).collect::<Vec<_>>().join("\n");
        let faults = self.faults.iter().filter(|fault| is_other(&fault.field));
        field.faults.extend(faults.map(|fault| {
            Message::new("app-error-of-line").with("name", fault.field.clone()).telling("why", fault.message.clone())
        }));
        field
    }

    fn ticks(&self, prefix: &str, names: &[String]) -> Input {
        let tick = |name: &String| {
            let field = format!("{prefix}{name}");
            let is_ticked = !self.get(&field).is_empty();
            (field, name.clone(), is_ticked)
        };
        Input::Ticks(names.iter().map(tick).collect())
    }

    fn group(&self, title: &'static str, open: bool, fields: Vec<(&'static str, Input)>) -> Group {
        let fields = fields.into_iter().map(|(name, input)| self.field(name.into(), input)).collect();
        Group::new(title.into(), open, fields)
    }

    fn field(&self, name: Cow<'static, str>, input: Input) -> Field {
        let faults = self.faults.iter().filter(|fault| fault.field == name).map(|fault| fault.message.clone());
        Field { input, value: self.get(&name).to_owned(), faults: faults.collect(), name }
    }
}

fn written<T: Display>(all: &[T]) -> Vec<String> {
    all.iter().map(ToString::to_string).collect()
}

fn one_of<T: Display>(all: &[T]) -> Input {
    choice(written(all))
}

fn one_of_or_none<T: Display>(all: &[T]) -> Input {
    choice([String::new()].into_iter().chain(written(all)).collect())
}

/// A choice of words that stand for themselves.
fn choice(words: Vec<String>) -> Input {
    Input::Choice(words.into_iter().map(|word| (word.clone(), word)).collect())
}
