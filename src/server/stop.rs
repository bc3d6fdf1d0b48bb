//! Being told to stop: first the balancers learn of it, then no more connections are taken, then requests under way end.
use crate::app::App;
use actix_web::{dev::ServerHandle, web::Data};
use std::{io, time::Duration};
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    time::sleep,
};

/// What the process is told by the system.
pub struct Orders {
    /// Finish, then end.
    terminate: Signal,
    /// End now: from the keyboard,
    interrupt: Signal,
    /// or by another key of it.
    quit: Signal,
}

impl Orders {
    /// Listens for them from now on.
    pub fn heard() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
        })
    }

    /// Waits for one, and carries it out.
    pub async fn obey(mut self, server: ServerHandle, app: Data<App>) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            () = hurry(&mut self.interrupt, &mut self.quit) => return server.stop(false).await,
        }
        app.stopping.set();
        let drain = app.config.server.drain_seconds;
        tracing::info!(drain, "told to stop");
        let graceful = tokio::select! {
            () = sleep(Duration::from_secs(drain)) => true,
            () = hurry(&mut self.interrupt, &mut self.quit) => false,
        };
        server.stop(graceful).await;
    }
}

async fn hurry(interrupt: &mut Signal, quit: &mut Signal) {
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = quit.recv() => {}
    }
}
