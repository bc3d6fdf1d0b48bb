//! Whether the time that an answer takes tells who has an account.
use crate::{
    Result,
    browser::Browser,
    http::{Connection, Site},
    report::Report,
};
use std::time::{Duration, Instant};

/// Somebody who has an account.
pub const KNOWN: &str = "known@example.com";
/// As where mail is sent: who signs up confirms their address.
pub const SETTINGS: [(&str, &str); 1] = [("GENKAN_REGISTRATION__VERIFY_EMAIL", "true")];
const WARM_UP: usize = 50;

/// A form that must take as long for somebody who has an account as for somebody who has none. In a value, `{n}` is a
/// number of its own each time.
struct Door {
    name: &'static str,
    /// Where the form is, and where it goes.
    path: &'static str,
    /// What is filled in, besides `field`.
    fields: &'static [(&'static str, &'static str)],
    /// The field that names the account.
    field: &'static str,
    unknown: &'static str,
}

/// Every door: one line each. A passkey is asked for in the same words whoever comes, so that there is nothing to time.
const DOORS: [Door; 4] = [
    Door { name: "sign-in", path: "/login", fields: &[PASSWORD], field: "username", unknown: NOBODY },
    Door { name: "sign-up", path: "/signup", fields: &[("name", "Hana"), PASSWORD], field: "email", unknown: NOBODY },
    Door { name: "forgotten password", path: "/forgot", fields: &[], field: "email", unknown: NOBODY },
    Door { name: "sign-in by mail", path: "/login/mail", fields: &[], field: "email", unknown: NOBODY },
];

const PASSWORD: (&str, &str) = ("password", "seven grey herons over a loud lake");
const NOBODY: &str = "nobody-{n}@example.com";

/// Tries each door so many times with each of the two.
pub async fn run(site: &Site, samples: usize, report: &mut Report) -> Result<()> {
    for door in &DOORS {
        let (mut browser, mut http) = (Browser::new(site), Connection::new(site.address));
        let form = browser.form(&mut http, door.path, door.field).await?;
        let headers = [("cookie", browser.cookies())];
        let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
        let (mut times, mut statuses) = ([vec![], vec![]], [vec![], vec![]]);
        for n in 0..2 * (WARM_UP + samples) {
            // In turn, and each as often first: whatever changes meanwhile changes for both.
            let arm = (n + n / 2) % 2;
            let account = [KNOWN, door.unknown][arm].replace("{n}", &n.to_string());
            let mut fields = vec![(door.field, account.as_str())];
            fields.extend(door.fields);
            fields.extend(form.iter().map(|(name, value)| (name.as_str(), value.as_str())));
            let request = site.post(door.path, &headers, &fields);
            let from = Instant::now();
            let status = http.send(&request).await?.status;
            if n >= 2 * WARM_UP {
                times[arm].push(from.elapsed());
                statuses[arm].push(status);
            }
        }
        if statuses[0] != statuses[1] {
            return Err(format!("{}: the status tells who has an account", door.name).into());
        }
        let [known, unknown] = times;
        report.fact(&format!("enumeration: {}, AUC", door.name), auc(&known, &unknown), "");
    }
    Ok(())
}

/// How well one time tells which of the two it is of: 0.5 not at all, 1 always.
fn auc(known: &[Duration], unknown: &[Duration]) -> f64 {
    let mut all: Vec<_> =
        known.iter().map(|time| (time, true)).chain(unknown.iter().map(|time| (time, false))).collect();
    all.sort_unstable();
    let (mut seen, mut pairs) = (0.0, 0.0);
    for (_, is_known) in all {
        if is_known { pairs += seen } else { seen += 1.0 }
    }
    let count = |times: &[Duration]| f64::from(u32::try_from(times.len()).unwrap_or(u32::MAX));
    let area = pairs / (count(known) * count(unknown));
    area.max(1.0 - area)
}
