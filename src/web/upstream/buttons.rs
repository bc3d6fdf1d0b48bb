//! The buttons that lead to providers.
use super::{arrival::LAST_USED, start_path};
use crate::{
    domain::ProviderKind,
    upstream::Provider,
    web::{
        account::Place,
        browser::cookie_value,
        interaction::Interaction,
        pages::provider_buttons::{Brand, ProviderLink},
        visit::{Visit, address_with},
    },
};

/// The buttons that are shown to somebody on the way to an app, or to their account.
pub fn buttons(visit: &Visit, interaction: Option<&Interaction>, back: Option<Place>) -> Vec<ProviderLink> {
    let last_used = cookie_value(&visit.app, &visit.request, LAST_USED);
    let words = visit.frame(interaction).words;
    let more = back.map(|place| format!("return={place}")).unwrap_or_default();
    let memory = visit.app.memory();
    let admitted = memory
        .upstreams
        .iter()
        .map(|upstream| &upstream.provider)
        .filter(|provider| interaction.is_none_or(|interaction| interaction.client.admits(Some(&provider.name))));
    admitted
        .map(|provider| {
            let brand = brand(provider.kind.kind());
            ProviderLink {
                id: provider.name.to_string(),
                brand,
                label: brand.label(words, given_name(provider, brand)),
                href: address_with(&start_path(&provider.name), interaction, &more),
                last_used: last_used.as_deref() == Some(provider.name.as_str()),
            }
        })
        .collect()
}

/// What the operator calls a provider; one of no brand has to be called something.
fn given_name(provider: &Provider, brand: Brand) -> Option<&str> {
    provider.settings.label.as_deref().or((brand == Brand::Generic).then(|| provider.label()))
}

/// Whose rules the button of a kind follows.
pub const fn brand(kind: ProviderKind) -> Brand {
    match kind {
        ProviderKind::Google => Brand::Google,
        ProviderKind::Apple => Brand::Apple,
        ProviderKind::Line => Brand::Line,
        ProviderKind::GitHub => Brand::GitHub,
        ProviderKind::Microsoft => Brand::Microsoft,
        ProviderKind::Facebook => Brand::Facebook,
        ProviderKind::X => Brand::X,
        ProviderKind::Instagram => Brand::Instagram,
        ProviderKind::Oidc | ProviderKind::OAuth2 => Brand::Generic,
    }
}
