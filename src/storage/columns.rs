//! How domain types are stored: as the text they are written in.
use super::{Error, Result};
use crate::domain::{Algorithm, Assurance, AuthMethods, Disabled, Event, GroupKind, Role, Scopes};
use serde::{Serialize, de::DeserializeOwned};
use sqlx::{Database, Decode, Encode, Type, encode::IsNull, error::BoxDynError};

/// Stores a type through its `Display` and `FromStr`.
macro_rules! text_columns {
    ($($type:ty),+ $(,)?) => { $(
        impl<DB: Database> Type<DB> for $type where String: Type<DB> {
            fn type_info() -> DB::TypeInfo {
                String::type_info()
            }
            fn compatible(ty: &DB::TypeInfo) -> bool {
                String::compatible(ty)
            }
        }
        impl<'q, DB: Database> Encode<'q, DB> for $type where String: Encode<'q, DB> {
            fn encode_by_ref(&self, buf: &mut DB::ArgumentBuffer) -> std::result::Result<IsNull, BoxDynError> {
                self.to_string().encode(buf)
            }
        }
        impl<'r, DB: Database> Decode<'r, DB> for $type where String: Decode<'r, DB> {
            fn decode(value: DB::ValueRef<'r>) -> std::result::Result<Self, BoxDynError> {
                Ok(String::decode(value)?.parse()?)
            }
        }
    )+ };
}

text_columns!(Algorithm, Assurance, AuthMethods, Disabled, Event, GroupKind, Role, Scopes);

/// A value as JSON text.
pub(super) fn to_json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|why| Error::Failed(format!("a value cannot be stored: {why}")))
}

/// A value from the JSON text it was stored as.
pub(super) fn from_json<T: DeserializeOwned>(what: &str, text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|why| Error::unreadable(what, why))
}
