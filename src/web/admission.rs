//! What follows when somebody has proved who they are, by whatever means: a second factor where one is due, and then a
//! session.
use super::{
    account::Place,
    browser::Device,
    error::PageError,
    interaction::Interaction,
    pages::{render::see_other, returning, second_factor},
    record,
    second_factor::{Awaited, Challenge},
    upstream::{link_account, start},
    visit::Visit,
};
use crate::{
    domain::{
        self, Assurance, AuthMethod, AuthMethods, ClientId, Digest, Elsewhere, Event, Grant, NewEvent, SessionId,
        SignIn, Timestamp, UserId,
    },
    mail::Notice,
    metrics,
    storage::{
        devices::{self, Familiarity},
        second_factors, users,
    },
};
use actix_web::HttpResponse;
use serde_json::{Value, json};

/// Where somebody comes from and wants to go.
#[derive(Clone, Copy)]
pub struct Way<'a> {
    /// The authorization request on its way.
    pub interaction: Option<&'a Interaction>,
    /// The account page to go on to, where there is no interaction.
    pub back: Option<Place>,
    /// Whether they want to stay signed in when the browser is closed.
    pub remember: bool,
}

impl Way<'_> {
    /// The address that it leads to.
    pub fn onward(&self) -> String {
        let place = self.back.unwrap_or(Place::Overview);
        self.interaction.map_or_else(|| place.to_string(), |interaction| interaction.step("/resume"))
    }
}

/// All that somebody has proved.
pub struct Proof {
    /// Who they are.
    pub user: UserId,
    /// By what.
    pub methods: AuthMethods,
    /// Where, if it was not here.
    pub elsewhere: Option<Elsewhere>,
    /// When they proved the first of it: the `auth_time`.
    pub at: Timestamp,
    /// Until when the browser is trusted, so that no second factor is asked for in it.
    pub trusted_until: Option<Timestamp>,
}

impl Proof {
    /// What has just been proved here.
    pub fn new(visit: &Visit, user: UserId, methods: AuthMethods) -> Self {
        Self { user, methods, elsewhere: None, at: visit.app.clock.now(), trusted_until: None }
    }
}

/// Somebody has proved who they are. Asks for the second factor where one is due, or lets them in.
pub async fn admit(visit: &Visit, mut proof: Proof, way: Way<'_>) -> Result<HttpResponse, PageError> {
    check_way_in(visit, &proof, way)?;
    let (app, now) = (&visit.app, visit.app.clock.now());
    if proof.methods.assurance() < Assurance::MultiFactor && second_factors::is_on(&app.db, &proof.user).await? {
        proof.trusted_until = visit.trusted_until(&proof.user).await?.filter(|until| *until > now);
        if proof.trusted_until.is_none() {
            let challenge = Challenge::begin(visit, Awaited::SecondFactor, proof, way)?;
            return Ok(see_other(&second_factor::step(&challenge, way.interaction)));
        }
    }
    enter(visit, proof, way).await
}

/// Keeps those out of an app who come by a way that it is not open to, whichever page they come from.
fn check_way_in(visit: &Visit, proof: &Proof, way: Way<'_>) -> Result<(), PageError> {
    let provider = proof.elsewhere.as_ref().map(|elsewhere| &elsewhere.provider);
    match way.interaction {
        Some(interaction) if !interaction.client.admits(provider) => {
            let app = Some(&interaction.client.client_id);
            visit.refused(Some(&proof.user), Event::SignInRefused, "way_in_closed", (provider, app));
            Err(PageError::WayInClosed)
        }
        _ => Ok(()),
    }
}

/// Lets somebody in who has proved all that they have to. Where the same person was signed in before, apps go on to
/// know the session by the same `sid`.
pub async fn enter(visit: &Visit, proof: Proof, way: Way<'_>) -> Result<HttpResponse, PageError> {
    check_way_in(visit, &proof, way)?;
    let (app, now) = (&visit.app, visit.app.clock.now());
    if let Some(absence) = users::absence(&app.db, &proof.user).await? {
        return returning::show(visit, proof, absence, way).await;
    }
    let sessions = &app.settings().sessions;
    let lifetime = if way.remember { sessions.absolute } else { sessions.window.min(sessions.absolute) };
    let before = visit.session.of_user(&proof.user);
    metrics::signed_in(way_of(&proof));
    let happened = SignedIn::new(&proof, way);
    visit.session.begin(&SignIn {
        sid: before.map_or_else(SessionId::random, |before| before.sid),
        user: proof.user.clone(),
        auth_time: proof.at,
        methods: proof.methods,
        elsewhere: proof.elsewhere,
        interaction: way.interaction.map(|interaction| interaction.id.clone()),
        chosen_for: None,
        device: visit.device(),
        trusted_until: proof.trusted_until,
        expires_at: now.plus(lifetime),
        window: (!way.remember).then(|| visit.browser.digest()),
    })?;
    let onward = visit.pending_link(&proof.user).map_or_else(|| way.onward(), |_| link_account::step(way));
    let mut response = see_other(&onward);
    recognise(visit, &happened, proof.trusted_until, &mut response).await?;
    Ok(response)
}

/// By which way somebody came, as it is counted.
fn way_of(proof: &Proof) -> &str {
    let methods = [
        (AuthMethod::Password, "password"),
        (AuthMethod::HardwareKey, "passkey"),
        (AuthMethod::SoftwareKey, "passkey"),
        (AuthMethod::Email, "mail"),
    ];
    let own = || methods.iter().find(|(method, _)| proof.methods.has(*method)).map_or("other", |(_, name)| *name);
    proof.elsewhere.as_ref().map_or_else(own, |elsewhere| elsewhere.provider.as_str())
}

/// More has been proved in a session that goes on as it is otherwise.
pub fn raise(visit: &Visit, sign_in: SignIn, more: &AuthMethods) -> Result<SignIn, PageError> {
    let raised = SignIn { methods: sign_in.methods.and(more), trusted_until: None, ..sign_in };
    visit.session.begin(&raised)?;
    Ok(raised)
}

/// Knows this browser from now on as one of the person's, and trusts it until then if they wish so. They are told of
/// one that is new.
async fn recognise(
    visit: &Visit,
    happened: &SignedIn,
    trusted_until: Option<Timestamp>,
    response: &mut HttpResponse,
) -> Result<(), PageError> {
    let (app, user) = (&visit.app, &happened.user);
    let device = Device::of(app, &visit.request).unwrap_or_else(Device::new);
    let known = devices::remember(&app.db, user.clone(), device.digest(), trusted_until, app.clock.now()).await?;
    device.remember(app, response);
    start::signed_in(visit, response);
    if known != Familiarity::New {
        return happened.record(visit, Event::SignedIn).await;
    }
    visit.notify(user, Notice::NewDevice).await;
    happened.record(visit, Event::SignedInAnew).await
}

/// The same of an app in which somebody has signed in without a browser, so that nothing but its name and what kind of
/// program it says it is can be known again. What happened, for the trail.
pub async fn recognise_app(visit: &Visit, grant: &Grant, device: domain::Device) -> Result<Event, PageError> {
    let (app, user) = (&visit.app, &grant.user_id);
    // Longer than any name that a browser's cookie could hold.
    let name = format!("signed in without a browser, in the app {}: {}", grant.client_id, device.family());
    match devices::remember(&app.db, user.clone(), Digest::of(&name), None, app.clock.now()).await? {
        Familiarity::First | Familiarity::Known => Ok(Event::SignedIn),
        Familiarity::New => {
            visit.notify_of(user, Notice::NewDevice, device).await;
            Ok(Event::SignedInAnew)
        }
    }
}

/// What the trail says of somebody who signs in: by what, and on the way to which app.
struct SignedIn {
    user: UserId,
    client: Option<ClientId>,
    details: Value,
}

impl SignedIn {
    fn new(proof: &Proof, way: Way<'_>) -> Self {
        let mut details = json!({ "methods": proof.methods.words() });
        if let Some(elsewhere) = &proof.elsewhere {
            details["provider"] = json!(elsewhere.provider);
        }
        let client = way.interaction.map(|interaction| interaction.client.client_id.clone());
        Self { user: proof.user.clone(), client, details }
    }

    async fn record(&self, visit: &Visit, event: Event) -> Result<(), PageError> {
        let told = record::told(&visit.app, &visit.request, Some(&self.user), event).with(self.details.clone());
        Ok(record::write(&visit.app, NewEvent { client: self.client.clone(), ..told }).await?)
    }
}

impl Visit {
    /// Until when this browser is trusted with a person's account.
    async fn trusted_until(&self, user: &UserId) -> Result<Option<Timestamp>, PageError> {
        let Some(device) = Device::of(&self.app, &self.request) else { return Ok(None) };
        Ok(devices::find(&self.app.db, user, &device.digest()).await?.flatten())
    }
}
