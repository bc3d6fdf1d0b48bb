//! The fields of a profile: in groups, in the order of each language, read and judged one by one.
use crate::{
    domain::{Claim, ClaimFault, NAME_LENGTH, Timestamp, User, Username, readable},
    i18n::{Language, Message},
    protocol::params::Params,
    web::pages::page::FieldError,
};
use std::collections::BTreeMap;

/// Fields that are not claims which Genkan hands on as they are.
const NAME: &str = "name";
const USERNAME: &str = "preferred_username";
const LOCALE: &str = "locale";

/// What was typed, and what is wrong with it.
#[derive(Clone, Debug)]
pub struct Form {
    values: BTreeMap<&'static str, String>,
    errors: Vec<FieldError>,
    /// When what the form shows was last changed.
    pub before: Timestamp,
}

/// A few fields that belong together, folded away.
#[derive(Clone, Debug)]
pub struct Group {
    /// The message that names them.
    pub title: &'static str,
    pub fields: Vec<FieldView>,
    /// Whether something in it is wrong.
    pub open: bool,
}

/// A field as it is shown. Its messages are `claim-NAME`, and `claim-NAME-hint` where there is one.
#[derive(Clone, Debug)]
pub struct FieldView {
    pub name: &'static str,
    pub value: String,
    pub kind: &'static str,
    /// What browsers fill in (WHATWG HTML, autofill).
    pub autocomplete: &'static str,
    pub hint: bool,
    /// The id of what may be chosen from.
    pub list: Option<&'static str>,
}

impl Form {
    /// What is known of somebody.
    pub fn of(user: &User) -> Self {
        let mut values: BTreeMap<_, _> = Claim::ALL
            .iter()
            .filter_map(|claim| Some((claim.as_str(), user.profile.get(*claim)?.to_owned())))
            .collect();
        values.insert(NAME, user.name.clone().unwrap_or_default());
        values.insert(USERNAME, user.username.as_ref().map(ToString::to_string).unwrap_or_default());
        values.insert(LOCALE, language_of(user).map(|language| language.tag().to_owned()).unwrap_or_default());
        Self { values, errors: vec![], before: user.updated_at }
    }

    /// What was typed: of the fields that there are, and nothing else.
    pub fn read(params: &Params) -> Self {
        let names = Claim::ALL.iter().map(|claim| claim.as_str()).chain([NAME, USERNAME, LOCALE]);
        let values = names.map(|name| (name, params.get(name).unwrap_or_default().to_owned())).collect();
        let before = params.get("updated_at").and_then(|seconds| seconds.parse().ok()).unwrap_or_default();
        Self { values, errors: vec![], before: Timestamp(before) }
    }

    /// Somebody as they say now; nothing, and what is wrong is known, when some of it cannot be.
    pub fn apply(&mut self, user: &User) -> Option<User> {
        let (known, mut changed) = (Self::of(user), user.clone());
        for claim in Claim::ALL {
            let name = claim.as_str();
            // What came from elsewhere may have another form, as long as nobody touches it.
            if self.value(name) == known.value(name) {
                continue;
            }
            match claim.read(self.value(name)) {
                Ok(value) => changed.profile.set(*claim, value),
                Err(fault) => self.wrong(name, worded(fault, claim.longest())),
            }
        }
        self.apply_names(&known, &mut changed);
        if self.value(LOCALE) != known.value(LOCALE) {
            match Language::of_tag(self.value(LOCALE)) {
                Some(language) => changed.profile.set_locale(language.tag()),
                None if self.value(LOCALE).is_empty() => changed.profile.set_locale(""),
                None => self.wrong(LOCALE, "claim-bad-locale"),
            }
        }
        self.errors.is_empty().then_some(changed)
    }

    fn apply_names(&mut self, known: &Self, user: &mut User) {
        match readable(self.value(NAME), NAME_LENGTH) {
            _ if self.value(NAME) == known.value(NAME) => {}
            Ok(name) => user.name = Some(name).filter(|name| !name.is_empty()),
            Err(fault) => self.wrong(NAME, worded(fault, NAME_LENGTH)),
        }
        let typed = self.value(USERNAME).trim();
        user.username = match Username::parse(typed) {
            Ok(name) => Some(name),
            // Whoever has no address signs in with it.
            Err(_) if typed.is_empty() && user.email.is_none() => return self.wrong(USERNAME, "required"),
            Err(_) if typed.is_empty() => None,
            Err(_) => return self.wrong(USERNAME, "username-invalid"),
        };
    }

    /// Says what is wrong with a field, or with what is none.
    pub fn wrong(&mut self, field: &'static str, message: impl Into<Message>) {
        self.errors.push(FieldError::new(field, message));
    }

    pub fn value(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }

    pub fn problem(&self, field: &str) -> Option<&Message> {
        self.errors.iter().find(|error| error.field == field).map(|error| &error.message)
    }

    /// What people call them: the one field that everybody sees.
    pub fn name(&self) -> FieldView {
        self.field(NAME, "text", "name")
    }

    /// The fields that few need, in the order in which names and addresses are written.
    pub fn groups(&self, language: Language) -> Vec<Group> {
        let (family, given) = (("family_name", "text", "family-name"), ("given_name", "text", "given-name"));
        let [street, city, region, code, country] = [
            ("street_address", "text", "address-line1"),
            ("locality", "text", "address-level2"),
            ("region", "text", "address-level1"),
            ("postal_code", "text", "postal-code"),
            ("country", "text", "country-name"),
        ];
        let (names, address) = match language {
            Language::En => ([given, family], [street, city, region, code, country]),
            Language::Ja => ([family, given], [country, code, region, city, street]),
        };
        let others = [
            ("middle_name", "text", "additional-name"),
            ("nickname", "text", "nickname"),
            (USERNAME, "text", "username"),
        ];
        let about = [
            ("birthdate", "text", "bday"),
            ("gender", "text", "sex"),
            ("zoneinfo", "text", "off"),
            ("profile", "url", "off"),
            ("website", "url", "url"),
        ];
        vec![
            self.group("profile-names", names.iter().chain(&others)),
            self.group("profile-about", about.iter()),
            self.group("profile-phone", [("phone_number", "tel", "tel")].iter()),
            self.group("profile-address", address.iter()),
        ]
    }

    fn group<'a>(
        &self,
        title: &'static str,
        fields: impl Iterator<Item = &'a (&'static str, &'static str, &'static str)>,
    ) -> Group {
        let fields: Vec<_> = fields.map(|(name, kind, autocomplete)| self.field(name, kind, autocomplete)).collect();
        let open = fields.iter().any(|field| self.problem(field.name).is_some());
        Group { title, fields, open }
    }

    fn field(&self, name: &'static str, kind: &'static str, autocomplete: &'static str) -> FieldView {
        FieldView {
            name,
            value: self.value(name).to_owned(),
            kind,
            autocomplete,
            hint: [USERNAME, "birthdate", "zoneinfo", "phone_number"].contains(&name),
            list: (name == "zoneinfo").then_some("zones"),
        }
    }

    /// The languages: tag, name, and whether it is the one.
    pub fn languages(&self) -> Vec<(&'static str, &'static str, bool)> {
        Language::ALL.map(|language| (language.tag(), language.own_name(), language.tag() == self.value(LOCALE))).into()
    }
}

/// The language that somebody has set, if there are words in it.
fn language_of(user: &User) -> Option<Language> {
    user.profile.locale().and_then(Language::of_tag)
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
    use crate::domain::{Email, Role};

    fn read(form: &str) -> Form {
        Form::read(&Params::parse(form.as_bytes()).unwrap())
    }

    fn alice() -> User {
        let email = Email::parse("alice@people.test").ok();
        let mut user = User { id: "alice".into(), email, ..User::new(Timestamp(7)) };
        user.profile.set(Claim::Birthdate, "1 April".into());
        user
    }

    /// `security.md` AD-02.
    #[test]
    fn nothing_is_taken_but_what_people_say_of_themselves() {
        let typed = "name=Alice&email=m%40people.test&email_verified=true&role=owner&sub=x&id=x&disabled_at=1\
                     &phone_number_verified=true&picture=https%3A%2F%2Fx.test%2F&formatted=x&birthdate=1+April";
        let changed = read(typed).apply(&alice()).unwrap();
        assert_eq!(changed, User { name: Some("Alice".into()), ..alice() });
        assert_ne!(changed.role, Some(Role::Owner));
    }

    #[test]
    fn what_came_from_elsewhere_stays_until_it_is_touched() {
        let mut form = Form::of(&alice());
        assert_eq!(form.apply(&alice()), Some(alice()));
        assert_eq!(read("birthdate=2+April").apply(&alice()), None);
        assert_eq!(read("").apply(&alice()).unwrap().profile.get(Claim::Birthdate), None);
    }

    #[test]
    fn whoever_has_no_address_keeps_a_user_name() {
        let nobody = User { email: None, username: Username::parse("alice").ok(), ..alice() };
        let mut form = read("birthdate=1+April");
        assert_eq!(form.apply(&nobody), None);
        assert_eq!(form.problem(USERNAME).map(Message::key), Some("required"));
        assert_eq!(read("birthdate=1+April").apply(&alice()), Some(alice()));
    }

    #[test]
    fn names_and_addresses_are_in_the_order_of_the_language() {
        let first = |language| read("").groups(language).into_iter().map(|group| group.fields[0].name);
        assert_eq!(
            first(Language::En).collect::<Vec<_>>(),
            ["given_name", "birthdate", "phone_number", "street_address"]
        );
        assert_eq!(first(Language::Ja).collect::<Vec<_>>(), ["family_name", "birthdate", "phone_number", "country"]);
    }
}
