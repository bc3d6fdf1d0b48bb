//! A browser: cookies, pages, forms; no scripts.
use super::{
    Answer, Http, Params, User,
    http::{Callback, cookies},
};
use reqwest::{
    Method,
    cookie::{CookieStore as _, Jar},
    header::{ACCEPT_LANGUAGE, HeaderMap, HeaderName, HeaderValue, ORIGIN, SET_COOKIE},
};
use scraper::{ElementRef, Html, Selector};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};
use url::Url;

/// A browser. Its clones share their cookies, as windows do.
#[derive(Clone, Debug)]
pub struct Browser {
    http: Http,
    cookies: Arc<Jar>,
    /// Those that it forgets when it is closed.
    passing: Arc<Mutex<BTreeSet<String>>>,
    language: String,
}

impl Browser {
    /// A fresh one, in English.
    pub fn new(http: Http) -> Self {
        Self { http, cookies: Arc::default(), passing: Arc::default(), language: "en".into() }
    }

    /// In another language (the value of `Accept-Language`).
    #[must_use]
    pub fn speaking(self, language: &str) -> Self {
        Self { language: language.into(), ..self }
    }

    /// The cookies it would send to the server, by name.
    pub fn cookies(&self) -> BTreeMap<String, String> {
        let header = self.cookies.cookies(&self.http.url("/"));
        let text = header.as_ref().map_or("", |value| value.to_str().unwrap());
        let pairs = text.split("; ").filter_map(|pair| pair.split_once('='));
        pairs.map(|(name, value)| (name.into(), value.into())).collect()
    }

    /// Closes and opens it again: what was to last is there.
    pub fn close(&self) {
        for name in std::mem::take(&mut *self.passing.lock().unwrap()) {
            self.set_cookie(&format!("{name}=; Max-Age=0; Path=/"));
        }
    }

    /// Plants a cookie, as `name=value`.
    pub fn set_cookie(&self, cookie: &str) {
        self.cookies.add_cookie_str(cookie, &self.http.url("/"));
    }

    /// Sends a request with this browser's cookies and keeps those of the answer.
    pub async fn send(&self, method: Method, url: &Url, body: Option<&Params>) -> Answer {
        let mut headers = cookies(self.cookies.cookies(url));
        headers.insert(ACCEPT_LANGUAGE, self.language.parse().unwrap());
        let answer = match body {
            Some(form) => {
                headers.extend(from_site(url, "same-origin"));
                self.http.post(url.as_str(), form, headers).await
            }
            None => Answer::of(self.http.request(method, url.as_str()).headers(headers)).await,
        };
        self.keep(answer)
    }

    /// Posts a form to another site than the one it is of: no cookies go with it, as `SameSite=Lax` has it.
    pub async fn post_across(&self, form: &Form, from: &Url) -> Answer {
        let mut headers = HeaderMap::from_iter(from_site(from, "cross-site"));
        headers.insert(ACCEPT_LANGUAGE, self.language.parse().unwrap());
        self.keep(self.http.post(form.action.as_str(), &form.fields, headers).await)
    }

    /// Keeps the cookies of an answer.
    fn keep(&self, answer: Answer) -> Answer {
        for cookie in answer.headers.get_all(SET_COOKIE).iter().map(|cookie| cookie.to_str().unwrap()) {
            let lasts = ["max-age=", "expires="].iter().any(|mark| cookie.to_ascii_lowercase().contains(mark));
            let name = cookie.split('=').next().unwrap_or_default().to_owned();
            let mut passing = self.passing.lock().unwrap();
            if lasts {
                passing.remove(&name)
            } else {
                passing.insert(name)
            };
        }
        let mut set = answer.headers.get_all(SET_COOKIE).iter().peekable();
        if set.peek().is_some() {
            self.cookies.set_cookies(&mut set, &answer.url);
        }
        answer
    }

    /// Gets a path or URL; follows no redirect.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, &self.http.url(path), None).await
    }

    /// Opens a path or URL, and follows redirects as long as they stay on the server.
    pub async fn open(&self, path: impl AsRef<str>) -> Answer {
        self.follow(self.get(path.as_ref()).await).await
    }

    /// Follows redirects as long as they stay on the server: what it ends at is a page, or leads to an app.
    pub async fn follow(&self, mut answer: Answer) -> Answer {
        for _ in 0..10 {
            match answer.location() {
                Some(next) if self.http.owns(&next) => answer = self.send(Method::GET, &next, None).await,
                _ => return answer,
            }
        }
        panic!("redirects without end: {answer}");
    }

    /// Submits a form as it is; follows no redirect.
    pub async fn submit(&self, form: &Form) -> Answer {
        if form.method == Method::GET {
            let mut url = form.action.clone();
            url.set_query(Some(&form.fields.encoded()));
            return self.send(Method::GET, &url, None).await;
        }
        self.send(Method::POST, &form.action, Some(&form.fields)).await
    }

    /// Fills in fields, presses the button of this id, and follows.
    pub async fn press(&self, page: &Answer, button: &str, fields: &[(&str, &str)]) -> Answer {
        let filled = fields.iter().fold(page.form(button), |form, (name, value)| form.fill(name, value));
        self.follow(self.submit(&filled).await).await
    }

    /// Goes through whatever pages lie between here and the app, as this person, who agrees to everything.
    pub async fn proceed(&self, page: Answer, user: &User) -> Answer {
        let mut page = self.follow(page).await;
        for _ in 0..5 {
            page = if page.has("login-submit") {
                let credentials = [("username", user.email.as_str()), ("password", user.password.as_str())];
                self.press(&page, "login-submit", &credentials).await
            } else if page.has("account-continue") {
                self.press(&page, "account-continue", &[]).await
            } else if page.has("consent-allow") {
                self.press(&page, "consent-allow", &[]).await
            } else {
                return page;
            }
        }
        panic!("pages without end: {page}");
    }

    /// Opens a URL, and goes through to what the app is told.
    pub async fn authorize(&self, url: &Url, user: &User) -> Callback {
        self.proceed(self.get(url.as_str()).await, user).await.callback()
    }
}

/// What a browser says of the page that a form is on.
fn from_site(page: &Url, site: &'static str) -> [(HeaderName, HeaderValue); 2] {
    let origin = page.origin().ascii_serialization().parse().unwrap();
    [(ORIGIN, origin), ("sec-fetch-site".parse().unwrap(), HeaderValue::from_static(site))]
}

/// A form of a page, with a button pressed.
#[derive(Clone, Debug)]
pub struct Form {
    /// GET or POST.
    pub method: Method,
    /// Where it goes.
    pub action: Url,
    /// What it sends.
    pub fields: Params,
}

impl Form {
    /// With this in a field.
    #[must_use]
    pub fn fill(self, name: &str, value: &str) -> Self {
        Self { fields: self.fields.with(name, value), ..self }
    }
}

impl Answer {
    /// What pressing the button of this id would submit.
    #[track_caller]
    pub fn form(&self, button: &str) -> Form {
        let page = Html::parse_document(&self.body);
        let selector = Selector::parse(&format!("[id='{button}']")).unwrap();
        let button = page.select(&selector).next().unwrap_or_else(|| panic!("no {button} here: {self}"));
        let mut around = button.ancestors().filter_map(ElementRef::wrap);
        let form = around.find(|element| element.value().name() == "form");
        let form = form.unwrap_or_else(|| panic!("it is in no form: {self}"));
        let post = form.attr("method").is_some_and(|method| method.eq_ignore_ascii_case("post"));
        let inputs = Selector::parse("input, textarea, select").unwrap();
        let sent = form.select(&inputs).filter(|field| is_sent(*field));
        let fields = sent.chain([button]).filter_map(|field| Some((field.attr("name")?.to_owned(), value_of(field))));
        Form {
            method: if post { Method::POST } else { Method::GET },
            action: self.url.join(form.attr("action").unwrap_or_default()).unwrap(),
            fields: Params(fields.collect()),
        }
    }
}

/// What a field holds: of a list, what is selected in it, or the first.
fn value_of(field: ElementRef<'_>) -> String {
    if field.value().name() == "textarea" {
        return field.text().collect();
    }
    let options = Selector::parse("option").unwrap();
    let mut chosen = field.select(&options).filter(|option| option.attr("selected").is_some());
    let held = chosen.next().or_else(|| field.select(&options).next()).unwrap_or(field);
    held.attr("value").unwrap_or_default().to_owned()
}

fn is_sent(field: ElementRef) -> bool {
    match field.attr("type") {
        Some("submit" | "button" | "image" | "reset") => false,
        Some("checkbox" | "radio") => field.attr("checked").is_some(),
        _ => true,
    }
}
