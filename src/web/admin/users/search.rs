//! Whom the list of people has, as it is typed and chosen.
use crate::{domain::GroupId, protocol::params::Params, storage::people::Wanted};
use url::form_urlencoded::Serializer;

/// The fields of the search; empty where nothing is asked about.
#[derive(Clone, Debug, Default)]
pub struct Search {
    pub text: String,
    pub role: String,
    pub state: String,
    pub group: String,
}

impl Search {
    /// Reads what was sent.
    pub fn read(params: &Params) -> Self {
        let text = |name: &str| params.get(name).unwrap_or_default().to_owned();
        Self { text: text("q"), role: text("role"), state: text("state"), group: text("group") }
    }

    /// What it means to the database, but for the text. What cannot be read is not asked about.
    pub fn wanted(&self) -> Wanted {
        let disabled = match self.state.as_str() {
            "disabled" => Some(true),
            "active" => Some(false),
            _ => None,
        };
        let group = Some(GroupId(self.group.clone())).filter(|id| !id.as_str().is_empty());
        Wanted { role: self.role.parse().ok(), disabled, group, ..Wanted::default() }
    }

    /// Each field with its name, but those that are empty.
    pub fn fields(&self) -> Vec<(&'static str, &str)> {
        let all = [("q", self.text.as_str()), ("role", &self.role), ("state", &self.state), ("group", &self.group)];
        all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }

    /// The page that shows it, after a place in the list.
    pub fn address(&self, place: &str, after: Option<&str>) -> String {
        let mut query = Serializer::new(String::new());
        query.extend_pairs(self.fields());
        query.extend_pairs(after.map(|after| ("after", after)));
        let query = query.finish();
        if query.is_empty() { place.to_owned() } else { format!("{place}?{query}") }
    }
}
