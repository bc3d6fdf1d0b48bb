//! What follows when somebody has proved who they are: a second factor where one is due, and then a session.
use super::{
    account::Place,
    error::PageError,
    interaction::Interaction,
    pages::{render::see_other, second_factor, sign_in},
    second_factor::Challenge,
    visit::Visit,
};
use crate::{
    domain::{AuthMethods, UserId},
    storage::second_factors,
};
use actix_web::HttpResponse;

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

/// Somebody has proved who they are. Asks for the second factor where one is due, or lets them in.
pub async fn admit(visit: &Visit, user: UserId, methods: AuthMethods, way: Way<'_>) -> Result<HttpResponse, PageError> {
    if second_factors::is_on(&visit.app.db, &user).await? {
        let challenge = Challenge::begin(visit, user, way.interaction, way.back)?;
        return Ok(see_other(&second_factor::step(&challenge, way.interaction)));
    }
    // Sessions end with the browser's own or not by their cookie, which is the same for all.
    let Way { remember: _, .. } = way;
    sign_in::begin_session(visit, user, methods, way.interaction)?;
    Ok(see_other(&sign_in::onward(way.interaction, way.back)))
}
