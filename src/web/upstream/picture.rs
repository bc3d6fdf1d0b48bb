//! The picture that a provider has of somebody, as theirs here: fetched and drawn anew while the answer is on its way.
//!
//! Apps get an address of ours, which lasts, and tells no provider who looks at whom.
use crate::{
    app::App,
    domain::{UserId, random_id},
    storage::pictures::{self, Fetched, Origin},
    upstream::Upstream,
    web::account::profile::picture::drawn,
};
use actix_web::web::Data;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// As many as this are fetched at once. Who comes meanwhile has theirs the next time.
static FETCHES: Semaphore = Semaphore::const_new(4);

/// Somebody has come, and their provider tells where a picture of them is.
pub fn follow(app: &Data<App>, upstream: &Upstream, user: &UserId, address: &str) {
    let Some(upstream) = app.memory().upstreams.get(&upstream.provider.name).cloned() else { return };
    let (app, user, address) = (app.clone(), user.clone(), address.to_owned());
    tokio::spawn(async move {
        let Ok(_permit) = FETCHES.try_acquire() else { return };
        if let Err(why) = take_over(&app, &upstream, &user, address).await {
            tracing::info!(provider = %upstream.provider.name, why, "a picture stays where it is");
        }
    });
}

/// Keeps it, where it is wanted.
async fn take_over(app: &App, upstream: &Arc<Upstream>, user: &UserId, address: String) -> Result<(), String> {
    let said = |why: &dyn std::fmt::Display| why.to_string();
    let settings = &upstream.provider.settings;
    let is_wanted = match pictures::origin(&app.db, user).await.map_err(|why| said(&why))? {
        Origin::None => true,
        Origin::Uploaded => false,
        Origin::Fetched(source) => settings.update_profile && source != address,
    };
    if !is_wanted {
        return Ok(());
    }
    let file = upstream.picture(&address).await.map_err(|why| said(&why))?;
    let picture = match drawn(file.into()).await {
        Ok(drawn) => drawn.map_err(|why| said(&why))?,
        Err(_) => return Err("it cannot be drawn now".into()),
    };
    let fetched = Fetched { picture, provider: upstream.provider.name.clone(), source: address };
    match pictures::adopt(&app.db, user.clone(), random_id(), fetched, app.clock.now()).await {
        Ok(true) => Ok(()),
        Ok(false) => Err("they have uploaded another".into()),
        Err(why) => Err(said(&why)),
    }
}
