//! Who lives in the demo: an account that there is at Genkan already, and the people at Example ID.
use genkan::{
    domain::{Email, Timestamp, User},
    storage::{self, Db, users},
};

/// Somebody at Example ID.
pub struct Person {
    /// The provider's name for them.
    pub sub: &'static str,
    /// How they are called.
    pub name: &'static str,
    /// Where mail reaches them.
    pub email: Option<&'static str>,
    /// What comes of them at Genkan.
    pub about: &'static str,
}

/// The address of the account that there is.
pub const EMAIL: &str = "hana@example.com";
/// Its password.
pub const PASSWORD: &str = "a lantern by the door";
/// What is kept of the password.
const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$F63xp7fjsksTXrjBCcJquw$n0CrDjvigsgTchXd+xCaW6aCXiH5X1MQLNTdt1PbO1E";

/// The people at Example ID.
pub const PEOPLE: [Person; 3] = [
    Person {
        sub: "1001",
        name: "Nina Novak",
        email: Some("nina@example.com"),
        about: "She is new: Genkan makes her an account.",
    },
    Person {
        sub: "1002",
        name: "Hana Sato",
        email: Some(EMAIL),
        about: "Genkan has an account with her address: she proves first that it is hers, and then the two are linked.",
    },
    Person { sub: "1003", name: "Sam", email: None, about: "Example ID tells no address of his. He needs none." },
];

/// Makes the account that there is.
pub async fn move_in(db: &Db, now: Timestamp) -> storage::Result<()> {
    let hana = User {
        email: Email::parse(EMAIL).ok(),
        email_verified_at: Some(now),
        name: Some("Hana Sato".into()),
        ..User::new(now)
    };
    users::insert(db, hana, Some(HASH.into())).await
}
