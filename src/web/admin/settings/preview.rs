//! `/admin/preview`: the sign-in page as it would be with what has been typed and not saved. A picture in a frame of the
//! form: nothing in it can be sent, and no other page may frame it.
use super::{Form, fields};
use crate::{
    config::SignUp,
    web::{
        admin::Desk,
        assets,
        error::PageError,
        forms::PageForm,
        pages::{page::Page, sign_in::SignInPage},
        upstream::buttons::buttons,
    },
};
use actix_web::{
    HttpResponse,
    http::header::{self, HeaderValue},
};

/// What the frame may load, and who may show it: our own pages alone.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' https:; base-uri 'none'; \
    frame-ancestors 'self'; form-action 'none'";

/// `POST /admin/preview`. What is at fault is left out: the form says so once it is saved.
pub async fn show(desk: Desk, posted: PageForm) -> Result<HttpResponse, PageError> {
    let form = Form::read(&desk, "branding").await?;
    let (app, mut changes) = (&desk.visit.app, fields::changes(&form.entries, &posted.0));
    let settings = loop {
        match app.config.change_stored(&form.opened.stored, &changes) {
            Ok(changed) => break changed.judged.settings,
            Err(faults) => {
                let before = changes.len();
                changes.retain(|change| faults.iter().all(|fault| fault.key != change.key));
                if changes.len() == before {
                    break app.settings().as_ref().clone();
                }
            }
        }
    };
    let sign_up = (settings.registration.sign_up == SignUp::Open).then(|| "/signup".to_owned());
    let accent = settings.instance.accent.as_ref().map(assets::colour_sheet);
    let frame = desk.visit.frame(None).with(settings);
    let has_mail = app.mailer.is_on();
    let page = SignInPage {
        page: Page { accent, ..frame.page("") },
        action: "/login".into(),
        csrf: String::new(),
        interaction: None,
        client: None,
        username: String::new(),
        remember: false,
        error: None,
        notice: None,
        forgot: has_mail.then(|| "/forgot".into()),
        by_mail: has_mail.then(|| "/login/mail".into()),
        sign_up,
        cancel: None,
        back: None,
        providers: buttons(&desk.visit, None, None),
        local: true,
        passkey: None,
    };
    let mut response = desk.show(&frame, &page);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    Ok(response)
}
