//! Requests and answers.
use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::{
    Method,
    header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST, HeaderMap, LOCATION},
    redirect::Policy,
};
use scraper::{ElementRef, Html, Selector};
use serde_json::Value;
use url::Url;

/// Parameters, in order; a name may be there more than once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params(pub Vec<(String, String)>);

impl Params {
    /// These.
    pub fn new(pairs: &[(&str, &str)]) -> Self {
        Self(pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect())
    }

    /// Those of a query or a form.
    pub fn parse(text: &str) -> Self {
        Self(url::form_urlencoded::parse(text.as_bytes()).into_owned().collect())
    }

    /// With this one, in place of any of the same name.
    #[must_use]
    pub fn with(self, name: &str, value: impl Into<String>) -> Self {
        self.without(name).and(name, value)
    }

    /// With one more, whether or not there is one of the same name.
    #[must_use]
    pub fn and(mut self, name: &str, value: impl Into<String>) -> Self {
        self.0.push((name.into(), value.into()));
        self
    }

    /// Without any of this name.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.0.retain(|(held, _)| held != name);
        self
    }

    /// The first of this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(held, _)| held == name).map(|(_, value)| value.as_str())
    }

    /// As `application/x-www-form-urlencoded`.
    pub fn encoded(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.0).finish()
    }
}

/// Sends requests to a server; follows no redirect and keeps no cookie.
#[derive(Clone, Debug)]
pub struct Http {
    client: reqwest::Client,
    issuer: Url,
    /// What it is asked for as, where that is another name than where it listens.
    host: Option<String>,
}

impl Http {
    /// To the server at this address.
    pub fn new(issuer: &str) -> Self {
        // Plain HTTP on this machine alone: neither a proxy nor the system's certificates.
        let client = reqwest::Client::builder().redirect(Policy::none()).no_proxy().tls_certs_only([]);
        Self { client: client.build().unwrap(), issuer: Url::parse(issuer).unwrap(), host: None }
    }

    /// As a proxy in front does: it passes on the host that people asked for.
    #[must_use]
    pub fn on_behalf_of(self, issuer: &str) -> Self {
        let host = issuer.split("://").nth(1).map(ToOwned::to_owned);
        Self { host: host.filter(|host| *host != self.issuer.authority()), ..self }
    }

    /// The URL of a path; a whole URL stays as it is.
    pub fn url(&self, path: &str) -> Url {
        self.issuer.join(path).unwrap()
    }

    /// Whether a URL is the server's own.
    pub fn owns(&self, url: &Url) -> bool {
        url.origin() == self.issuer.origin()
    }

    /// A request to finish and give to `send`.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.client.request(method, self.url(path));
        self.host.iter().fold(request, |request, host| request.header(HOST, host))
    }

    /// Gets a path.
    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path)).await
    }

    /// Gets a path with an access token.
    pub async fn get_with_token(&self, path: &str, access_token: &str) -> Answer {
        Answer::of(self.request(Method::GET, path).bearer_auth(access_token)).await
    }

    /// Posts a form, with further headers.
    pub async fn post(&self, path: &str, form: &Params, headers: HeaderMap) -> Answer {
        let request = self.request(Method::POST, path).headers(headers);
        Answer::of(request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form.encoded())).await
    }
}

/// The header that authenticates a client (RFC 6749 section 2.3.1).
pub fn basic(client_id: &str, secret: &str) -> HeaderMap {
    let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let credentials = STANDARD.encode(format!("{}:{}", encode(client_id), encode(secret)));
    HeaderMap::from_iter([(AUTHORIZATION, format!("Basic {credentials}").parse().unwrap())])
}

/// The header that carries cookies.
pub fn cookies(header: Option<reqwest::header::HeaderValue>) -> HeaderMap {
    header.into_iter().map(|value| (COOKIE, value)).collect()
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What was asked for.
    pub url: Url,
    /// The status code.
    pub status: u16,
    /// The header fields.
    pub headers: HeaderMap,
    /// The body.
    pub body: String,
}

impl Answer {
    /// The answer to a request.
    pub async fn of(request: reqwest::RequestBuilder) -> Self {
        Self::try_of(request).await.expect("the server answers")
    }

    /// The answer to a request, if there is one: the server may be down.
    pub async fn try_of(request: reqwest::RequestBuilder) -> reqwest::Result<Self> {
        let response = request.send().await?;
        let (url, status, headers) = (response.url().clone(), response.status().as_u16(), response.headers().clone());
        Ok(Self { url, status, headers, body: response.text().await? })
    }

    /// A header field.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Where a redirect leads.
    pub fn location(&self) -> Option<Url> {
        let redirects = (300..400).contains(&self.status);
        let location = self.headers.get(LOCATION).filter(|_| redirects)?;
        Some(self.url.join(location.to_str().unwrap()).unwrap())
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|why| panic!("not JSON ({why}): {self}"))
    }

    /// The JSON of a success.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{self}");
        self.json()
    }

    /// Fails unless it is this error, in JSON or on a page.
    #[track_caller]
    pub fn assert_error(&self, status: u16, code: &str) {
        let told = self.error();
        assert_eq!((self.status, told.as_deref()), (status, Some(code)), "{self}");
    }

    /// The protocol's code of an error, in JSON or on a page.
    #[track_caller]
    pub fn error(&self) -> Option<String> {
        if self.header("content-type").is_some_and(|kind| kind.starts_with("application/json")) {
            return self.json()["error"].as_str().map(Into::into);
        }
        self.text_of("error-code")
    }

    /// Whether the page has an element of this id.
    pub fn has(&self, id: &str) -> bool {
        self.find(id, |_| ()).is_some()
    }

    /// The text of the element of this id.
    pub fn text_of(&self, id: &str) -> Option<String> {
        self.find(id, |element| element.text().collect::<String>().trim().to_owned())
    }

    /// The text of each element that a selector finds.
    pub fn texts(&self, selector: &str) -> Vec<String> {
        let (page, selector) = (Html::parse_document(&self.body), Selector::parse(selector).unwrap());
        page.select(&selector).map(|element| element.text().collect::<String>().trim().to_owned()).collect()
    }

    /// Where the link of this id leads.
    #[track_caller]
    pub fn link(&self, id: &str) -> String {
        let href = self.find(id, |element| element.attr("href").map(ToOwned::to_owned)).flatten();
        href.unwrap_or_else(|| panic!("no link {id} here: {self}"))
    }

    /// Reads the element of this id.
    pub fn find<T>(&self, id: &str, read: impl FnOnce(ElementRef) -> T) -> Option<T> {
        let selector = Selector::parse(&format!("[id='{id}']")).unwrap();
        Html::parse_document(&self.body).select(&selector).next().map(read)
    }

    /// What the app is told, in a redirect or (`form_post`) in a form.
    #[track_caller]
    pub fn callback(&self) -> Callback {
        let found = self.location().map(Callback::of_redirect).or_else(|| Callback::of_form(&self.body));
        found.unwrap_or_else(|| panic!("no answer to the app: {self}"))
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let Self { url, status, headers, body } = self;
        write!(f, "{url} answered {status}\n{headers:#?}\n{body}")
    }
}

/// What an app is told at its redirect URI.
#[derive(Clone, Debug)]
pub struct Callback {
    /// The redirect URI, without what was added to it.
    pub to: String,
    /// What it is told; with `form_post`, the fields of the form.
    pub params: Params,
}

impl Callback {
    fn of_redirect(mut url: Url) -> Self {
        let params = Params::parse(url.query().unwrap_or_default());
        url.set_query(None);
        Self { to: url.into(), params }
    }

    fn of_form(body: &str) -> Option<Self> {
        let (forms, fields) = (Selector::parse("form").unwrap(), Selector::parse("input[type=hidden]").unwrap());
        let page = Html::parse_document(body);
        let form = page.select(&forms).next()?;
        let to = form.attr("action").filter(|action| action.contains(':'))?.to_owned();
        let attribute = |field: ElementRef, name| field.attr(name).unwrap_or_default().to_owned();
        let fields = form.select(&fields).map(|field| (attribute(field, "name"), attribute(field, "value")));
        Some(Self { to, params: Params(fields.collect()) })
    }

    /// One of the parameters.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.params.get(name)
    }

    /// The authorization code.
    #[track_caller]
    pub fn code(&self) -> String {
        self.get("code").unwrap_or_else(|| panic!("there is no code: {self:?}")).to_owned()
    }
}
