//! The forms of the settings: which of them belong together, and how each is shown and read.
use crate::{
    admin::Fault,
    config::live::{Change, Entry, Kind, Origin},
    i18n::Message,
    protocol::params::Params,
};

/// What belongs together: the word that names a form, and its settings.
pub const GROUPS: [(&str, &[&str]); 7] = [
    (
        "branding",
        &["instance.name", "instance.logo_uri", "instance.accent", "instance.terms_uri", "instance.policy_uri"],
    ),
    (
        "sign-up",
        &[
            "registration.sign_up",
            "registration.verify_email",
            "registration.allowed_domains",
            "registration.blocked_domains",
        ],
    ),
    (
        "sign-in",
        &[
            "passwords.min_strength",
            "second_factor.required",
            "second_factor.required_for",
            "second_factor.trust",
            "sessions.idle",
            "sessions.absolute",
            "sessions.window",
            "accounts.deletion_grace",
        ],
    ),
    (
        "tokens",
        &[
            "tokens.authorization_code",
            "tokens.access_token",
            "tokens.id_token",
            "tokens.refresh_token",
            "tokens.refresh_token_absolute",
            "tokens.refresh_retry",
        ],
    ),
    ("mail", &["mail.smtp_url", "mail.from", "mail.footer"]),
    ("languages", &["instance.languages"]),
    ("machine", &["instance.words"]),
];

/// The settings of a form; what only those change who work on the machine is in none.
pub fn group(name: &str) -> Option<(&'static str, &'static [&'static str])> {
    GROUPS.iter().copied().find(|(group, _)| *group == name && *group != "machine")
}

/// The forms there are.
pub fn names() -> impl Iterator<Item = &'static str> {
    GROUPS.iter().map(|(group, _)| *group).filter(|group| self::group(group).is_some())
}

/// A field, as the page shows it.
#[derive(Clone, Debug)]
pub struct FieldView {
    /// The whole name of the setting.
    pub name: &'static str,
    pub kind: Kind,
    pub value: String,
    /// What may be chosen, and whether it is.
    pub choices: Vec<(&'static str, bool)>,
    /// Of a secret: whether there is one.
    pub is_set: bool,
    pub is_locked: bool,
    /// Whether it can go back to its default.
    pub can_reset: bool,
    /// The variable that sets it.
    pub variable: Option<String>,
    /// The message that says where the value comes from.
    pub origin: &'static str,
    pub error: Option<Message>,
}

impl FieldView {
    /// Its name in the page.
    pub fn id(&self) -> String {
        self.name.replace(['.', '_'], "-")
    }

    /// The message that names it.
    pub fn label(&self) -> String {
        format!("admin-setting-{}", self.id())
    }

    pub fn is_secret(&self) -> bool {
        self.kind == Kind::Secret
    }

    pub fn is_one_of(&self) -> bool {
        matches!(self.kind, Kind::Choice(_) | Kind::Truth)
    }

    pub fn is_some_of(&self) -> bool {
        matches!(self.kind, Kind::Choices(_))
    }

    pub fn is_colour(&self) -> bool {
        self.kind == Kind::Colour
    }

    pub fn is_seconds(&self) -> bool {
        matches!(self.kind, Kind::Seconds { .. })
    }

    /// What its seconds come to where they are whole days, hours or minutes: the message that says so, and how many.
    pub fn span(&self) -> Option<(&'static str, i64)> {
        let seconds: i64 = self.value.trim().parse().ok().filter(|seconds| self.is_seconds() && *seconds > 0)?;
        let units = [("admin-setting-days", 86_400), ("admin-setting-hours", 3600), ("admin-setting-minutes", 60)];
        units.into_iter().find(|(_, unit)| seconds % unit == 0).map(|(message, unit)| (message, seconds / unit))
    }

    pub fn is_list(&self) -> bool {
        self.kind == Kind::Domains
    }
}

/// A field with what counts in it, or what was typed.
pub fn view(entry: &Entry, typed: Option<&Params>, faults: &[Fault]) -> FieldView {
    let name = entry.key.name;
    let value = match typed {
        _ if entry.key.is_secret() => String::new(),
        Some(form) if !entry.is_locked() => read(entry, form),
        _ => entry.text(),
    };
    let chosen = |word: &str| value.split(',').any(|one| one.trim() == word);
    let words: &[&'static str] = match entry.key.kind {
        Kind::Choice(words) | Kind::Choices(words) => words,
        Kind::Truth => &["true", "false"],
        _ => &[],
    };
    FieldView {
        name,
        kind: entry.key.kind,
        choices: words.iter().map(|word| (*word, chosen(word))).collect(),
        value,
        is_set: entry.is_set,
        is_locked: entry.is_locked(),
        can_reset: entry.origin == Origin::Database,
        variable: if let Origin::Variable(variable) = &entry.origin { Some(variable.clone()) } else { None },
        origin: match entry.origin {
            Origin::Variable(_) => "admin-setting-from-variable",
            Origin::File => "admin-setting-from-file",
            Origin::Database => "admin-setting-from-database",
            Origin::Default => "admin-setting-from-default",
        },
        error: faults.iter().find(|fault| fault.field == name).map(|fault| fault.message.clone()),
    }
}

/// What a form says of a setting, as a text.
fn read(entry: &Entry, form: &Params) -> String {
    let name = entry.key.name;
    if let Kind::Choices(words) = entry.key.kind {
        let chosen = words.iter().filter(|word| form.get(&format!("{name}.{word}")).is_some());
        return chosen.copied().collect::<Vec<_>>().join(", ");
    }
    form.get(name).unwrap_or_default().trim().to_owned()
}

/// What a form changes: what it shows otherwise than it was. What is emptied goes back to its default, and a secret that
/// is left empty stays.
pub fn changes(entries: &[Entry], form: &Params) -> Vec<Change> {
    if let Some(key) = form.get("reset") {
        let known = entries.iter().filter(|entry| entry.key.name == key);
        return known.map(|entry| Change { key: entry.key.name.into(), value: None }).collect();
    }
    let open = entries.iter().filter(|entry| !entry.is_locked());
    open.filter_map(|entry| {
        let text = read(entry, form);
        let is_as_it_was = if entry.key.is_secret() { text.is_empty() } else { text == entry.text() };
        let value = (!text.is_empty()).then_some(toml::Value::String(text));
        (!is_as_it_was).then(|| Change { key: entry.key.name.into(), value })
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::live::KEYS;

    #[test]
    fn every_setting_is_in_one_form() {
        for key in &KEYS {
            let forms = GROUPS.iter().filter(|(_, names)| names.contains(&key.name));
            assert_eq!(forms.count(), 1, "{}", key.name);
        }
        assert!(group("machine").is_none());
    }
}
