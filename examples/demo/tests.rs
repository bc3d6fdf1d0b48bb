//! The demo, walked through: each of the people at Example ID comes to the app by way of Genkan.
use crate::{
    Running,
    people::{EMAIL, PASSWORD},
};
use reqwest::{Client, header::ORIGIN};
use scraper::{Html, Selector};
use url::Url;

/// A browser without scripts, and the page that it is at.
struct Browser {
    http: Client,
    at: Url,
    page: String,
}

impl Browser {
    async fn open(url: &str) -> Self {
        let http = Client::builder().cookie_store(true).build().unwrap();
        let mut browser = Self { http, at: url.parse().unwrap(), page: String::new() };
        browser.follow(url).await;
        browser
    }

    async fn arrive(&mut self, request: reqwest::RequestBuilder) {
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{} answered {}", answer.url(), answer.status());
        self.at = answer.url().clone();
        self.page = answer.text().await.unwrap();
    }

    async fn follow(&mut self, href: &str) {
        self.arrive(self.http.get(self.at.join(href).unwrap())).await;
    }

    fn attribute(&self, id: &str, name: &str) -> String {
        let html = Html::parse_document(&self.page);
        let found = html.select(&Selector::parse(&format!("[id='{id}']")).unwrap()).next();
        let element = found.unwrap_or_else(|| panic!("no {id} at {}: {}", self.at, self.page));
        element.attr(name).unwrap_or_default().to_owned()
    }

    async fn click(&mut self, link: &str) {
        self.follow(&self.attribute(link, "href")).await;
    }

    /// Presses the button of a form, with these fields filled in.
    async fn press(&mut self, button: &str, filled: &[(&str, &str)]) {
        let (action, fields) = {
            let html = Html::parse_document(&self.page);
            let forms = Selector::parse(&format!("form:has([id='{button}'])")).unwrap();
            let form =
                html.select(&forms).next().unwrap_or_else(|| panic!("no {button} at {}: {}", self.at, self.page));
            let inputs = Selector::parse("input[type=hidden]").unwrap();
            let field = |name: Option<&str>, value: Option<&str>| Some((name?.to_owned(), value?.to_owned()));
            let hidden = form.select(&inputs).filter_map(|input| field(input.attr("name"), input.attr("value")));
            (form.attr("action").unwrap_or_default().to_owned(), hidden.collect::<Vec<_>>())
        };
        let action = Some(self.attribute(button, "formaction")).filter(|own| !own.is_empty()).unwrap_or(action);
        let pressed = (self.attribute(button, "name"), self.attribute(button, "value"));
        let filled = filled.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let fields: Vec<_> = fields.into_iter().chain(filled).chain([pressed]).collect();
        let request = self.http.post(self.at.join(&action).unwrap()).form(&fields);
        self.arrive(request.header(ORIGIN, self.at.origin().ascii_serialization())).await;
    }

    /// From the app to Example ID and back, as the person of this number.
    async fn come_as(home: &str, person: &str) -> Self {
        let mut browser = Self::open(home).await;
        browser.click("sign-in").await;
        browser.click("login-with-example").await;
        browser.press(person, &[]).await;
        browser
    }
}

#[actix_web::test]
async fn everybody_at_example_id_comes_to_the_app() {
    let running = Running::start().await.unwrap();
    for (person, name) in [("person-0", "Nina Novak"), ("person-2", "Sam")] {
        let mut browser = Browser::come_as(&running.home, person).await;
        browser.press("consent-allow", &[]).await;
        browser.press("userinfo", &[]).await;
        assert!(browser.at.as_str().starts_with(&running.home) && browser.page.contains(name), "{}", browser.page);
    }

    let mut hana = Browser::come_as(&running.home, "person-1").await;
    hana.press("login-submit", &[("username", EMAIL), ("password", PASSWORD)]).await;
    hana.press("link-submit", &[]).await;
    hana.press("consent-allow", &[]).await;
    // From now on she comes in at once.
    let mut hana = Browser::come_as(&running.home, "person-1").await;
    hana.press("userinfo", &[]).await;
    assert!(hana.page.contains(EMAIL), "{}", hana.page);

    let nobody = Browser::come_as(&running.home, "turn-back").await;
    assert!(nobody.page.contains("You turned back at Example ID"), "{}", nobody.page);
}
