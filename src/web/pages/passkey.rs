//! Signing in by a passkey alone, from the page that asks for user name and password.
use super::{
    render::see_other,
    sign_in::{self, back},
};
use crate::web::{
    admission::{Proof, Way, admit},
    error::PageError,
    forms::PageForm,
    passkeys::{Outcome, Purpose, prove, refusal, refuse},
    visit::Visit,
};
use actix_web::HttpResponse;

/// Where the answer goes.
pub const PATH: &str = "/login/passkey";

/// `GET /login/passkey`, as whoever reloads a refusal asks for.
pub async fn get() -> HttpResponse {
    see_other("/login")
}

/// `POST /login/passkey`. The authenticator has verified its owner, so this is two factors at once.
pub async fn post(visit: Visit, form: PageForm) -> Result<HttpResponse, PageError> {
    let (interaction, back) = (visit.interaction(&form.0)?, back(&form.0));
    match prove(&visit, Purpose::SignIn, None, &form.0).await? {
        Outcome::Right(proof) => {
            let way = Way { interaction: interaction.as_ref(), back, remember: form.0.get("remember").is_some() };
            let methods = proof.methods();
            admit(&visit, Proof::new(&visit, proof.user, methods), way).await
        }
        refused => {
            let page = sign_in::Form { error: Some(refusal(&refused).0), back, ..sign_in::Form::default() };
            Ok(refuse(&refused, page.show(&visit, interaction.as_ref())?))
        }
    }
}
