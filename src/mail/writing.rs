//! From a letter to what its mail says.
use super::{
    Error, Mailer,
    compose::{Button, Content, Mail},
    letter::{Letter, Notice, Occasion, SignUpLetter, TicketLetter, To},
};
use crate::{
    domain::{Email, Invitee, MailCode, NewTicket, Secret, TicketPurpose, Timestamp, User, UserId},
    i18n::{Language, Message, Words},
    storage::{Db, registration, tickets, users},
};

const MINUTE: i64 = 60;
const HOUR: i64 = 3600;
const DAY: i64 = 86_400;

impl Mailer {
    /// The mail of a letter; `None` when there is nobody to send it to. A ticket is made for it, in
    /// place of an earlier one.
    pub(super) async fn write(
        &self,
        db: &Db,
        letter: Letter,
        asked_at: Timestamp,
        now: Timestamp,
    ) -> Result<Option<Mail>, Error> {
        match letter {
            Letter::Ticket(letter) => self.write_ticket(db, letter, asked_at, now).await,
            Letter::Invite { email, invitee } => self.write_invitation(db, email, &invitee, now).await.map(Some),
            Letter::SignUp(letter) => self.write_sign_up(db, letter, now).await.map(Some),
            Letter::Notice { user, notice, occasion } => self.write_notice(db, &user, notice, &occasion, now).await,
        }
    }

    async fn write_ticket(
        &self,
        db: &Db,
        letter: TicketLetter,
        asked_at: Timestamp,
        now: Timestamp,
    ) -> Result<Option<Mail>, Error> {
        let Some((user, to)) = recipient(db, &letter.to).await? else { return Ok(None) };
        let (token, code) = self.issue(db, &letter, (&user, &to), asked_at, now).await?;
        let words = words_of(&user, &letter.language);
        let link = format!("{}?token={}", self.head().issuer.url(letter.purpose.path()), token.reveal());
        let content = self.ticket_content(words, &letter, &user, &to, link, code.as_ref());
        self.compose(&to, words, &content, now).map(Some)
    }

    /// Makes the ticket, and keeps its digests.
    async fn issue(
        &self,
        db: &Db,
        letter: &TicketLetter,
        (user, to): (&User, &Email),
        asked_at: Timestamp,
        now: Timestamp,
    ) -> Result<(Secret, Option<MailCode>), Error> {
        let token = Secret::random();
        let code = letter.browser.as_ref().filter(|_| letter.purpose.has_code()).map(|browser| {
            let code = MailCode::random();
            let digest = self.code_digest(&code, &letter.ticket, browser);
            (code, digest)
        });
        let (code, code_digest) = code.unzip();
        let ticket = NewTicket {
            id: letter.ticket.clone(),
            purpose: letter.purpose,
            digest: token.digest(),
            code: code_digest,
            user: Some(user.id.clone()),
            email: Some(to.clone()),
            data: letter.data.clone(),
            browser: letter.browser.clone(),
            created_at: asked_at,
            expires_at: now.plus(letter.purpose.lifetime()),
        };
        tickets::issue(db, ticket).await?;
        Ok((token, code))
    }

    /// To whoever wants an account; or to whoever has one, that somebody tried.
    async fn write_sign_up(&self, db: &Db, letter: SignUpLetter, now: Timestamp) -> Result<Mail, Error> {
        let (to, instance) = (letter.email.clone(), self.head().instance.clone());
        let holder = users::find_by_email(db, &to).await?;
        let words = match &holder {
            Some(user) => words_of(user, &letter.language),
            None => Words::new(Language::of_tag(&letter.language).unwrap_or_default()),
        };
        let key = if holder.is_some() { "sign-up-known" } else { "sign-up" };
        let say = |part: &str| {
            let message = Message::new(format!("mail-{key}-{part}"));
            words.say(&message.with("instance", instance.clone()).with("email", to.to_string()))
        };
        let (href, code) = if holder.is_some() {
            (self.head().issuer.url("/login"), None)
        } else {
            let (token, code) = self.issue_sign_up(db, letter, now).await?;
            let path = TicketPurpose::SignUp.path();
            (format!("{}?token={}", self.head().issuer.url(path), token.reveal()), Some(code))
        };
        let good_for = code.is_some().then(|| good_for(words, TicketPurpose::SignUp.lifetime()));
        let content = Content {
            subject: say("subject"),
            greeting: None,
            text: vec![say("text")],
            code: code.map(|code| code.reveal().to_owned()),
            button: Some(Button { label: say("button"), href }),
            facts: vec![],
            asides: good_for.into_iter().chain([say("otherwise")]).collect(),
        };
        self.compose(&to, words, &content, now)
    }

    async fn write_invitation(&self, db: &Db, to: Email, invitee: &Invitee, now: Timestamp) -> Result<Mail, Error> {
        // Nothing is known of what they read.
        let (words, token) = (Words::new(Language::default()), Secret::random());
        registration::invite(db, token.digest(), Some(to.clone()), invitee, now).await?;
        let path = TicketPurpose::Invite.path();
        let say = |part: &str| {
            let message = Message::new(format!("mail-invite-{part}"));
            words.say(&message.with("instance", self.head().instance.clone()).with("email", to.to_string()))
        };
        let content = Content {
            subject: say("subject"),
            greeting: None,
            text: vec![say("text")],
            code: None,
            button: Some(Button {
                label: say("button"),
                href: format!("{}?token={}", self.head().issuer.url(path), token.reveal()),
            }),
            facts: vec![],
            asides: vec![good_for(words, TicketPurpose::Invite.lifetime()), say("otherwise")],
        };
        self.compose(&to, words, &content, now)
    }

    async fn issue_sign_up(&self, db: &Db, letter: SignUpLetter, now: Timestamp) -> Result<(Secret, MailCode), Error> {
        let (token, code) = (Secret::random(), MailCode::random());
        let data = serde_json::to_string(&letter.applicant).map_err(|why| Error::Composing(why.to_string()))?;
        let ticket = NewTicket {
            id: letter.ticket.clone(),
            purpose: TicketPurpose::SignUp,
            digest: token.digest(),
            code: Some(self.code_digest(&code, &letter.ticket, &letter.browser)),
            user: None,
            email: Some(letter.email),
            data: Some(data),
            browser: Some(letter.browser),
            created_at: now,
            expires_at: now.plus(TicketPurpose::SignUp.lifetime()),
        };
        tickets::issue(db, ticket).await?;
        Ok((token, code))
    }

    pub(super) fn ticket_content(
        &self,
        words: Words,
        letter: &TicketLetter,
        user: &User,
        to: &Email,
        link: String,
        code: Option<&MailCode>,
    ) -> Content {
        let purpose = letter.purpose;
        let new = letter.data.as_deref().filter(|_| purpose == TicketPurpose::ApproveEmail).unwrap_or_default();
        let say = |part: &str| {
            let message = Message::new(format!("mail-{purpose}-{part}")).with("new", new.to_owned());
            words.say(&message.with("instance", self.head().instance.clone()).with("email", to.to_string()))
        };
        // A name from an address that nobody has proved may be an advertisement to somebody else.
        let greeted = user.proved_email() == Some(to);
        let mut text = vec![say("text")];
        let was_proved = user.email_verified_at.is_some();
        if !was_proved && matches!(purpose, TicketPurpose::Reset | TicketPurpose::SignIn) {
            text.push(words.get("mail-first-proof"));
        }
        Content {
            subject: say("subject"),
            greeting: greeted.then(|| greeting(words, user)).flatten(),
            text,
            code: code.map(|code| code.reveal().to_owned()),
            button: Some(Button { label: say("button"), href: link }),
            facts: vec![],
            asides: vec![good_for(words, purpose.lifetime()), say("otherwise")],
        }
    }

    async fn write_notice(
        &self,
        db: &Db,
        user: &UserId,
        notice: Notice,
        occasion: &Occasion,
        now: Timestamp,
    ) -> Result<Option<Mail>, Error> {
        let Some(user) = users::find(db, user).await? else { return Ok(None) };
        // What happens with an account is told to nobody who may be somebody else.
        let Some(to) = user.proved_email().cloned() else { return Ok(None) };
        let words = words_of(&user, &occasion.language);
        let say = |part: &str| {
            let message = Message::new(format!("mail-{notice}-{part}"));
            let message = message.with("provider", occasion.provider.clone().unwrap_or_default());
            words.say(&message.with("instance", self.head().instance.clone()).with("email", to.to_string()))
        };
        // What a provider told of was nobody here.
        let otherwise = if occasion.provider.is_some() { say("otherwise") } else { words.get("mail-not-you") };
        let mut facts = vec![(words.get("mail-when"), occasion.at.in_utc())];
        if let Some(device) = &occasion.device {
            let name = device.name().unwrap_or_else(|| words.get("sessions-unknown"));
            facts.push((words.get("mail-device"), format!("{name} · {}", device.address)));
        }
        let content = Content {
            subject: say("subject"),
            greeting: greeting(words, &user),
            text: vec![say("text")],
            code: None,
            button: Some(Button { label: words.get("mail-to-account"), href: self.head().issuer.url("/account") }),
            facts,
            asides: vec![otherwise],
        };
        self.compose(&to, words, &content, now).map(Some)
    }
}

/// Who gets a letter, and at which address; nobody who may not sign in gets one.
async fn recipient(db: &Db, to: &To) -> Result<Option<(User, Email)>, Error> {
    let user = match to {
        To::Holder(email) => users::find_by_email(db, email).await?,
        To::Person(user) | To::At(user, _) => users::find(db, user).await?,
    };
    let Some(user) = user.filter(|user| user.disabled_at.is_none()) else { return Ok(None) };
    let email = match to {
        To::At(_, email) => Some(email.clone()),
        To::Holder(_) | To::Person(_) => user.email.clone(),
    };
    Ok(email.map(|email| (user, email)))
}

/// The words of the person's own language, or of the page that they used.
fn words_of(user: &User, page: &str) -> Words {
    let own = user.profile.locale().and_then(Language::of_tag);
    Words::new(own.or_else(|| Language::of_tag(page)).unwrap_or_default())
}

fn greeting(words: Words, user: &User) -> Option<String> {
    /// As much of a name as a greeting takes, in characters.
    const LONGEST: usize = 60;
    let name: String = user.name.as_deref()?.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    Some(words.with("mail-greeting", &[("name", name.as_str())]))
}

/// How long the link works.
fn good_for(words: Words, seconds: i64) -> String {
    match seconds {
        DAY.. if seconds % DAY == 0 && seconds > DAY => words.with("mail-good-for-days", &[("count", seconds / DAY)]),
        HOUR.. => words.with("mail-good-for-hours", &[("count", seconds / HOUR)]),
        _ => words.with("mail-good-for-minutes", &[("count", seconds / MINUTE)]),
    }
}
