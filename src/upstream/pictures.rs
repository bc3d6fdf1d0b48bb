//! The pictures that providers tell the addresses of.
use super::{Error, Upstream, preset::Endpoints};
use crate::{fetch::Request, i18n::Message};
use url::Url;

impl Upstream {
    /// The file at an address. People may have chosen that there, so it is on the public internet, or where the provider
    /// itself is.
    pub async fn picture(&self, address: &str) -> Result<Vec<u8>, Error> {
        let request = Request::get(address).with("accept", "image/webp,image/png,image/jpeg");
        let fetcher = if self.is_at_home(address) { self.fetcher.clone() } else { self.fetcher.strict() };
        let answer = fetcher.send(request).await?;
        if !answer.is_good() || !answer.content_type.starts_with("image/") {
            return Err(Error::Answer(Message::new("upstream-no-picture").with("status", answer.status.to_string())));
        }
        Ok(answer.body)
    }

    fn is_at_home(&self, address: &str) -> bool {
        let Endpoints { issuer, authorization, token, userinfo, .. } = &self.provider.preset.endpoints;
        let origin = |url: &str| Url::parse(url).ok().map(|url| url.origin());
        let there = origin(address);
        there.is_some()
            && [issuer, authorization, token, userinfo].into_iter().flatten().any(|url| origin(url) == there)
    }
}
