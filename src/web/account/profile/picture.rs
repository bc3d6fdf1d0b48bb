//! `/account/profile/picture`: a new picture, or none; and `/picture/{id}`, where apps find it.
use super::{DONE, Form, Place, done, refused};
use crate::{
    app::App,
    domain::{Event, User, random_id},
    picture::{LARGEST, Refused, draw},
    protocol::error::invalid_request,
    storage::{
        clients,
        pictures::{self, Picture},
        users,
    },
    web::{error::PageError, forms::is_form_with_files, visit::Visit},
};
use actix_multipart::{
    Field, MultipartError,
    form::{Limits, MultipartCollect, MultipartForm, MultipartFormConfig, State},
};
use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    dev::Payload,
    http::header,
    rt::time::timeout,
    web::{self, Bytes, Data, Path},
};
use std::{future::Future, pin::Pin, time::Duration};
use tokio::sync::Semaphore;

/// Where pictures are served: `domain::PICTURES`, and an id.
pub const SERVED_AT: &str = "/picture/{id}";
/// Where a picture is sent.
pub const PATH: &str = "/account/profile/picture";

/// How long a picture may take to arrive.
const SLOWEST: Duration = Duration::from_mins(1);
/// Pictures are drawn one at a time: each takes much memory for a moment.
static PENCIL: Semaphore = Semaphore::const_new(1);

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// A picture that a person sent from our page, in this browser: its form token has been checked.
pub struct Upload {
    /// What was asked for.
    pub action: String,
    /// The file; nothing when it is larger than it may be.
    pub file: Option<Bytes>,
}

/// The parts of the form, as they come.
struct Parts {
    csrf: String,
    action: String,
    file: Option<Bytes>,
}

impl MultipartCollect for Parts {
    fn limit(_: &str) -> Option<usize> {
        None
    }

    /// What is too large, or not asked for, is read to its end and forgotten: browsers listen for an
    /// answer only then.
    fn handle_field<'t>(
        _: &'t HttpRequest,
        mut field: Field,
        _: &'t mut Limits,
        state: &'t mut State,
    ) -> Boxed<'t, Result<(), MultipartError>> {
        Box::pin(async move {
            let name = field.name().unwrap_or_default().to_owned();
            let limit = match name.as_str() {
                "picture" => LARGEST,
                "csrf" | "action" => 1024,
                _ => 0,
            };
            let read = field.bytes(limit).await.ok().transpose()?;
            if limit > 0 {
                state.entry(name).or_insert_with(|| Box::new(read));
            }
            Ok(())
        })
    }

    fn from_state(mut state: State) -> Result<Self, MultipartError> {
        let mut take =
            |name| state.remove(name).and_then(|part| part.downcast::<Option<Bytes>>().ok()).map(|part| *part);
        let text =
            |part: Option<Bytes>| part.and_then(|bytes| String::from_utf8(bytes.into()).ok()).unwrap_or_default();
        let [csrf, action] = ["csrf", "action"].map(|name| text(take(name).flatten()));
        // A form without the field has an empty file.
        Ok(Self { csrf, action, file: take("picture").unwrap_or_else(|| Some(Bytes::new())) })
    }
}

impl FromRequest for Upload {
    type Error = PageError;
    type Future = Boxed<'static, Result<Self, PageError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (visit, kind) = (Visit::extract(request), is_form_with_files(request));
        let parts = timeout(SLOWEST, MultipartForm::<Parts>::from_request(request, payload));
        Box::pin(async move {
            let visit = visit.await?;
            kind?;
            // Before the file is read: a stranger's takes no memory.
            if visit.sign_in().is_none() {
                return Err(PageError::SignInFirst { place: Place::Profile, interaction: None });
            }
            let parts = parts.await.map_err(|_| PageError::TooSlow)?;
            let parts = parts.map_err(|_| invalid_request("the form cannot be read"))?;
            let Parts { csrf, action, file } = parts.into_inner();
            visit.browser.check_form_token(&visit.app, Some(&csrf))?;
            Ok(Self { action, file })
        })
    }
}

/// `POST /account/profile/picture`.
pub async fn post(visit: Visit, upload: Upload) -> Result<HttpResponse, PageError> {
    let user = visit.person(Place::Profile).await?.user;
    if upload.action == "remove" {
        return remove(&visit, user).await;
    }
    match uploaded(upload.file).await? {
        Ok(picture) => {
            pictures::put(&visit.app.db, user.id.clone(), random_id(), picture, visit.app.clock.now()).await?;
            visit.record(&user.id, Event::ProfileChanged).await?;
            Ok(done(DONE[1].0))
        }
        Err(problem) => {
            let mut form = Form::of(&user);
            form.wrong("picture", problem);
            Ok(refused(&visit, &user, form))
        }
    }
}

/// Draws what was sent; or the message that says why it is no picture.
pub async fn uploaded(file: Option<Bytes>) -> Result<Result<Picture, &'static str>, PageError> {
    let file = match file {
        Some(file) if file.is_empty() => return Ok(Err("required")),
        Some(file) => file,
        None => return Ok(Err("picture-large")),
    };
    let problem = |why| match why {
        Refused::Format => "picture-format",
        Refused::Large => "picture-large",
    };
    Ok(drawn(file).await?.map_err(problem))
}

/// Draws it, where nobody waits for it but who sent it.
pub async fn drawn(file: Bytes) -> Result<Result<Picture, Refused>, PageError> {
    let _permit = PENCIL.acquire().await.map_err(|_| PageError::Internal("pictures cannot be drawn"))?;
    let drawn = web::block(move || draw(&file)).await.map_err(|_| PageError::Internal("a picture was not drawn"))?;
    Ok(drawn.map(|drawn| Picture { kind: drawn.kind.into(), bytes: drawn.bytes }))
}

/// Theirs here, and the address of one that is elsewhere.
async fn remove(visit: &Visit, user: User) -> Result<HttpResponse, PageError> {
    let (app, now) = (&visit.app, visit.app.clock.now());
    if user.profile.picture().is_some() {
        let mut changed = user.clone();
        changed.profile.remove_picture();
        if !users::describe(&app.db, changed, user.updated_at, now).await? {
            let mut form = Form::of(&user);
            form.wrong("picture", "profile-changed-meanwhile");
            return Ok(refused(visit, &user, form));
        }
    }
    pictures::remove(&app.db, user.id.clone(), now).await?;
    visit.record(&user.id, Event::ProfileChanged).await?;
    Ok(done(DONE[2].0))
}

/// `GET /picture/{id}`: of a person, or the logo of an app; for whoever knows the id, wherever they are. What is behind it never changes.
pub async fn get(app: Data<App>, id: Path<String>) -> Result<HttpResponse, PageError> {
    let picture = match pictures::find(&app.db, &id).await? {
        Some(picture) => picture,
        None => clients::find_logo(&app.db, &id).await?.ok_or(PageError::NotFound)?,
    };
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, picture.kind))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"))
        .insert_header((header::CROSS_ORIGIN_RESOURCE_POLICY, "cross-origin"))
        .body(picture.bytes))
}

/// How much a form with a picture may bring: anything, for what is too much is not kept.
pub fn limits() -> MultipartFormConfig {
    MultipartFormConfig::default().total_limit(usize::MAX).memory_limit(usize::MAX)
}
