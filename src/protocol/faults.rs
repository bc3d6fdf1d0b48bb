//! What is wrong with what somebody wrote, as messages: pages say them in the language of their reader, `Display` in
//! English. Each way in which a value of the domain can be wrong has one, by its word: `fault-uri-not-https`.
use crate::{
    domain::{InvalidDeviceApp, InvalidIssuer, InvalidKey, InvalidRedirectUri},
    i18n::Message,
};

macro_rules! worded {
    ($($type:ident = $begin:literal),+ $(,)?) => {
        $(impl From<$type> for Message {
            fn from(why: $type) -> Self {
                Self::new(format!(concat!($begin, "{}"), why))
            }
        })+

        /// The keys of all of them.
        #[cfg(test)]
        pub fn keys() -> Vec<String> {
            let mut keys = vec![];
            $(keys.extend($type::ALL.iter().map(|why| Message::from(*why).key().to_owned()));)+
            keys
        }
    };
}

worded! {
    InvalidRedirectUri = "fault-uri-",
    InvalidIssuer = "fault-issuer-",
    InvalidDeviceApp = "fault-device-",
    InvalidKey = "fault-key-",
}

/// What is wrong with one of several texts.
#[must_use]
pub fn of(text: &str, why: impl Into<Message>) -> Message {
    Message::new("fault-of").with("value", format!("{text:?}")).telling("why", why)
}
