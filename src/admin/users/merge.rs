//! Making one account of two that are the same person's.
use super::{find, told};
use crate::{
    admin::{Error, Operator},
    app::App,
    domain::{Event, MOST_PASSKEYS, User, UserId},
    storage::{
        self,
        people::{self, InCommon, Merger, Target},
        second_factors, users,
    },
};
use serde_json::json;

/// What would come of it.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The account that goes.
    pub from: User,
    /// The account that stays.
    pub into: User,
    /// The same, with what the other knows and it does not.
    pub merged: User,
    /// What moves, and what both have.
    pub moves: InCommon,
    /// What does not move, or ends: messages that say so.
    pub losses: Vec<&'static str>,
    /// What keeps it from being done: a message that says so.
    pub obstacle: Option<&'static str>,
}

/// What would come of making `from` a part of `into`.
pub async fn preview(app: &App, operator: &Operator, from: &UserId, into: &UserId) -> Result<Preview, Error> {
    let (from, into) = (find(app, from).await?, find(app, into).await?);
    operator.must_be_able_to_act_on(from.role)?;
    operator.must_be_able_to_act_on(into.role)?;
    let moves = people::in_common(&app.db, &from.id, &into.id).await?;
    let has_password = async |user: &User| users::password_hash(&app.db, &user.id).await.map(|hash| hash.is_some());
    let lost = [
        (from.email.is_some() && into.email.is_some(), "merge-loses-email"),
        (from.username.is_some() && into.username.is_some(), "merge-loses-username"),
        (has_password(&from).await? && has_password(&into).await?, "merge-loses-password"),
        (second_factors::is_on(&app.db, &from.id).await?, "merge-loses-second-factor"),
        (from.picture.is_some(), "merge-loses-picture"),
        (moves.both_consents > 0, "merge-loses-consents"),
    ];
    let obstacles = [
        (from.id == into.id, "merge-same"),
        // A role is taken away first, knowingly.
        (from.role.is_some(), "merge-operator"),
        (moves.all_passkeys > MOST_PASSKEYS, "merge-too-many-passkeys"),
    ];
    let pick = |these: &[(bool, &'static str)]| -> Vec<&'static str> {
        these.iter().filter(|(is, _)| *is).map(|(_, key)| *key).collect()
    };
    Ok(Preview {
        merged: merged(&from, &into),
        moves,
        losses: pick(&lost),
        obstacle: pick(&obstacles).first().copied(),
        from,
        into,
    })
}

/// The account that stays, with what only the other knows.
fn merged(from: &User, into: &User) -> User {
    let (email, email_verified_at) = match &into.email {
        Some(_) => (into.email.clone(), into.email_verified_at),
        None => (from.email.clone(), from.email_verified_at),
    };
    User {
        email,
        email_verified_at,
        username: into.username.clone().or_else(|| from.username.clone()),
        name: into.name.clone().or_else(|| from.name.clone()),
        profile: from.profile.with(&into.profile),
        ..into.clone()
    }
}

/// Makes `from` a part of `into`.
pub async fn merge(app: &App, operator: &Operator, from: &UserId, into: &UserId) -> Result<(), Error> {
    let preview = preview(app, operator, from, into).await?;
    if let Some(obstacle) = preview.obstacle {
        return Err(Error::Impossible(obstacle));
    }
    let target = |user: &User| Target { id: user.id.clone(), role: user.role, version: Some(user.updated_at) };
    let merger = Merger { from: target(&preview.from), into: target(&preview.into), user: preview.merged.clone() };
    let event =
        operator.event(Event::UsersMerged).about(&preview.into.id).about_object("user", &preview.from.id).with(json!({
            "before": { "from": told(&preview.from), "into": told(&preview.into) },
            "after": told(&preview.merged),
        }));
    match people::merge(&app.db, &app.secrets.audit, merger, event, app.clock.now()).await {
        Err(storage::Error::Conflict) => Err(Error::Stale),
        outcome => Ok(outcome.map(|_| ())?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Email, Timestamp};

    #[test]
    fn what_stays_is_filled_with_what_goes() {
        let user = |email: Option<&str>, name: Option<&str>| User {
            email: email.and_then(|email| Email::parse(email).ok()),
            email_verified_at: email.map(|_| Timestamp(1)),
            name: name.map(Into::into),
            ..User::new(Timestamp(1))
        };
        let (from, into) = (user(Some("a@people.test"), Some("A")), user(None, Some("B")));
        let both = merged(&from, &into);
        assert_eq!((both.id, both.email, both.name), (into.id, from.email.clone(), into.name));
        let kept = merged(&from, &User { email_verified_at: None, ..user(Some("b@people.test"), None) });
        assert_eq!((kept.email_verified_at, kept.name), (None, from.name));
    }
}
