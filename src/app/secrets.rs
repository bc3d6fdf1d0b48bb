//! The keys that are derived from the master key, each for one purpose.
use crate::{
    domain::Chain,
    keys::{self, MasterKey, Purpose, Sealer},
};
use aws_lc_rs::hmac;

/// Keys that are good for one thing each.
#[derive(Debug)]
pub(crate) struct Secrets {
    /// Seals interactions.
    pub interactions: Sealer,
    /// Authenticates refresh tokens.
    pub refresh_tokens: hmac::Key,
    /// Authenticates form tokens.
    pub forms: hmac::Key,
    /// Encrypts session cookies.
    pub cookies: [u8; 64],
    /// Seals the secrets of second factors.
    pub second_factors: Sealer,
    /// Makes the digests of recovery codes, which are short enough to be guessed without it.
    pub recovery_codes: hmac::Key,
    /// Seals what is sent to providers, and comes from them.
    pub providers: Sealer,
    /// Authenticates nonces of native sign-in.
    pub native_nonces: hmac::Key,
    /// Seals the audit trail.
    pub audit: Chain,
    /// Seals answers of the administration's API.
    pub answers: Sealer,
    /// Seals the settings that the database keeps.
    pub settings: Sealer,
    /// Seals the secrets of webhooks.
    pub webhooks: Sealer,
}

impl Secrets {
    /// Derives all of them.
    pub fn derive(master: &MasterKey) -> Result<Self, keys::Error> {
        Ok(Self {
            interactions: master.sealer(Purpose::Interactions)?,
            refresh_tokens: master.hmac(Purpose::RefreshTokens)?,
            forms: master.hmac(Purpose::Forms)?,
            cookies: master.derive(Purpose::Cookies)?,
            second_factors: master.sealer(Purpose::SecondFactors)?,
            recovery_codes: master.hmac(Purpose::RecoveryCodes)?,
            providers: master.sealer(Purpose::Providers)?,
            native_nonces: master.hmac(Purpose::NativeNonces)?,
            audit: Chain::new(master.hmac(Purpose::Audit)?),
            answers: master.sealer(Purpose::Answers)?,
            settings: master.sealer(Purpose::Settings)?,
            webhooks: master.sealer(Purpose::Webhooks)?,
        })
    }
}
