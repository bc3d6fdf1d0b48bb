//! `/admin/apps`: apps that sign people in here, and machines.
mod edit;
mod fields;
pub mod first;
mod form;
mod kind;
mod logo;
mod page;
mod snippets;
mod start;
pub mod trial;

pub use edit::{choose, create, get as get_edit, post as post_edit};
pub use logo::{limits, post as post_logo};
pub use page::{delete, get, list, revoke_previous, rotate};
pub use start::get as get_start;

use super::Desk;
use crate::{
    admin::apps::Change,
    domain::{ClientId, Permission},
};

/// Where the list is.
const PLACE: &str = "/admin/apps";

/// Where an app's page is.
fn href(id: &ClientId) -> String {
    format!("{PLACE}/{id}")
}

impl Desk {
    /// A change that whoever is there makes now.
    fn change(&self) -> Change<'_> {
        let app = &self.visit.app;
        Change::by(self.operator(), app)
    }

    /// Makes a change count on this node at once; the others follow within half a second.
    async fn refresh(&self) {
        if let Err(why) = self.visit.app.refresh_memory().await {
            tracing::error!(%why, "what is in memory cannot be read anew");
        }
    }

    fn may_change_apps(&self) -> bool {
        self.operator().may(Permission::AppsWrite)
    }

    /// The names of the providers that are in use, and what they are called.
    fn providers(&self) -> Vec<String> {
        self.visit.app.memory().upstreams.iter().map(|upstream| upstream.provider.name.to_string()).collect()
    }
}
