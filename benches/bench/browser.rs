//! A person's browser: follows redirects, keeps cookies, fills in forms.
use crate::{
    Result,
    http::{Connection, Response, Site},
    server::{PASSWORD, REDIRECT_URI},
};
use scraper::{Html, Selector};
use std::collections::BTreeMap;
use url::form_urlencoded;

/// More pages than any way through the sign-in has.
const PAGES: usize = 10;

/// One browser.
pub struct Browser {
    site: Site,
    cookies: BTreeMap<String, String>,
}

/// What came of opening a path.
pub struct Opened {
    /// Where it leads on to.
    pub location: Option<String>,
    /// The page.
    pub body: String,
}

/// A form as a page has it.
struct Form {
    action: Option<String>,
    hidden: Vec<(String, String)>,
}

enum Next {
    Code(String),
    Page(String),
    Form(Form),
}

impl Browser {
    pub fn new(site: &Site) -> Self {
        Self { site: site.clone(), cookies: BTreeMap::new() }
    }

    /// The `Cookie` header.
    pub fn cookies(&self) -> String {
        let pairs: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    /// Goes to this path and signs in when asked to, up to the authorization code.
    pub async fn sign_in(&mut self, http: &mut Connection, path: &str, email: &str) -> Result<String> {
        let mut path = path.to_owned();
        let mut form: Option<Form> = None;
        for _ in 0..PAGES {
            let cookies = self.cookies();
            let request = match form.take() {
                None => self.site.get(&path, &[("cookie", &cookies)]),
                Some(form) => {
                    let mut fields = vec![("username", email), ("password", PASSWORD)];
                    fields.extend(form.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())));
                    path = form.action.unwrap_or(path);
                    self.site.post(&path, &[("cookie", &cookies), ("origin", &self.site.issuer)], &fields)
                }
            };
            let response = http.send(&request).await?;
            self.keep_cookies(&response);
            match self.next(&response)? {
                Next::Code(code) => return Ok(code),
                Next::Page(next) => path = next,
                Next::Form(next) => form = Some(next),
            }
        }
        Err("the sign-in never ends".into())
    }

    /// Goes to this path, and to nothing that it leads to.
    pub async fn open(&mut self, http: &mut Connection, path: &str) -> Result<Opened> {
        let path = path.split('#').next().unwrap_or_default();
        let response = http.send(&self.site.get(path, &[("cookie", &self.cookies())])).await?;
        self.keep_cookies(&response);
        let location = response.header("location");
        let location = location.map(|to| to.strip_prefix(&self.site.issuer).unwrap_or(to).to_owned());
        match response.status {
            200 | 302 | 303 => Ok(Opened { location, body: response.body.to_owned() }),
            _ => Err(response.unexpected()),
        }
    }

    /// The fields that the page's form with this field has, besides those that people fill in.
    pub async fn form(&mut self, http: &mut Connection, path: &str, field: &str) -> Result<Vec<(String, String)>> {
        let response = http.send(&self.site.get(path, &[("cookie", &self.cookies())])).await?;
        self.keep_cookies(&response);
        Ok(form_with(response.body, field).ok_or_else(|| response.unexpected())?.hidden)
    }

    fn next(&self, response: &Response<'_>) -> Result<Next> {
        match (response.status, response.header("location")) {
            (302 | 303, Some(to)) if to.starts_with(REDIRECT_URI) => Ok(Next::Code(code(response)?)),
            (302 | 303, Some(to)) => Ok(Next::Page(to.strip_prefix(&self.site.issuer).unwrap_or(to).to_owned())),
            (200, _) => Ok(Next::Form(form_with(response.body, "password").ok_or_else(|| response.unexpected())?)),
            _ => Err(response.unexpected()),
        }
    }

    fn keep_cookies(&mut self, response: &Response<'_>) {
        for header in response.headers("set-cookie") {
            let mut parts = header.split(';').map(str::trim);
            let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { continue };
            if value.is_empty() || parts.any(|part| part.eq_ignore_ascii_case("max-age=0")) {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.into(), value.into());
            }
        }
    }
}

/// The authorization code that the response brings to the app.
pub fn code(response: &Response<'_>) -> Result<String> {
    let query = response.header("location").and_then(|to| to.strip_prefix(REDIRECT_URI)?.strip_prefix('?'));
    let mut parameters = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let code = parameters.find(|(name, _)| name == "code");
    code.map(|(_, code)| code.into_owned()).ok_or_else(|| response.unexpected())
}

/// The form of the page that has this field.
fn form_with(page: &str, field: &str) -> Option<Form> {
    let selector = |text| Selector::parse(text).ok();
    let page = Html::parse_document(page);
    let named = format!("input[name={field}]");
    let (forms, named, hidden) = (selector("form")?, selector(&named)?, selector("input[type=hidden]")?);
    let form = page.select(&forms).find(|form| form.select(&named).next().is_some())?;
    let pair = |input: scraper::ElementRef<'_>| {
        Some((input.attr("name")?.to_owned(), input.attr("value").unwrap_or_default().to_owned()))
    };
    Some(Form {
        action: form.attr("action").filter(|action| !action.is_empty()).map(Into::into),
        hidden: form.select(&hidden).filter_map(pair).collect(),
    })
}
