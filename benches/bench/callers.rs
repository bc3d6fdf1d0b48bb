//! What a connection does again and again in each scenario.
use crate::{
    Result,
    app::{App, tokens},
    browser::{Browser, code},
    http::Connection,
    load::Caller,
};
use std::{cell::RefCell, ops::ControlFlow, rc::Rc, time::Duration};

const GO_ON: Result<ControlFlow<()>> = Ok(ControlFlow::Continue(()));

/// Authorization codes in store.
pub type Codes = Rc<RefCell<Vec<String>>>;

/// The same request, whose answer is 200 and has this in it.
#[derive(Clone)]
pub struct Same {
    pub request: Rc<[u8]>,
    pub expected: &'static str,
}

impl Caller for Same {
    async fn call(&mut self, http: &mut Connection) -> Result<ControlFlow<()>> {
        let response = http.send(&self.request).await?;
        if response.status == 200 && response.body.contains(self.expected) { GO_ON } else { Err(response.unexpected()) }
    }
}

/// The same, sent now and then.
pub struct Watch(pub Same);

impl Caller for Watch {
    async fn call(&mut self, http: &mut Connection) -> Result<ControlFlow<()>> {
        self.0.call(http).await
    }

    fn rest(&self) -> Duration {
        Duration::from_millis(50)
    }
}

/// A browser with a session comes to `/authorize` and goes back to the app with a code.
#[derive(Clone)]
pub struct SignOn {
    pub request: Rc<[u8]>,
    pub codes: Codes,
}

impl Caller for SignOn {
    async fn call(&mut self, http: &mut Connection) -> Result<ControlFlow<()>> {
        let code = code(&http.send(&self.request).await?)?;
        self.codes.borrow_mut().push(code);
        GO_ON
    }
}

/// An app redeems codes while there are any.
#[derive(Clone)]
pub struct Redeem {
    pub app: App,
    pub codes: Codes,
}

impl Caller for Redeem {
    async fn call(&mut self, http: &mut Connection) -> Result<ControlFlow<()>> {
        let Some(code) = self.codes.borrow_mut().pop() else { return Ok(ControlFlow::Break(())) };
        tokens(&http.send(&self.app.redeem(&code)).await?)?;
        GO_ON
    }
}

/// An app rotates its refresh token.
pub struct Refresh {
    pub app: App,
    pub token: String,
    pub rest: Duration,
}

impl Caller for Refresh {
    async fn call(&mut self, http: &mut Connection) -> Result<ControlFlow<()>> {
        let tokens = tokens(&http.send(&self.app.refresh(&self.token)).await?)?;
        self.token = tokens.refresh_token.ok_or("no refresh token")?;
        GO_ON
    }

    fn rest(&self) -> Duration {
        self.rest
    }
}

/// A person whom no cookie knows signs in with a password, and the app redeems the code.
pub struct SignIn {
    pub app: App,
    pub email: String,
}

impl Caller for SignIn {
    async fn call(&mut self, http: &mut Connection) -> Result<ControlFlow<()>> {
        let mut browser = Browser::new(&self.app.site);
        let code = browser.sign_in(http, &self.app.authorize_path(), &self.email).await?;
        tokens(&http.send(&self.app.redeem(&code)).await?)?;
        GO_ON
    }
}
