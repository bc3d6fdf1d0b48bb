//! Reading: the connections of the pool, and for each statement a span of traces, as long as it runs. Where there are no
//! traces, that costs a look whether there are.
use crate::telemetry;
use futures_core::{Stream, future::BoxFuture, stream::BoxStream};
use sqlx::{
    Any, AnyPool, Database, Describe, Either, Execute, Executor, SqlStr,
    any::{AnyQueryResult, AnyRow, AnyStatement},
};
use std::{
    pin::Pin,
    task::{Context, Poll},
};
use tracing::{Instrument as _, Span};

type Result<T> = std::result::Result<T, sqlx::Error>;
type Step = Result<Either<AnyQueryResult, AnyRow>>;

/// Runs statements that change nothing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'p> {
    pool: &'p AnyPool,
    system: &'static str,
}

impl<'p> Reader<'p> {
    /// On these connections, to a database of this kind.
    pub(super) const fn new(pool: &'p AnyPool, system: &'static str) -> Self {
        Self { pool, system }
    }

    fn span(self) -> Span {
        telemetry::database("read", self.system)
    }
}

impl<'p> Executor<'p> for Reader<'p> {
    type Database = Any;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Step>
    where
        'p: 'e,
        E: 'q + Execute<'q, Any>,
    {
        let (rows, span) = (self.pool.fetch_many(query), self.span());
        if span.is_disabled() { rows } else { Box::pin(Traced { rows, span }) }
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<AnyRow>>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Any>,
    {
        let (row, span) = (self.pool.fetch_optional(query), self.span());
        if span.is_disabled() { row } else { Box::pin(row.instrument(span)) }
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [<Any as Database>::TypeInfo],
    ) -> BoxFuture<'e, Result<AnyStatement>>
    where
        'p: 'e,
    {
        self.pool.prepare_with(sql, parameters)
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<Any>>>
    where
        'p: 'e,
    {
        self.pool.describe(sql)
    }
}

/// Rows within a span, which ends with them.
struct Traced<'e> {
    rows: BoxStream<'e, Step>,
    span: Span,
}

impl Stream for Traced<'_> {
    type Item = Step;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Step>> {
        let Self { rows, span } = &mut *self;
        span.in_scope(|| rows.as_mut().poll_next(context))
    }
}
