//! From one step of signing in to the next, and at last back to the client.
use super::{
    error::PageError,
    interaction::Interaction,
    pages::{form_post::FormPostPage, render::see_other},
    visit::Visit,
};
use crate::{
    app::App,
    config::SignUp,
    domain::{Grant, GrantId, NewGrant, Scopes, Secret, SignIn, UserId},
    protocol::{
        Error,
        authorize::{ResponseMode, ReturnTo},
        decision::{Next, Situation},
        error::invalid_request,
        id_token::IdToken,
    },
    storage::{consents, grants},
};
use actix_web::HttpResponse;

/// Goes to whatever comes next.
pub async fn dispatch(visit: &Visit, interaction: &Interaction) -> Result<HttpResponse, PageError> {
    let sign_in = visit.sign_in();
    let to = |path: &str| Ok(visit.go(interaction, path));
    match (next(visit, interaction).await?, sign_in) {
        (Next::Issue, Some(sign_in)) => issue(visit, interaction, &sign_in).await,
        (Next::Refuse(error), _) => Ok(respond(visit, &interaction.request.return_to, Err(error))),
        (Next::SignUp, _) if visit.app.config.registration.sign_up == SignUp::Open => to("/signup"),
        (Next::SelectAccount, _) => to("/select-account"),
        (Next::Consent, _) => to("/consent"),
        (Next::SignIn | Next::SignUp | Next::Issue, _) => to("/login"),
    }
}

/// What comes next, with all that it depends on looked up.
pub async fn next(visit: &Visit, interaction: &Interaction) -> Result<Next, PageError> {
    let (app, asked, client) = (&visit.app, &interaction.request, &interaction.client);
    let sign_in = visit.sign_in();
    let expected = match expected(app, asked.id_token_hint.as_deref()) {
        Ok(expected) => expected,
        Err(error) => return Ok(Next::Refuse(error)),
    };
    let consented = match &sign_in {
        Some(sign_in) if !client.skip_consent => consents::find(&app.db, &sign_in.user, &client.client_id).await?,
        _ => Scopes::default(),
    };
    let situation = Situation {
        request: asked,
        client,
        interaction: Some(&interaction.id),
        session: sign_in.as_ref(),
        expected: expected.as_ref(),
        consented: &consented,
        now: app.clock.now(),
    };
    Ok(situation.next())
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
    let (asked, lifetimes, now) = (&interaction.request, &app.config.tokens, app.clock.now());
    let code = Secret::random();
    let grant = Grant {
        id: GrantId::random(),
        user_id: sign_in.user.clone(),
        client_id: interaction.client.client_id.clone(),
        sid: sign_in.sid.clone(),
        scopes: asked.scopes.clone(),
        auth_time: sign_in.auth_time,
        methods: sign_in.methods.clone(),
        nonce: asked.nonce.clone(),
        redirect_uri: asked.return_to.redirect_uri.to_string(),
        code_challenge: asked.code_challenge.clone(),
        expires_at: now.plus(lifetimes.refresh_token_absolute),
    };
    let new = NewGrant { grant, code: code.digest(), code_expires_at: now.plus(lifetimes.authorization_code) };
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
