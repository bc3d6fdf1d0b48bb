//! Answers that are written while they are on their way, in parts: whoever reads slowly is waited for, and nothing more
//! is read from the database meanwhile.
use actix_web::{
    body::{BodySize, MessageBody},
    web::Bytes,
};
use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// A body in parts. One that ends with an error is cut off, so that nobody takes it for whole.
pub struct Parts(Receiver<io::Result<Bytes>>);

/// What parts are given to; nobody reads on once one cannot be given.
pub type Give = Sender<io::Result<Bytes>>;

impl Parts {
    /// A body, and what its parts are given to.
    pub fn new() -> (Give, Self) {
        let (give, take) = channel(1);
        (give, Self(take))
    }
}

impl MessageBody for Parts {
    type Error = io::Error;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        self.get_mut().0.poll_recv(context)
    }
}
