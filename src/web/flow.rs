//! From one step of signing in to the next, and at last back to the client.
use super::{
    admission::Way,
    error::PageError,
    interaction::Interaction,
    pages::{enroll, form_post::FormPostPage, render::see_other, second_factor, select_account},
    second_factor::Challenge,
    upstream::start_path,
    visit::Visit,
};
use crate::{
    app::App,
    config::SignUp,
    domain::{Assurance, Grant, GrantId, NewGrant, ProviderName, Scopes, Secret, SignIn, UserId},
    protocol::{
        Error,
        authorize::{ResponseMode, ReturnTo},
        decision::{Next, Situation},
        discovery::path,
        error::invalid_request,
        id_token::IdToken,
    },
    storage::{consents, grants, passkeys, second_factors, users},
};
use actix_web::HttpResponse;

/// How long whatever comes of trying a client out is good at most, in seconds.
const TRIAL_LIFETIME: i64 = 300;

/// Goes to whatever comes next.
pub async fn dispatch(visit: &Visit, interaction: &Interaction) -> Result<HttpResponse, PageError> {
    let next = next(visit, interaction).await?;
    let to = |path: &str| Ok(visit.go(interaction, path));
    match (next, visit.sign_in()) {
        (Next::Issue, Some(sign_in)) => issue(visit, interaction, &sign_in).await,
        // No code will do: the passkey alone, which is a sign-in by itself.
        (Next::StepUp(Assurance::PhishingResistant), Some(_)) => {
            Ok(see_other(&format!("{}&passkey=1", interaction.step("/login"))))
        }
        (Next::StepUp(_), Some(sign_in)) => {
            let way = Way { interaction: Some(interaction), back: None, remember: false };
            let challenge = Challenge::begin_within(visit, &sign_in, way)?;
            Ok(see_other(&second_factor::step(&challenge, Some(interaction))))
        }
        (Next::Refuse(error), _) => Ok(respond(visit, &interaction.request.return_to, Err(error))),
        (Next::SignUp, _) if visit.app.settings().registration.sign_up == SignUp::Open => to("/signup"),
        (Next::SelectAccount, _) => to(select_account::PATH),
        (Next::Enroll(_), Some(_)) => to(enroll::PATH),
        (Next::Consent, _) => to("/consent"),
        (Next::SignIn, _) if let Some(provider) = hinted(visit, interaction) => to(&start_path(&provider)),
        (Next::SignIn | Next::SignUp | Next::StepUp(_) | Next::Enroll(_) | Next::Issue, _) => to("/login"),
    }
}

/// The provider that the app sends the person to, if people may come to it from there. Whoever comes by one of our
/// forms is shown where they can go: the policy of its page lets the form lead to the app and nowhere else.
fn hinted(visit: &Visit, interaction: &Interaction) -> Option<ProviderName> {
    let is_link = interaction.is_trial && visit.request.path().starts_with("/admin/");
    if visit.request.path() != path::AUTHORIZE && !is_link {
        return None;
    }
    let name: ProviderName = interaction.request.idp_hint.as_deref()?.parse().ok()?;
    let is_there = visit.app.memory().upstreams.get(&name).is_some() && interaction.client.admits(Some(&name));
    is_there.then_some(name)
}

/// What comes next, with all that it depends on looked up.
pub async fn next(visit: &Visit, interaction: &Interaction) -> Result<Next, PageError> {
    let (app, asked, client) = (&visit.app, &interaction.request, &interaction.client);
    let expected = match expected(app, asked.id_token_hint.as_deref()) {
        Ok(expected) => expected,
        Err(error) => return Ok(Next::Refuse(error)),
    };
    let sign_in = in_use(visit, expected.as_ref())?;
    let consented = match &sign_in {
        Some(sign_in) if !client.skip_consent => consents::find(&app.db, &sign_in.user, &client.client_id).await?,
        _ => Scopes::default(),
    };
    let (required, within_reach) = assurance(app, interaction, sign_in.as_ref()).await?;
    let situation = Situation {
        request: asked,
        client,
        interaction: Some(&interaction.id),
        session: sign_in.as_ref(),
        expected: expected.as_ref(),
        required,
        within_reach,
        possible: app.possible(),
        consented: &consented,
        now: app.clock.now(),
    };
    Ok(situation.next())
}

/// Who is signed in, and in use; of several people the one whom the client expects.
fn in_use(visit: &Visit, expected: Option<&UserId>) -> Result<Option<SignIn>, PageError> {
    let first = visit.sign_in();
    let Some(expected) = expected.filter(|expected| first.as_ref().is_some_and(|first| first.user != **expected))
    else {
        return Ok(first);
    };
    let Some(other) = visit.session.of_user(expected) else { return Ok(first) };
    visit.session.keep_first(&other)?;
    Ok(Some(other))
}

/// How sure we must be of the person, and how sure their factors can make us. Looked up only where it matters.
async fn assurance(
    app: &App,
    interaction: &Interaction,
    sign_in: Option<&SignIn>,
) -> Result<(Assurance, Assurance), PageError> {
    let one = Assurance::OneFactor;
    let Some(sign_in) = sign_in else { return Ok((one, one)) };
    let role = if app.settings().second_factor.required_for.is_empty() {
        None
    } else {
        users::find(&app.db, &sign_in.user).await?.and_then(|user| user.role)
    };
    let by_client = interaction.client.required_acr.unwrap_or(one);
    let required = app.settings().second_factor.assurance(role).max(by_client);
    let wanted = interaction.request.acr_values.iter().copied().max().unwrap_or(one);
    let proved = sign_in.methods.assurance();
    Ok((required, within_reach(app, &sign_in.user, proved, required.max(wanted)).await?))
}

/// How sure a person's factors can make us, as far as that is of interest.
async fn within_reach(app: &App, user: &UserId, proved: Assurance, wanted: Assurance) -> Result<Assurance, PageError> {
    let is_wanted = |more| proved < more && more <= wanted;
    if is_wanted(Assurance::PhishingResistant) && !passkeys::of_user(&app.db, user).await?.is_empty() {
        return Ok(Assurance::PhishingResistant);
    }
    if is_wanted(Assurance::MultiFactor) && second_factors::is_on(&app.db, user).await? {
        return Ok(Assurance::MultiFactor);
    }
    Ok(proved)
}

/// Whom an `id_token_hint` names.
fn expected(app: &App, hint: Option<&str>) -> Result<Option<UserId>, Error> {
    let Some(hint) = hint else { return Ok(None) };
    let verified = app.memory().keys.verify::<IdToken>(hint);
    let hint = verified.filter(|verified| verified.claims.is_hint(verified.typ.as_deref(), &app.config.issuer));
    hint.map(|hint| Some(hint.claims.sub)).ok_or(invalid_request("id_token_hint is not an ID token of this provider"))
}

/// Gives the client a code.
pub async fn issue(visit: &Visit, interaction: &Interaction, sign_in: &SignIn) -> Result<HttpResponse, PageError> {
    let app = &visit.app;
    let (asked, lifetimes, now) = (&interaction.request, &app.settings().tokens, app.clock.now());
    let code = Secret::random();
    let lifetime = if interaction.is_trial { TRIAL_LIFETIME } else { lifetimes.refresh_token_absolute };
    let code_expires_at = now.plus(lifetimes.authorization_code);
    let grant = Grant {
        id: GrantId::random(),
        user_id: sign_in.user.clone(),
        client_id: interaction.client.client_id.clone(),
        sid: sign_in.sid.clone(),
        scopes: asked.scopes.clone(),
        auth_time: sign_in.auth_time,
        acr: Some(sign_in.methods.assurance().told(&asked.acr_values)),
        methods: sign_in.methods.clone(),
        provider: sign_in.elsewhere.as_ref().map(|elsewhere| elsewhere.provider.clone()),
        nonce: asked.nonce.clone(),
        redirect_uri: asked.return_to.redirect_uri.to_string(),
        code_challenge: asked.code_challenge.clone(),
        expires_at: now.plus(lifetime),
    };
    let new = NewGrant { grant, code: code.digest(), code_expires_at };
    grants::insert(&app.db, new, now).await?;
    Ok(respond(visit, &asked.return_to, Ok(code.reveal())))
}

/// Sends the response to the client, as it wants it.
pub fn respond(visit: &Visit, to: &ReturnTo, outcome: Result<&str, Error>) -> HttpResponse {
    let parameters = to.response(&visit.app.config.issuer, outcome);
    match to.mode {
        ResponseMode::Query => see_other(&to.redirect_uri.with_query(&parameters)),
        ResponseMode::FormPost => {
            let frame = visit.frame(None);
            let fields = parameters.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            let page = FormPostPage { page: frame.page(""), action: to.redirect_uri.to_string(), fields };
            visit.show(&frame, &page, Some(&to.redirect_uri))
        }
    }
}
