//! The page that asks for a code or a passkey, after the password and before anybody is signed in.
use super::{
    page::{ClientView, Page},
    render::see_other,
};
use crate::{
    domain::AuthMethods,
    i18n::Message,
    protocol::params::Params,
    storage::second_factors,
    web::{
        account::Place,
        admission::{Proof, Way, enter, raise},
        error::PageError,
        forms::{PageForm, PageQuery},
        interaction::Interaction,
        limits,
        passkeys::{PasskeyForm, Purpose, ask},
        second_factor::{Awaited, Challenge, Outcome, prove, refusal, refuse},
        visit::{Visit, address, address_with, destination},
    },
};
use actix_web::HttpResponse;
use askama::Template;

/// Where it is.
pub const PATH: &str = "/login/second-factor";

#[derive(Clone, Debug, Template)]
#[template(path = "second_factor.html")]
pub struct SecondFactorPage {
    pub page: Page,
    pub action: String,
    pub csrf: String,
    pub interaction: Option<String>,
    pub client: Option<ClientView>,
    /// What the browser carries from the password to here.
    pub challenge: String,
    /// Whether the person has an authenticator app; else the code can only be a recovery code.
    pub has_app: bool,
    /// What asks for a passkey, if they have any.
    pub passkey: Option<PasskeyForm>,
    /// For how many days this browser can be trusted, if it can.
    pub trust_days: Option<i64>,
    pub error: Option<Message>,
    /// The way back to the password.
    pub restart: String,
}

impl SecondFactorPage {
    fn title(&self) -> String {
        self.page.words.get(if self.passkey.is_some() { "second-factor-title-passkey" } else { "second-factor-title" })
    }

    const fn lead(&self) -> &'static str {
        if self.passkey.is_some() { "second-factor-lead-passkey" } else { "second-factor-lead" }
    }

    const fn hint(&self) -> &'static str {
        if self.has_app { "second-factor-hint" } else { "second-factor-hint-recovery" }
    }

    /// Whether it is the code that is at fault, rather than the moment.
    fn code_is_wrong(&self) -> bool {
        self.error.as_ref().is_some_and(|error| error.key() == "second-factor-wrong")
    }
}

/// The address of the page, for a challenge that has begun.
pub fn step(challenge: &str, interaction: Option<&Interaction>) -> String {
    address_with(PATH, interaction, &format!("challenge={challenge}"))
}

/// `GET /login/second-factor`.
pub async fn get(visit: Visit, query: PageQuery) -> Result<HttpResponse, PageError> {
    let interaction = visit.interaction(&query.0)?;
    let Some((challenge, sealed)) = challenge(&visit, &query.0, interaction.as_ref()) else {
        return Ok(start_again(interaction.as_ref(), None));
    };
    show(&visit, &challenge, challenge.way(interaction.as_ref()), &sealed, None).await
}

/// `POST /login/second-factor`. Whoever may not go on from here starts again at the password.
pub async fn post(visit: Visit, form: PageForm) -> Result<HttpResponse, PageError> {
    let (app, interaction) = (&visit.app, visit.interaction(&form.0)?);
    let Some((challenge, sealed)) = challenge(&visit, &form.0, interaction.as_ref()) else {
        return Ok(start_again(interaction.as_ref(), None));
    };
    let way = challenge.way(interaction.as_ref());
    let Some(two_step) = second_factors::find_to_sign_in(&app.db, &challenge.user, challenge.proved_at).await? else {
        return Ok(start_again(interaction.as_ref(), way.back));
    };
    if !limits::take_of_challenge(app, &challenge.id).await? {
        return Ok(start_again(interaction.as_ref(), way.back));
    }
    match prove(&visit, &challenge.user, &two_step, Purpose::SecondFactor, &form.0).await? {
        Outcome::Right(methods) => finish(&visit, challenge, &methods, way, form.0.get("trust").is_some()).await,
        refused => {
            let page = show(&visit, &challenge, way, &sealed, Some(refusal(&refused).0)).await?;
            Ok(refuse(&refused, page))
        }
    }
}

/// The second factor is proved: signs in, or lets the session that there is go on with more.
async fn finish(
    visit: &Visit,
    challenge: Challenge,
    methods: &AuthMethods,
    way: Way<'_>,
    trust: bool,
) -> Result<HttpResponse, PageError> {
    let Challenge { user, elsewhere, proved_at, sid, .. } = challenge;
    let Some(sid) = sid else {
        let seconds = visit.app.settings().second_factor.trust;
        let trusted_until = (trust && seconds > 0).then(|| visit.app.clock.now().plus(seconds));
        let methods = challenge.methods.and(methods);
        return enter(visit, Proof { user, methods, elsewhere, at: proved_at, trusted_until }, way).await;
    };
    let Some(sign_in) = visit.session.of_user(&user).filter(|sign_in| sign_in.sid == sid) else {
        return Ok(start_again(way.interaction, way.back));
    };
    raise(visit, sign_in, methods)?;
    Ok(see_other(&way.onward()))
}

fn challenge(visit: &Visit, params: &Params, interaction: Option<&Interaction>) -> Option<(Challenge, String)> {
    let sealed = params.get("challenge")?;
    let challenge = Challenge::open(visit, Awaited::SecondFactor, interaction, sealed)?;
    Some((challenge, sealed.to_owned()))
}

/// Back to the password, which says why.
fn start_again(interaction: Option<&Interaction>, back: Option<Place>) -> HttpResponse {
    let back = back.map(|place| format!("&return={place}")).unwrap_or_default();
    see_other(&address_with("/login", interaction, &format!("again=1{back}")))
}

async fn show(
    visit: &Visit,
    challenge: &Challenge,
    way: Way<'_>,
    sealed: &str,
    error: Option<Message>,
) -> Result<HttpResponse, PageError> {
    let (interaction, user) = (way.interaction, &challenge.user);
    let (here, two_step) = (step(sealed, interaction), second_factors::in_force(&visit.app.db, user).await?);
    // What a session is to be raised to must hold in a trusted browser, too.
    let may_trust = challenge.sid.is_none() && visit.app.settings().second_factor.trust > 0;
    let frame = visit.frame(interaction);
    let page = SecondFactorPage {
        page: frame.page(&here),
        action: PATH.into(),
        csrf: visit.form_token(),
        interaction: interaction.map(|interaction| interaction.sealed.clone()),
        client: interaction.map(|interaction| ClientView::new(frame.words, &interaction.client)),
        challenge: sealed.to_owned(),
        has_app: two_step.is_none_or(|two_step| two_step.totp.is_some()),
        passkey: ask(visit, Purpose::SecondFactor, user, &here).await?,
        trust_days: may_trust.then(|| (visit.app.settings().second_factor.trust + 43_200) / 86_400),
        error,
        restart: address("/login", interaction),
    };
    Ok(visit.show(&frame, &page, destination(interaction)))
}
