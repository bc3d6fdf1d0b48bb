//! `GET /login/PROVIDER`: off to a provider.
use super::{
    Outcome,
    request::{Purpose, Sent},
    sign_in_page,
};
use crate::{
    protocol::authorize::Prompt,
    upstream::Hints,
    web::{
        account::Place,
        browser::{cookie, cookie_value},
        error::PageError,
        forms::PageQuery,
        interaction::Interaction,
        limits::{self, Tried},
        pages::render::see_other,
        visit::Visit,
    },
};
use actix_web::{HttpResponse, web::Path};

/// The cookie of a browser in which somebody has signed out: whoever comes next is asked anew, at the provider too.
const SIGNED_OUT: &str = "signed-out";
/// The cookie of a browser that came back without its cookies from a provider's own app, which is kept out from then on.
pub const STAY: &str = "stay-in-browser";

/// `GET /login/PROVIDER`.
pub async fn get(visit: Visit, name: Path<String>, query: PageQuery) -> Result<HttpResponse, PageError> {
    let upstream = visit.upstream(&name)?;
    let provider = &upstream.provider.name;
    let interaction = visit.interaction(&query.0)?;
    let back: Option<Place> = query.0.get("return").and_then(|place| place.parse().ok());
    if interaction.as_ref().is_some_and(|interaction| !interaction.client.admits(Some(provider))) {
        return Err(PageError::WayInClosed);
    }
    if let Some(seconds) = limits::take(&visit.app, &visit.request, &Tried::Elsewhere).await? {
        return Err(PageError::TooManyRequests(seconds));
    }
    let hints = hints(&visit, interaction.as_ref(), back);
    match Sent::send(&visit, &upstream, Purpose::SignIn, (interaction.as_ref(), back), &hints).await {
        Ok(url) => Ok(visit.browser.remember(&visit.app, see_other(&url))),
        Err(PageError::Upstream) => {
            Ok(see_other(&sign_in_page(provider, Outcome::Trouble, interaction.as_ref(), back)))
        }
        Err(why) => Err(why),
    }
}

/// Somebody has signed out of this browser: no provider is to let anybody in again without a word.
pub fn signed_out(visit: &Visit, mut response: HttpResponse) -> HttpResponse {
    if let Err(why) = response.add_cookie(&cookie(&visit.app, SIGNED_OUT, "1".into())) {
        tracing::error!(%why, "a cookie cannot be set");
    }
    response
}

/// Somebody has signed in.
pub fn signed_in(visit: &Visit, response: &mut HttpResponse) {
    if cookie_value(&visit.app, &visit.request, SIGNED_OUT).is_none() {
        return;
    }
    let mut gone = cookie(&visit.app, SIGNED_OUT, String::new());
    gone.make_removal();
    if let Err(why) = response.add_cookie(&gone) {
        tracing::error!(%why, "a cookie cannot be removed");
    }
}

/// What the app's request means for the provider.
fn hints(visit: &Visit, interaction: Option<&Interaction>, back: Option<Place>) -> Hints {
    let cookie = |name| cookie_value(&visit.app, &visit.request, name).is_some();
    let request = interaction.map(|interaction| &interaction.request);
    let prompts = |prompt| request.is_some_and(|request| request.prompts(prompt));
    let sign_in = visit.sign_in();
    let is_again = back.is_some() && sign_in.is_some();
    let is_too_old = request.zip(sign_in).is_some_and(|(request, one)| request.is_too_old(&one, visit.app.clock.now()));
    Hints {
        login_hint: request.and_then(|request| request.login_hint.clone()),
        // Whoever is signed in and comes here is to prove once more who they are.
        anew: prompts(Prompt::Login) || is_again || is_too_old || cookie(SIGNED_OUT),
        choose: prompts(Prompt::SelectAccount),
        max_age: request.and_then(|request| request.max_age),
        ui_locales: Some(visit.frame(interaction).words.language().tag().to_owned()),
        acr_values: request.map(|request| request.acr_values.clone()).unwrap_or_default(),
        stay_in_browser: cookie(STAY),
    }
}
