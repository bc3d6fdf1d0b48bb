//! What is said anew of somebody, field by field, as programs write it.
use super::{super::Fault, email};
use crate::{
    admin::Error,
    domain::{Claim, ClaimFault, NAME_LENGTH, Timestamp, User, Username, readable},
    i18n::{Language, Message},
};
use std::collections::BTreeMap;

/// What is another; `None`: that stays. A text that is empty takes away what there was.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// The address.
    pub email: Option<String>,
    /// Whether it is known to be theirs. Another address is not, unless this says so.
    pub email_verified: Option<bool>,
    /// The user name.
    pub username: Option<String>,
    /// The full name.
    pub name: Option<String>,
    /// Other standard claims by name, those of the address beside the rest.
    pub profile: BTreeMap<String, String>,
}

impl Changes {
    /// Somebody as they are then, or every fault of it.
    pub fn apply(&self, user: &User, now: Timestamp) -> Result<User, Error> {
        let (mut changed, mut faults) = (user.clone(), vec![]);
        self.apply_email(&mut changed, &mut faults, now);
        if let Some(typed) = &self.username {
            match Username::parse(typed) {
                _ if typed.trim().is_empty() => changed.username = None,
                Ok(name) => changed.username = Some(name),
                Err(_) => faults.push(Fault::new("preferred_username", "username-invalid")),
            }
        }
        if let Some(typed) = &self.name {
            match readable(typed, NAME_LENGTH) {
                Ok(name) => changed.name = Some(name).filter(|name| !name.is_empty()),
                Err(fault) => faults.push(Fault::new("name", worded(fault, NAME_LENGTH))),
            }
        }
        for (name, typed) in &self.profile {
            if let Err(fault) = apply_claim(&mut changed, name, typed) {
                faults.push(Fault::new(format!("profile.{name}"), fault));
            }
        }
        if faults.is_empty() { Ok(changed) } else { Err(Error::Invalid(faults)) }
    }

    fn apply_email(&self, user: &mut User, faults: &mut Vec<Fault>, now: Timestamp) {
        if let Some(typed) = &self.email {
            match email(typed) {
                Ok(email) if email == user.email => {}
                Ok(email) => (user.email, user.email_verified_at) = (email, None),
                Err(_) => faults.push(Fault::new("email", "email-invalid")),
            }
        }
        match self.email_verified {
            Some(true) if user.email.is_some() => user.email_verified_at = user.email_verified_at.or(Some(now)),
            Some(false) => user.email_verified_at = None,
            _ => {}
        }
    }
}

fn apply_claim(user: &mut User, name: &str, typed: &str) -> Result<(), Message> {
    if name == "locale" {
        let language = Language::of_tag(typed);
        if language.is_none() && !typed.is_empty() {
            return Err("claim-bad-locale".into());
        }
        user.profile.set_locale(language.map_or("", Language::tag));
        return Ok(());
    }
    let claim: Claim = name.parse().map_err(|_| Message::new("admin-error-no-claim"))?;
    let value = claim.read(typed).map_err(|fault| worded(fault, claim.longest()))?;
    user.profile.set(claim, value);
    Ok(())
}

fn worded(fault: ClaimFault, longest: usize) -> Message {
    match fault {
        ClaimFault::Long => Message::new("name-long").with("max", longest),
        fault => format!("claim-bad-{fault}").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Email;

    #[test]
    fn another_address_is_not_proved_unless_it_says_so() {
        let now = Timestamp(9);
        let email = Email::parse("hana@people.test").ok();
        let hana = User { email, email_verified_at: Some(Timestamp(1)), ..User::new(Timestamp(1)) };
        let proved = |email: &str, email_verified| {
            let changes = Changes { email: Some(email.into()), email_verified, ..Changes::default() };
            changes.apply(&hana, now).unwrap().email_verified_at
        };
        assert_eq!(proved("Hana@people.test", None), Some(Timestamp(1)));
        assert_eq!(proved("other@people.test", None), None);
        assert_eq!(proved("other@people.test", Some(true)), Some(now));
        assert_eq!(proved("", Some(true)), None);
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let text = |text: &str| Some(text.to_owned());
        let profile = [("website", "javascript:x"), ("is_admin", "true"), ("locale", "tlh")];
        let changes = Changes {
            email: text("x"),
            username: text("a b"),
            name: text("a\nb"),
            profile: profile.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            ..Changes::default()
        };
        let Err(Error::Invalid(faults)) = changes.apply(&User::new(Timestamp(1)), Timestamp(1)) else { panic!() };
        let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
        let expected = ["email", "preferred_username", "name", "profile.is_admin", "profile.locale", "profile.website"];
        assert_eq!(fields, expected);
    }
}
