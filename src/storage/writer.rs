//! The one writer of an SQLite database.
//!
//! SQLite lets one connection write at a time, and a durable commit costs the same however much it
//! holds. So all writes go to one thread, which gathers what is waiting into one transaction,
//! commits it to disk once, and only then answers all of them.
use super::{Error, Result};
use sqlx::{AnyConnection, Connection as _};
use std::{future::Future, pin::Pin};
use tokio::sync::{mpsc, oneshot, watch};

/// How many writes one commit gathers at most, so that the first of them does not wait too long.
const BATCH: usize = 256;
/// How many writes may wait; more are told that the database is busy.
const QUEUE: usize = 4096;

type LocalFuture<'c, T> = Pin<Box<dyn Future<Output = T> + 'c>>;
/// Tells the caller how its work went, once the commit's own outcome is known.
type Answer = Box<dyn FnOnce(Result<()>)>;
type Job = Box<dyn for<'c> FnOnce(&'c mut AnyConnection) -> LocalFuture<'c, Answer> + Send>;

/// A handle on the writing thread, which ends when the last handle is dropped.
#[derive(Clone, Debug)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Job>,
    /// Is closed when the thread has ended.
    ended: watch::Receiver<()>,
}

impl Writer {
    /// Starts the thread on a connection of its own.
    pub(super) fn start(mut connection: AnyConnection) -> Result<Self> {
        let (sender, mut jobs) = mpsc::channel(QUEUE);
        let (running, ended) = watch::channel(());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .map_err(|why| Error::Failed(format!("the writer cannot start: {why}")))?;
        let work = async move || {
            while let Some(first) = jobs.recv().await {
                commit_together(&mut connection, first, &mut jobs).await;
            }
            // Lets SQLite fold the log into the file; at worst the next start does it.
            let _ = connection.close().await;
            drop(running);
        };
        std::thread::Builder::new()
            .name("sqlite-writer".into())
            .spawn(move || runtime.block_on(work()))
            .map_err(|why| Error::Failed(format!("the writer cannot start: {why}")))?;
        Ok(Self { jobs: sender, ended })
    }

    /// Waits until the thread has ended, which it does because this was the last handle.
    pub(super) async fn end(self) {
        let Self { jobs, mut ended } = self;
        drop(jobs);
        while ended.changed().await.is_ok() {}
    }

    /// Does some work in the next commit. With `atomic`, all its statements stand or fall together;
    /// without, there must be only one that writes.
    pub(super) async fn run<T, F>(&self, atomic: bool, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: AsyncFnOnce(&mut AnyConnection) -> Result<T> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            Box::pin(async move {
                let outcome = if atomic { savepoint(connection, work).await } else { work(connection).await };
                Box::new(move |committed: Result<()>| {
                    // Nobody listens when the caller has gone; the work is done all the same.
                    let _ = sender.send(committed.and(outcome));
                }) as Answer
            })
        });
        self.jobs.try_send(job).map_err(|_| Error::Unavailable("too many writes are waiting".into()))?;
        receiver.await.unwrap_or_else(|_| Err(Error::Unavailable("the writer has stopped".into())))
    }
}

async fn commit_together(connection: &mut AnyConnection, first: Job, jobs: &mut mpsc::Receiver<Job>) {
    let mut answers = Vec::new();
    let outcome = match execute(connection, "BEGIN IMMEDIATE").await {
        Ok(()) => {
            let mut next = Some(first);
            while let Some(job) = next {
                answers.push(job(connection).await);
                next = if answers.len() < BATCH { jobs.try_recv().ok() } else { None };
            }
            execute(connection, "COMMIT").await
        }
        // Without a transaction the work must not run; it is dropped, and its caller is told so.
        Err(why) => Err(why),
    };
    if let Err(why) = &outcome {
        tracing::error!(%why, "a commit failed");
        // May say that there is nothing to roll back: SQLite has done so itself, then.
        let _ = execute(connection, "ROLLBACK").await;
    }
    for answer in answers {
        answer(match &outcome {
            Ok(()) => Ok(()),
            Err(why) => Err(Error::Unavailable(why.to_string())),
        });
    }
}

async fn savepoint<T, F>(connection: &mut AnyConnection, work: F) -> Result<T>
where
    F: AsyncFnOnce(&mut AnyConnection) -> Result<T>,
{
    execute(connection, "SAVEPOINT work").await?;
    let outcome = work(connection).await;
    if outcome.is_err() {
        execute(connection, "ROLLBACK TO work").await?;
    }
    execute(connection, "RELEASE work").await?;
    outcome
}

async fn execute(connection: &mut AnyConnection, sql: &'static str) -> Result<()> {
    sqlx::query(sql).execute(connection).await?;
    Ok(())
}
