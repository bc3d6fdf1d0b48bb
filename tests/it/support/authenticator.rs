//! An authenticator app.
use super::{Answer, Browser, User};
use genkan::domain::{Timestamp, TotpSecret};
use std::{collections::BTreeSet, time::Duration};

/// An authenticator app: it gives no code twice, and waits where it has to.
pub struct Authenticator {
    /// What it shares with the account.
    pub secret: TotpSecret,
    last: i64,
}

impl Authenticator {
    /// One that has read the key on the page.
    pub fn of(page: &Answer) -> Self {
        let secret = page.texts("#two-step-secret").remove(0).replace(' ', "");
        Self { secret: decode(&secret), last: 0 }
    }

    /// Turns two-step verification on, from its page on; what it ends at shows the recovery codes.
    pub async fn turn_on(browser: &Browser, page: Answer) -> (Self, Answer) {
        let page = browser.press(&page, "two-step-start", &[]).await;
        let mut app = Self::of(&page);
        let page = browser.press(&page, "two-step-confirm", &[("code", &app.code().await)]).await;
        assert_eq!(page.texts(".codes li").len(), 10, "{page}");
        assert_eq!(page.header("cache-control"), Some("no-store"));
        (app, page)
    }

    /// The same, in a browser where nobody is signed in yet.
    pub async fn set_up(browser: &Browser, user: &User) -> Self {
        Self::turn_on(browser, browser.proceed(browser.open("/account/two-step").await, user).await).await.0
    }

    /// A code that it has not given before.
    pub async fn code(&mut self) -> String {
        loop {
            let now = seconds();
            // The step before is still good, unless this one is about to end.
            let first = now / 30 - i64::from(now % 30 < 24);
            let step = first.max(self.last + 1);
            if step <= now / 30 + 1 {
                self.last = step;
                return self.secret.code(Timestamp(step * 30));
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    /// The code that it gave last.
    pub fn spent(&self) -> String {
        self.secret.code(Timestamp(self.last * 30))
    }

    /// One that is right at no time near.
    pub fn wrong(&self) -> String {
        let near: BTreeSet<_> = (-4..=4).map(|step| self.secret.code(Timestamp(seconds() + step * 30))).collect();
        (0..1_000_000).map(|number| format!("{number:06}")).find(|code| !near.contains(code)).unwrap()
    }
}

fn seconds() -> i64 {
    genkan::clock::Clock::system().now().0
}

/// Base32 (RFC 4648 section 6).
fn decode(text: &str) -> TotpSecret {
    let value = |c: u8| if c < b'A' { c - b'2' + 26 } else { c - b'A' };
    let bits: Vec<_> = text.bytes().flat_map(|c| (0..5).rev().map(move |bit| value(c) >> bit & 1)).collect();
    let bytes: Vec<_> = bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |byte, bit| byte << 1 | bit)).collect();
    TotpSecret::from_bytes(&bytes).unwrap()
}
