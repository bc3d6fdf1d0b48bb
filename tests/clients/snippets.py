"""The Python snippets of apps' pages, run as they stand there.

FLASK: that of a web app, with HOME_OF_APP, the origin of its redirect URI; EMAIL, PASSWORD, SUB of a person. PYTHON: that of an
app without people. OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET are of whichever of the two is there.
"""

import os
import threading
from urllib.parse import urlsplit

from person import Person, shows
from werkzeug.serving import make_server

ISSUER = os.environ["OIDC_ISSUER"]


def run(name):
    there = {"__name__": name}
    exec(compile(os.environ[name], name, "exec"), there)
    return there


def web_app(home):
    os.environ["FLASK_SECRET_KEY"] = os.urandom(32).hex()
    from flask import session

    app = run("FLASK")["app"]
    # Its cookies and Genkan's are in one jar, as both are on this machine.
    app.config["SESSION_COOKIE_NAME"] = "app"
    # The snippet leaves its pages to whoever copies it.
    app.get("/")(lambda: session.get("sub", ""))
    at = urlsplit(home)
    server = make_server(at.hostname, at.port, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    person = Person(ISSUER, os.environ["EMAIL"], os.environ["PASSWORD"])
    page = person.open(f"{home}/sign-in")
    assert shows(page, "login-submit"), page.text
    page = person.sign_in(page)
    assert (page.url, page.text) == (f"{home}/", os.environ["SUB"]), (page.url, page.text)
    server.shutdown()


if "FLASK" in os.environ:
    web_app(os.environ["HOME_OF_APP"])
if "PYTHON" in os.environ:
    run("PYTHON")
