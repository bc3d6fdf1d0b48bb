//! What an operator says of a provider, and the provider that comes of it.
//!
//! A setting that is left out is the kind's own (`kinds/`). Settings come from the file and from the database, and pass
//! through here alike.
use super::{
    kinds::{self, Kind},
    preset::{ClientSecret, Preset},
    reading::{preset, secret},
};
use crate::{
    domain::{ClientId, LinkPolicy, OnUnknown, PackageName, ProviderKind, ProviderName, Secret},
    i18n::Message,
};
use std::collections::BTreeMap;

/// What the operator says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of that name")]
pub struct Settings {
    /// What it is; by its name where left out.
    pub kind: Option<ProviderKind>,
    /// Whether people may come from it.
    pub enabled: bool,
    /// What its button says.
    pub label: Option<String>,
    /// Where its button is: lower numbers first.
    pub order: i64,
    /// Our name there.
    pub client_id: Option<String>,
    /// Our secret there.
    pub client_secret: Option<Secret>,
    /// What is asked for.
    pub scopes: Option<Vec<String>>,
    /// Addresses that are not the kind's own, by the name of the setting.
    pub endpoints: BTreeMap<&'static str, String>,
    /// How our secret is sent.
    pub token_endpoint_auth_method: Option<String>,
    /// How its ID tokens are signed.
    pub id_token_signed_response_alg: Option<String>,
    /// Whether PKCE is used.
    pub pkce: Option<bool>,
    /// Parameters of every authorization request.
    pub authorization_params: BTreeMap<String, String>,
    /// Where claims are, of a provider that has them elsewhere: JSON pointers (RFC 6901).
    pub claims: BTreeMap<String, String>,
    /// What it calls each of our classes of assurance, by our word.
    pub acr_values: BTreeMap<String, String>,
    /// What becomes of somebody unknown.
    pub on_unknown: Option<OnUnknown>,
    /// What becomes of somebody whose address is that of an account.
    pub link: Option<LinkPolicy>,
    /// Whether an address that the provider calls verified is believed to be.
    pub trust_email: Option<bool>,
    /// Whether what it says at each sign-in takes the place of what the account has; else it fills what is missing.
    pub update_profile: bool,
    /// Our other names there: those of native apps.
    pub audiences: Vec<String>,
    /// Which parties tokens from native apps may have been made for; any of our own where empty.
    pub authorized_parties: Vec<String>,
    /// Whether a token from a native app needs no nonce of ours.
    pub native_nonce_optional: bool,
    /// Apple: the Android apps that its page may lead back to.
    pub android_packages: Vec<PackageName>,
    /// Apple: the team.
    pub team_id: Option<String>,
    /// Apple: the name of the key.
    pub key_id: Option<String>,
    /// Apple: the key, PEM.
    pub private_key: Option<Secret>,
    /// Microsoft: `common`, `organizations`, `consumers`, or one tenant.
    pub tenant: Option<String>,
    /// Microsoft: whose people may come; everybody's where empty.
    pub allowed_tenants: Vec<String>,
    /// Google: whose people may come; everybody where empty.
    pub hosted_domains: Vec<String>,
    /// GitHub Enterprise Server: where it is.
    pub base_url: Option<String>,
    /// LINE: whether people are asked to add the channel as a friend, and how.
    pub bot_prompt: Option<String>,
    /// Facebook and Instagram: the version of the Graph API.
    pub api_version: Option<String>,
    /// Whether its tokens are kept for apps.
    pub store_tokens: bool,
    /// Which apps may have them.
    pub token_clients: Vec<ClientId>,
}

/// Something wrong with the settings of a provider.
#[derive(Debug, Clone, PartialEq)]
pub struct SettingsFault {
    /// Which setting.
    pub field: &'static str,
    /// What is wrong, and what to write instead.
    pub problem: Message,
}

/// A provider, right by construction.
#[derive(Debug, Clone)]
pub struct Provider {
    /// Its name here.
    pub name: ProviderName,
    /// What is particular to it.
    pub kind: &'static dyn Kind,
    /// How it is spoken to: the kind's own, and what the operator says.
    pub preset: Preset,
    /// Our name there.
    pub client_id: String,
    /// Our secret there.
    pub secret: ClientSecret,
    /// Parameters of every authorization request.
    pub authorization_params: BTreeMap<String, String>,
    /// All else that the operator says.
    pub settings: Settings,
}

/// Parameters that are ours to set (`providers.md`, bug 22).
const RESERVED: [&str; 10] = [
    "response_type",
    "client_id",
    "client_secret",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "response_mode",
    "code_challenge",
    "code_challenge_method",
];

/// What collects the faults of a provider.
#[derive(Default)]
pub(super) struct Faults(Vec<SettingsFault>);

impl Faults {
    /// Another one.
    pub(super) fn add(&mut self, field: &'static str, problem: impl Into<Message>) {
        self.0.push(SettingsFault { field, problem: problem.into() });
    }
}

impl Provider {
    /// Reads what an operator says of a provider with this name; every fault at once.
    pub fn new(name: ProviderName, settings: Settings) -> Result<Self, Vec<SettingsFault>> {
        let mut faults = Faults::default();
        let by_name = name.as_str().parse::<ProviderKind>().ok();
        let Some(kind) = settings.kind.or(by_name) else {
            let kinds: Vec<_> = ProviderKind::ALL.iter().map(|kind| kind.as_str()).collect();
            faults.add("kind", Message::new("fault-kind-missing").with("words", kinds.join(", ")));
            return Err(faults.0);
        };
        let kind = kinds::of(kind);
        let client_id = settings.client_id.clone().filter(|id| !id.trim().is_empty()).unwrap_or_else(|| {
            faults.add("client_id", "fault-provider-client-id");
            String::new()
        });
        let preset = preset(kind, &settings, &mut faults);
        let secret = secret(kind, &preset, &settings, &mut faults);
        for name in settings.authorization_params.keys().filter(|name| RESERVED.contains(&name.as_str())) {
            faults.add("authorization_params", Message::new("fault-reserved").with("name", name.clone()));
        }
        if !settings.token_clients.is_empty() && !settings.store_tokens {
            faults.add("token_clients", "fault-token-clients");
        }
        kind.check(&settings, &mut |field, problem| faults.add(field, problem));
        if !faults.0.is_empty() {
            return Err(faults.0);
        }
        let authorization_params = settings.authorization_params.clone();
        Ok(Self { name, kind, preset, client_id, secret, authorization_params, settings })
    }

    /// What becomes of somebody unknown who comes from here.
    #[must_use]
    pub fn on_unknown(&self) -> OnUnknown {
        self.settings.on_unknown.unwrap_or_default()
    }

    /// What becomes of somebody whose address is that of an account.
    #[must_use]
    pub fn link(&self) -> LinkPolicy {
        self.settings.link.unwrap_or_default()
    }

    /// Whether an address that is called verified is believed to be.
    #[must_use]
    pub fn trusts_email(&self) -> bool {
        self.settings.trust_email.unwrap_or(self.preset.trusts_email)
    }

    /// LINE: whether people are asked to add the channel's official account as a friend.
    #[must_use]
    pub fn asks_to_befriend(&self) -> bool {
        self.kind.kind() == ProviderKind::Line && self.settings.bot_prompt.is_some()
    }

    /// What the button and pages call it.
    #[must_use]
    pub fn label(&self) -> &str {
        let name = self.kind.title();
        self.settings.label.as_deref().unwrap_or(if name.is_empty() { self.name.as_str() } else { name })
    }

    /// Our names there.
    pub fn audiences(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.client_id.as_str()).chain(self.settings.audiences.iter().map(String::as_str))
    }
}
