//! `/account/ways-in`: signing in elsewhere, added and removed.
use super::{
    Person, Place,
    kept_access::{self, KeptAccess},
};
use crate::{
    domain::{Event, Identity, IdentityId, TicketPurpose, Timestamp},
    i18n::{Message, Words},
    mail::{Letter, Notice, TicketLetter, To},
    storage::{
        self,
        identities::{self, Undone, Unlinking},
        upstream_tokens::{self, KeptTokens},
    },
    upstream::Hints,
    vault,
    web::{
        error::PageError,
        forms::{PageForm, PageQuery},
        pages::{
            link,
            page::Page,
            provider_buttons::{Brand, ProviderLink},
            render::see_other,
        },
        ticket,
        upstream::{
            self, Outcome, buttons, onward,
            request::{Purpose, Sent},
        },
        visit::Visit,
    },
};
use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;

#[derive(Clone, Debug, Template)]
#[template(path = "ways_in.html")]
pub struct WaysInPage {
    pub page: Page,
    pub action: String,
    pub csrf: String,
    pub linked: Vec<WayIn>,
    /// Those that may be added.
    pub others: Vec<ProviderLink>,
    pub notice: Option<Message>,
    pub error: Option<Message>,
}

/// One way in.
#[derive(Clone, Debug)]
pub struct WayIn {
    pub id: String,
    pub brand: Brand,
    pub provider: String,
    /// What it is known as there.
    pub known_as: Option<String>,
    pub linked_at: String,
    pub last_used_at: Option<String>,
    /// What its provider has told of it.
    pub told: Vec<Message>,
    /// The access to it that is kept.
    pub kept: Option<KeptAccess>,
}

/// `GET /account/ways-in`.
pub async fn get(visit: Visit, query: PageQuery) -> Result<HttpResponse, PageError> {
    let person = visit.recent_person(Place::WaysIn).await?;
    show(&visit, &person, Outcome::told(&visit, &query.0), None).await
}

/// `POST /account/ways-in`.
pub async fn post(visit: Visit, form: PageForm) -> Result<HttpResponse, PageError> {
    let person = visit.recent_person(Place::WaysIn).await?;
    match form.0.get("action") {
        Some("link") => link(&visit, &person, form.0.get("provider").unwrap_or_default()).await,
        Some("unlink") => unlink(&visit, &person, form.0.get("id").unwrap_or_default()).await,
        Some("end-access") => {
            kept_access::end(&visit, &person, form.0.get("id").unwrap_or_default()).await?;
            Ok(see_other(Place::WaysIn.as_str()))
        }
        _ => Ok(see_other(Place::WaysIn.as_str())),
    }
}

/// Off to a provider, for this account and no other.
async fn link(visit: &Visit, person: &Person, name: &str) -> Result<HttpResponse, PageError> {
    let upstream = visit.upstream(name)?;
    let purpose = Purpose::Link { user: person.user.id.clone(), sid: person.sign_in.sid.clone() };
    let locale = visit.frame(None).words.language().tag().to_owned();
    // With which account there is for the person to say, and not for whoever was there last.
    let hints = Hints { ui_locales: Some(locale), ..upstream.provider.kind.choosing() };
    match Sent::send(visit, &upstream, purpose, (None, Some(Place::WaysIn)), &hints).await {
        Ok(url) => Ok(onward::go(visit, &upstream, url)),
        Err(PageError::Upstream) => Ok(see_other(&Outcome::Trouble.on_ways_in(&upstream.provider.name))),
        Err(why) => Err(why),
    }
}

async fn unlink(visit: &Visit, person: &Person, id: &str) -> Result<HttpResponse, PageError> {
    let (app, user, here) = (&visit.app, person.user.id.clone(), person.sign_in.sid.clone());
    let (identity, ways, now) = (IdentityId::from(id), upstream::ways(app), app.clock.now());
    match identities::unlink(&app.db, identity, user.clone(), ways, here, now).await? {
        Unlinking::Done => {
            visit.record(&user, Event::IdentityUnlinked).await?;
            visit.notify(&user, Notice::IdentityUnlinked).await;
            vault::give_back_soon(app);
        }
        Unlinking::Unknown => {}
        Unlinking::OnlyWayIn => {
            let mut page = show(visit, person, None, Some("ways-in-only".into())).await?;
            *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            return Ok(page);
        }
    }
    Ok(see_other(Place::WaysIn.as_str()))
}

async fn show(
    visit: &Visit,
    person: &Person,
    notice: Option<Message>,
    error: Option<Message>,
) -> Result<HttpResponse, PageError> {
    let identities = identities::of_user(&visit.app.db, &person.user.id).await?;
    let kept = upstream_tokens::of_user(&visit.app.db, &person.user.id).await?;
    let mut others = buttons::buttons(visit, None, None);
    others.retain(|button| identities.iter().all(|identity| identity.provider.as_str() != button.id));
    let frame = visit.frame(None);
    let page = WaysInPage {
        page: frame.page(Place::WaysIn.as_str()),
        action: Place::WaysIn.to_string(),
        csrf: visit.form_token(),
        linked: identities.iter().map(|identity| way_in(visit, frame.words, identity, &kept)).collect(),
        others,
        notice,
        error,
    };
    Ok(visit.show(&frame, &page, None))
}

fn way_in(visit: &Visit, words: Words, identity: &Identity, kept: &[KeptTokens]) -> WayIn {
    let found = visit.app.memory().upstreams.get(&identity.provider).cloned();
    let provider = label(visit, identity.provider.as_str());
    let told = [
        ("ways-in-suspended", identity.suspended_at.is_some()),
        ("ways-in-mail-stopped", identity.mail_stopped_at.is_some()),
        ("ways-in-friend", identity.said.friend == Some(true)),
    ];
    let told = told.into_iter().filter(|(_, is_so)| *is_so);
    WayIn {
        id: identity.id.to_string(),
        brand: found.map_or(Brand::Generic, |found| buttons::brand(found.provider.kind.kind())),
        told: told.map(|(key, _)| Message::new(key).with("provider", provider.clone())).collect(),
        provider,
        known_as: identity.said.known_as().map(Into::into),
        linked_at: identity.created_at.in_utc(),
        last_used_at: identity.last_used_at.map(Timestamp::in_utc),
        kept: kept_access::of(visit, words, identity, kept),
    }
}

/// What a provider is called; one that is gone, by its name.
pub fn label(visit: &Visit, name: &str) -> String {
    visit.upstream(name).map_or_else(|_| name.to_owned(), |found| found.provider.label().to_owned())
}

const UNDO: TicketPurpose = TicketPurpose::UndoLink;

/// `GET /account/ways-in/undo`: the link of the mail that told the owner.
pub async fn get_undo(visit: Visit, query: PageQuery) -> Result<HttpResponse, PageError> {
    link::arrive(&visit, &query.0, UNDO, "undo-link").await
}

/// `POST /account/ways-in/undo`. Everybody is out, and the password is chosen anew.
pub async fn post_undo(visit: Visit, _form: PageForm) -> Result<HttpResponse, PageError> {
    let (app, now) = (&visit.app, visit.app.clock.now());
    let (token, ticket) = ticket::carried(&visit, UNDO).await?;
    let Undone { user, moved } = match identities::undo(&app.db, token.digest(), now).await {
        Ok(undone) => undone.ok_or(PageError::LinkInvalid)?,
        Err(storage::Error::Conflict) => return Err(PageError::EmailTaken),
        Err(why) => return Err(why.into()),
    };
    visit.record(&user, Event::IdentityUnlinked).await?;
    if moved {
        visit.record(&user, Event::EmailRestored).await?;
    }
    let language = visit.frame(None).words.language();
    let letter = TicketLetter::new(TicketPurpose::Reset, To::Person(user), language);
    app.mailer.send(&app.db, &Letter::Ticket(letter), now).await?;
    Ok(ticket::forget(&visit, UNDO, link::tell(&visit, "undo-link", ticket.address(), "/login")))
}
