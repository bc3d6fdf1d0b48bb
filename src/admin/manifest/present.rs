//! What the database says of all that a manifest speaks of, at one moment.
use super::{
    super::{Error, providers::Stored},
    Configuration,
};
use crate::{
    app::settings::Opened,
    domain::{ClientId, ProviderName},
    storage::{
        clients::{self, Registered},
        groups::{self, Group},
        providers,
    },
};
use std::collections::{BTreeMap, HashMap};

/// All of it, by what it is told apart by.
pub(super) struct Present {
    pub settings: Opened,
    pub clients: BTreeMap<ClientId, Registered>,
    pub providers: BTreeMap<ProviderName, Stored>,
    pub groups: BTreeMap<crate::config::GroupName, Group>,
    /// How many people can come from each provider.
    pub people: HashMap<String, i64>,
}

impl Present {
    pub async fn read(configuration: &Configuration<'_>) -> Result<Self, Error> {
        let db = configuration.db;
        let clients = clients::all_registered(db).await?;
        let groups = groups::all(db).await?;
        Ok(Self {
            settings: configuration.office().read().await?,
            clients: clients.into_iter().map(|there| (there.client.client_id.clone(), there)).collect(),
            providers: configuration.register().all_stored().await?,
            groups: groups.into_iter().map(|group| ((group.kind, group.name.clone()), group)).collect(),
            people: providers::people(db).await?.into_iter().collect(),
        })
    }
}
