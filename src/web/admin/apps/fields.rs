//! The fields of an app's form, as they are shown: in groups, each with what is wrong with it.
use super::form::{Form, GRANT, PROVIDER};
use crate::{
    domain::{Algorithm, ApplicationType, Assurance, ClientAlgorithm, ClientAuthMethod, GrantType, ProviderName},
    i18n::Message,
};

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
    /// Its name, which its label (`app-NAME`) and its hint (`app-NAME-hint`) are called by.
    pub name: &'static str,
    /// How it is filled in.
    pub input: Input,
    /// What is in it.
    pub value: String,
    /// What is wrong with it.
    pub faults: Vec<Message>,
}

impl Field {
    /// The message that names it.
    pub fn label(&self) -> String {
        format!("app-{}", self.name.replace('_', "-"))
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

/// Fields that belong together.
#[derive(Clone, Debug)]
pub struct Group {
    /// The message that names them.
    pub title: &'static str,
    /// Whether it is open from the first.
    pub open: bool,
    /// The fields.
    pub fields: Vec<Field>,
}

impl Form {
    /// What is wrong with no field that is shown.
    pub fn stray(&self) -> Vec<&Message> {
        let fields: Vec<_> = self.groups(&[], true).into_iter().flat_map(|group| group.fields).collect();
        let known = |name: &str| fields.iter().any(|field| field.name == name);
        self.faults.iter().filter(|fault| !known(&fault.field)).map(|fault| &fault.message).collect()
    }

    /// The fields, in groups. `providers`: those that are in use. `is_new`: whether the id is still to be chosen.
    pub fn groups(&self, providers: &[String], is_new: bool) -> Vec<Group> {
        let ways = std::iter::once(ProviderName::LOCAL.to_owned()).chain(providers.iter().cloned());
        let stored = self.values.iter().filter(|(_, value)| !value.is_empty()).map(|(name, _)| name);
        let gone = stored.filter_map(|name| name.strip_prefix(PROVIDER)).map(ToOwned::to_owned);
        let mut ways: Vec<String> = ways.collect();
        ways.extend(gone.filter(|name| !ways.contains(name)).collect::<Vec<_>>());
        let words = |all: Vec<String>| Input::Choice(all.into_iter().map(|word| (word.clone(), word)).collect());
        let all = |all: &[Algorithm]| words(all.iter().map(ToString::to_string).collect());
        let grants = GrantType::ALL.iter().map(ToString::to_string).collect::<Vec<_>>();
        let id = is_new.then_some(("client_id", Input::Text));
        let or_none = |all: Vec<String>| std::iter::once(String::new()).chain(all).collect();
        let levels = or_none(Assurance::ALL.iter().map(ToString::to_string).collect());
        let signing = or_none(ClientAlgorithm::ALL.iter().map(ToString::to_string).collect());
        vec![
            self.group("app-about", true, id.into_iter().chain([("client_name", Input::Text)]).collect()),
            self.group(
                "app-addresses",
                true,
                vec![("redirect_uris", Input::Lines), ("post_logout_redirect_uris", Input::Lines)],
            ),
            self.group(
                "app-protocol",
                true,
                vec![
                    (
                        "token_endpoint_auth_method",
                        words(ClientAuthMethod::ALL.iter().map(ToString::to_string).collect()),
                    ),
                    ("application_type", words(ApplicationType::ALL.iter().map(ToString::to_string).collect())),
                    ("grant_types", self.ticks(GRANT, &grants)),
                    ("scope", Input::Text),
                    ("require_pkce", Input::Tick),
                ],
            ),
            self.group(
                "app-keys",
                self.get("token_endpoint_auth_method") == ClientAuthMethod::PrivateKeyJwt.as_str(),
                vec![
                    ("jwks", Input::Lines),
                    ("jwks_uri", Input::Text),
                    ("token_endpoint_auth_signing_alg", words(signing)),
                ],
            ),
            self.group(
                "app-people",
                false,
                vec![
                    ("allowed_providers", self.ticks(PROVIDER, &ways)),
                    ("required_acr", words(levels)),
                    ("default_max_age", Input::Number),
                    ("skip_consent", Input::Tick),
                ],
            ),
            self.group(
                "app-tokens",
                false,
                vec![
                    ("access_token_lifetime", Input::Number),
                    ("refresh_token_lifetime", Input::Number),
                    ("id_token_signed_response_alg", all(Algorithm::ALL)),
                    ("access_token_signed_response_alg", all(Algorithm::ALL)),
                ],
            ),
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
        ]
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
        let field = |(name, input): (&'static str, Input)| {
            let faults = self.faults.iter().filter(|fault| fault.field == name).map(|fault| fault.message.clone());
            Field { name, input, value: self.get(name).to_owned(), faults: faults.collect() }
        };
        let fields: Vec<_> = fields.into_iter().map(field).collect();
        Group { title, open: open || fields.iter().any(|field| !field.faults.is_empty()), fields }
    }
}
