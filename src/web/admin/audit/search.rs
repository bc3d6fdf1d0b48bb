//! What is asked for in the audit trail, as it is typed.
use crate::{admin::Fault, domain::Timestamp, protocol::params::Params, storage::audit::Filter};
use url::form_urlencoded::Serializer;

/// The fields of the search, each as it was typed; empty where nothing was.
#[derive(Clone, Debug, Default)]
pub struct Search {
    pub kind: String,
    pub actor: String,
    pub user: String,
    pub client: String,
    pub object: String,
    pub address: String,
    pub request_id: String,
    pub since: String,
    pub until: String,
}

impl Search {
    /// Whether it has more than what is asked for first: what happened, to whom, and when.
    pub fn narrows(&self) -> bool {
        [&self.client, &self.address, &self.actor, &self.request_id, &self.object].iter().any(|text| !text.is_empty())
    }

    /// Reads what was sent.
    pub fn read(params: &Params) -> Self {
        let text = |name: &str| params.get(name).unwrap_or_default().trim().to_owned();
        Self {
            kind: text("kind"),
            actor: text("actor"),
            user: text("user"),
            client: text("client"),
            object: text("object"),
            address: text("address"),
            request_id: text("request_id"),
            since: text("since"),
            until: text("until"),
        }
    }

    /// Each field with its name, but those that are empty.
    pub fn fields(&self) -> Vec<(&'static str, &str)> {
        let all = [
            ("kind", self.kind.as_str()),
            ("actor", &self.actor),
            ("user", &self.user),
            ("client", &self.client),
            ("object", &self.object),
            ("address", &self.address),
            ("request_id", &self.request_id),
            ("since", &self.since),
            ("until", &self.until),
        ];
        all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }

    /// What it means to the database, or what is wrong with it.
    pub fn filter(&self) -> Result<Filter, Vec<Fault>> {
        let mut faults = vec![];
        let mut time = |field: &str, text: &str| {
            let at = Timestamp::parse_utc(text);
            if at.is_none() && !text.is_empty() {
                faults.push(Fault::new(field, "audit-error-time"));
            }
            at
        };
        let (since, until) = (time("since", &self.since), time("until", &self.until));
        if !faults.is_empty() {
            return Err(faults);
        }
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Ok(Filter {
            kind: text(&self.kind),
            actor: text(&self.actor),
            user: text(&self.user),
            client: text(&self.client),
            object: text(&self.object),
            address: text(&self.address),
            request_id: text(&self.request_id),
            since,
            until,
        })
    }

    /// The page that shows it, before a place in the trail.
    pub fn address(&self, place: &str, before: Option<i64>) -> String {
        let mut query = Serializer::new(String::new());
        query.extend_pairs(self.fields());
        if let Some(before) = before {
            query.append_pair("before", &before.to_string());
        }
        let query = query.finish();
        if query.is_empty() { place.to_owned() } else { format!("{place}?{query}") }
    }
}
