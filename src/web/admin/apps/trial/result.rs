//! `/admin/apps/{id}/test/callback`: the end of a trial.
use super::{
    callback_uri, explained, href,
    judge::{Check, Judged, judge},
    kept::Kept,
    renewal::{is_refused, renew},
};
use crate::{
    domain::{Client, ClientId},
    i18n::Message,
    protocol::{params::Params, token::AuthorizationCodeRequest},
    storage::grants,
    web::{
        admin::{AdminPage, Desk},
        error::PageError,
        forms::PageQuery,
        oauth::{token::redeem, userinfo},
    },
};
use actix_web::{HttpResponse, http::StatusCode, web::Path};
use askama::Template;

#[derive(Clone, Debug, Template)]
#[template(path = "admin/trial_result.html")]
pub struct ResultPage {
    pub admin: AdminPage,
    pub id: String,
    pub name: String,
    /// Why it failed, if it did, and what to change.
    pub problem: Option<Message>,
    pub checks: Vec<Check>,
    pub contents: Vec<(&'static str, String)>,
}

/// `GET /admin/apps/{id}/test/callback`. Nothing of what it shows is kept; loaded again, it is over.
pub async fn callback(desk: Desk, id: Path<String>, query: PageQuery) -> Result<HttpResponse, PageError> {
    let (app, id) = (&desk.visit.app, ClientId(id.into_inner()));
    let client = app.memory().client(id.as_str()).cloned().ok_or(PageError::NotFound)?;
    let kept = Kept::take(&desk, &id, query.0.once("state")?).await?;
    let (judged, problem, status) = match &kept {
        Some(kept) => {
            // Whoever they signed in as meanwhile: it is their page again.
            if let Some(own) = desk.visit.session.of_user(&desk.user().id) {
                desk.visit.session.keep_first(&own)?;
            }
            let (judged, problem) = outcome(&desk, &client, kept, &query.0).await?;
            (judged, problem, StatusCode::OK)
        }
        None => (Judged::default(), Some("trial-over".into()), StatusCode::BAD_REQUEST),
    };
    let frame = desk.visit.frame(None);
    let page = ResultPage {
        admin: desk.page(&frame, super::PLACE, &format!("{}/test", href(&id))),
        id: id.to_string(),
        name: frame.words.name_of(&client),
        problem,
        checks: judged.checks,
        contents: judged.contents,
    };
    let mut response = desk.show(&frame, &page);
    *response.status_mut() = status;
    if kept.is_some() {
        Kept::forget(&desk, &mut response);
    }
    Ok(response)
}

/// What came of it. What was granted is worth nothing when this returns.
async fn outcome(
    desk: &Desk,
    client: &Client,
    kept: &Kept,
    params: &Params,
) -> Result<(Judged, Option<Message>), PageError> {
    let (app, now) = (&desk.visit.app, desk.visit.app.clock.now());
    let is_ours = params.get("iss") == Some(app.config.issuer.as_str());
    let mut checks =
        vec![Check::new("state", true, ""), Check::new("response-iss", is_ours, params.get("iss").unwrap_or_default())];
    if let Some(code) = params.get("error") {
        let problem = explained(desk, code, params.get("error_description").unwrap_or_default());
        return Ok((Judged { checks, ..Judged::default() }, Some(problem)));
    }
    let request = AuthorizationCodeRequest {
        code: params.get("code").unwrap_or_default().into(),
        redirect_uri: Some(callback_uri(desk, &client.client_id)?.as_str().to_owned()),
        code_verifier: Some(kept.verifier.clone()),
    };
    let tokens = match redeem(app, &desk.visit.request, client, request, now).await {
        Ok(tokens) => tokens,
        Err(why) => {
            checks.push(Check::new("code", false, ""));
            let error = why.error();
            let problem = explained(desk, error.code.as_str(), error.description);
            return Ok((Judged { checks, ..Judged::default() }, Some(problem)));
        }
    };
    checks.push(Check::new("code", true, ""));
    let judged = judge(app, client, (&client.scope.to_string(), &kept.nonce), &tokens).await;
    checks.extend(judged.checks);
    let (renewal, renewed) = renew(desk, client, &tokens, now).await;
    checks.extend(renewal);
    if let Some(grant) = judged.grant.clone() {
        grants::revoke(&app.db, grant, client.client_id.clone(), now).await?;
    }
    let mut is_revoked = true;
    for tokens in std::iter::once(&tokens).chain(&renewed) {
        is_revoked &= userinfo::reveal(app, &tokens.access_token).await.is_err();
    }
    if let Some(token) = renewed.as_ref().and_then(|tokens| tokens.refresh_token.as_ref()) {
        is_revoked &= is_refused(desk, client, token, now).await;
    }
    checks.push(Check::new("revoked", is_revoked, ""));
    let problem = checks.iter().any(|check| !check.good).then(|| "trial-some-wrong".into());
    Ok((Judged { checks, ..judged }, problem))
}
