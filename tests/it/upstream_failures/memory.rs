//! What the answers of a provider may cost: of the server's memory, and of whoever waits.
use super::{start, turned_back};
use crate::support::{Database, Endpoint, Fault, Kind, Reply, Server, Upstream, at_once, on_each_database};
use std::time::{Duration, Instant};

on_each_database!(answers_without_end_take_no_memory);

/// The most memory that the server has held, in KiB.
fn peak(server: &Server) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.process())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// `security.md` UP-05: a GiB each, to fifty who come at once.
async fn answers_without_end_take_no_memory(database: Database) {
    let upstream = Upstream::start(Kind::Oidc);
    let server = start(database, "", &[("idp", &upstream, "")]).await;
    // All that so many take in any case is there after the first.
    let faults = [Fault::Answer(Reply::html(500, "<h1>Internal Server Error</h1>")), Fault::Floods];
    let mut held = vec![];
    for fault in faults {
        let mut coming = vec![];
        for _ in 0..50 {
            let browser = server.browser();
            let page = browser.meet(&upstream, &browser.open("/login").await, "idp").await;
            let back = browser.submit(&page.form("upstream-allow")).await.location().unwrap();
            coming.push(async move { browser.open(back).await });
        }
        upstream.fail(Endpoint::Token, fault);
        let begun = Instant::now();
        let pages = at_once(coming).await;
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
        for page in pages {
            assert!(turned_back(&page, "trouble"), "{page}");
        }
        held.push(peak(&server));
    }
    assert!(held[1] < held[0] + 16 * 1024, "{held:?} KiB");
}
