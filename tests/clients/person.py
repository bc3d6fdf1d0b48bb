"""A person at a browser without scripts: cookies, redirects, forms. It knows Genkan by the ids of its buttons alone."""

from html.parser import HTMLParser
from urllib.parse import urljoin

import requests


class Form(HTMLParser):
    """The form around the button of an id: where it goes and what it sends."""

    def __init__(self, button, html):
        super().__init__()
        self.button, self.found = button, None
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            self.action, self.fields = attributes.get("action") or "", {}
        elif tag == "input" and "name" in attributes:
            self.fields[attributes["name"]] = attributes.get("value") or ""
        elif tag == "button" and attributes.get("id") == self.button:
            if "name" in attributes:
                self.fields[attributes["name"]] = attributes.get("value") or ""
            self.found = self.action, self.fields


class Person:
    """Whoever signs in at `issuer` with this password."""

    def __init__(self, issuer, email, password):
        self.issuer, self.email, self.password = issuer, email, password
        self.browser = requests.Session()
        # Neither a proxy nor anybody's settings: everything is on this machine.
        self.browser.trust_env = False

    def open(self, url):
        page = self.browser.get(url, timeout=30)
        page.raise_for_status()
        return page

    def press(self, page, button, **filled):
        found = Form(button, page.text).found
        assert found, f"no {button} at {page.url}:\n{page.text}"
        action, fields = found
        answer = self.browser.post(
            urljoin(page.url, action), data={**fields, **filled}, headers={"Origin": self.issuer}, timeout=30
        )
        answer.raise_for_status()
        return answer

    def sign_in(self, page):
        page = self.press(page, "login-submit", username=self.email, password=self.password)
        return self.press(page, "consent-allow")


def shows(page, button):
    return f'id="{button}"' in page.text
