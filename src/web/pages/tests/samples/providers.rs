//! The pages with ways in by other providers.
use super::{Filling, Sample, sample};
use crate::web::pages::{
    provider_buttons::{Brand, ProviderLink},
    sign_in::SignInPage,
    sign_up::SignUpPage,
};
use askama::Template;

/// One brand's button: its anchor, its class, its mark.
macro_rules! button {
    ($brand:literal) => {
        concat!(
            "<a class=\"provider provider-",
            $brand,
            "\" id=\"login-with-",
            $brand,
            "\" href=\"/login/",
            $brand,
            "\""
        )
    };
}

const EVERY_BUTTON: &[&str] = &[
    button!("google"),
    button!("apple"),
    button!("line"),
    button!("github"),
    button!("microsoft"),
    button!("facebook"),
    button!("x"),
    button!("instagram"),
    button!("generic"),
];
const LAST_USED: &[&str] = &["id=\"last-used-google\"", "aria-describedby=\"last-used-google\""];

impl Filling {
    /// A button of each brand; the person came by the first the last time.
    pub(super) fn providers(&self, brands: &[Brand]) -> Vec<ProviderLink> {
        let link = |brand: Brand| ProviderLink {
            id: brand.to_string(),
            brand,
            label: brand.label(self.words, (brand == Brand::Generic).then_some(self.app.as_str())),
            href: format!("/login/{brand}"),
            last_used: brands.first() == Some(&brand),
        };
        brands.iter().copied().map(link).collect()
    }

    pub(super) fn with_providers(&self) -> Result<Vec<Sample>, askama::Error> {
        let every = self.providers(&Brand::ALL);
        let four = self.providers(&[Brand::Google, Brand::Apple, Brand::Line, Brand::Facebook]);
        let plain = every.iter().cloned().map(|link| ProviderLink { last_used: false, ..link }).collect();
        let sign_in = |providers| SignInPage { providers, ..self.sign_in() };
        let sign_up = SignUpPage { providers: every.clone(), ..self.sign_up() };
        [
            sample("sign-in-providers", sign_in(plain).render(), EVERY_BUTTON),
            sample("sign-in-providers-last-used", sign_in(every).render(), LAST_USED),
            sample("sign-in-providers-four", sign_in(four).render(), LAST_USED),
            sample("sign-up-providers", sign_up.render(), EVERY_BUTTON),
        ]
        .into_iter()
        .collect()
    }
}
