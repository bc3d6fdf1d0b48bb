//! How people go to a provider and come back, without scripts.
use super::Upstream;
use crate::support::{Answer, Browser};
use reqwest::Method;
use scraper::{ElementRef, Html, Selector};

impl Browser {
    /// Signs in at a provider by the button of this name, and allows everything: what Genkan shows in the end, or what
    /// leads to the app.
    pub async fn sign_in_with(&self, upstream: &Upstream, page: &Answer, name: &str) -> Answer {
        let asked = self.meet(upstream, page, name).await;
        self.come_back(upstream, &asked, "upstream-allow").await
    }

    /// Follows the button of this name to the provider: what is shown there, or what it led back to at once.
    pub async fn meet(&self, upstream: &Upstream, page: &Answer, name: &str) -> Answer {
        let button = format!("login-with-{name}");
        let is_link = page.find(&button, |element| element.value().name() == "a").expect("a way to the provider");
        let answer = if is_link { self.get(&page.link(&button)).await } else { self.submit(&page.form(&button)).await };
        self.travel(upstream, answer).await
    }

    /// Presses `upstream-allow` or `upstream-deny`, and goes back.
    pub async fn come_back(&self, upstream: &Upstream, page: &Answer, button: &str) -> Answer {
        let answer = self.submit(&page.form(button)).await;
        self.travel(upstream, answer).await
    }

    /// Follows redirects to Genkan and to the provider, and what a browser follows by itself: forms that post themselves,
    /// and pages that lead on.
    pub async fn travel(&self, upstream: &Upstream, mut answer: Answer) -> Answer {
        for _ in 0..10 {
            answer = self.follow(answer).await;
            if let Some(next) = answer.location().filter(|next| upstream.owns(next)) {
                answer = self.send(Method::GET, &next, None).await;
            } else if answer.has("upstream-continue") {
                // `SameSite=Lax` keeps the cookies at home.
                answer = self.post_across(&answer.form("upstream-continue"), &answer.url).await;
            } else if answer.has("onward") {
                answer = self.get(&answer.link("onward")).await;
            } else if let Some(button) = posting(&answer) {
                answer = self.submit(&answer.form(&button)).await;
            } else {
                return answer;
            }
        }
        panic!("no end of the way: {answer}");
    }
}

/// The button of the form by which Genkan's callback posts to itself what came without cookies.
fn posting(page: &Answer) -> Option<String> {
    if page.status != 200 || !page.url.path().starts_with("/callback/") {
        return None;
    }
    let html = Html::parse_document(&page.body);
    let buttons = Selector::parse("form[method=post] button[id]").unwrap();
    let is_of_callback = |button: &ElementRef| {
        let mut around = button.ancestors().filter_map(ElementRef::wrap);
        let form = around.find(|element| element.value().name() == "form");
        let action = form.and_then(|form| form.attr("action")).unwrap_or_default();
        page.url.join(action).is_ok_and(|to| to.path() == page.url.path())
    };
    let mut found = html.select(&buttons).filter(is_of_callback);
    found.next()?.attr("id").map(ToOwned::to_owned)
}
