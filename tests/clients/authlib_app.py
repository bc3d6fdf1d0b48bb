"""A Flask app that signs people in with Authlib, and a person who uses it.

ISSUER; EMAIL, PASSWORD, SUB, NAME of a person; APP: a client registration (RFC 7591) in JSON, whose redirect URIs
are on the port of this machine where the app is to listen.
"""

import json
import os
import threading
from urllib.parse import parse_qs, urlsplit

from authlib.integrations.flask_client import OAuth
from flask import Flask, jsonify, redirect, session, url_for
from person import Person, shows
from werkzeug.serving import make_server

ISSUER = os.environ["ISSUER"]
APP = json.loads(os.environ["APP"])
CALLBACK = urlsplit(APP["redirect_uris"][0])
HOME = f"http://{CALLBACK.netloc}"


# The app.

flask = Flask(__name__)
flask.secret_key = os.urandom(32)
# Its cookies and Genkan's are in one jar, as both are on this machine.
flask.config["SESSION_COOKIE_NAME"] = "app"
oauth = OAuth(flask)
oauth.register(
    "genkan",
    client_id=APP["client_id"],
    client_secret=APP.get("client_secret"),
    server_metadata_url=f"{ISSUER}/.well-known/openid-configuration",
    client_kwargs={
        "scope": "openid profile email offline_access",
        "code_challenge_method": "S256",
        "token_endpoint_auth_method": APP.get("token_endpoint_auth_method", "client_secret_basic"),
    },
)
# What does not fit into a cookie.
kept = {}


@flask.get("/")
def home():
    return jsonify(session.get("user"))


@flask.get("/sign-in")
def sign_in():
    return oauth.genkan.authorize_redirect(url_for("callback", _external=True))


@flask.get("/callback")
def callback():
    token = oauth.genkan.authorize_access_token()
    kept["token"] = token
    session["user"] = {"claims": token["userinfo"], "userinfo": oauth.genkan.userinfo(token=token)}
    return redirect("/")


@flask.get("/refresh")
def refresh():
    spent = kept["token"]
    fresh = oauth.genkan.fetch_access_token(grant_type="refresh_token", refresh_token=spent["refresh_token"])
    kept["token"] = {**spent, **fresh}
    userinfo = oauth.genkan.userinfo(token=kept["token"])
    return jsonify(
        userinfo=userinfo,
        access_token_is_new=fresh["access_token"] != spent["access_token"],
        refresh_token_is_new=fresh["refresh_token"] != spent["refresh_token"],
    )


@flask.get("/sign-out")
def sign_out():
    session.clear()
    return oauth.genkan.logout_redirect(
        post_logout_redirect_uri=APP["post_logout_redirect_uris"][0],
        id_token_hint=kept["token"]["id_token"],
    )


@flask.get("/signed-out")
def signed_out():
    oauth.genkan.validate_logout_response()
    return "signed out"


# The person.


def main():
    person = Person(ISSUER, os.environ["EMAIL"], os.environ["PASSWORD"])
    page = person.sign_in(person.open(f"{HOME}/sign-in"))
    assert page.url == f"{HOME}/", page.url
    user = page.json()
    claims, userinfo = user["claims"], user["userinfo"]
    assert claims["sub"] == userinfo["sub"] == os.environ["SUB"], user
    assert claims["iss"] == ISSUER and claims["aud"] in (APP["client_id"], [APP["client_id"]]), claims
    assert claims["nonce"] and claims["exp"] > claims["iat"] >= claims["auth_time"], claims
    assert (userinfo["email"], userinfo["email_verified"]) == (os.environ["EMAIL"], True), userinfo
    assert userinfo["name"] == os.environ["NAME"], userinfo

    refreshed = person.open(f"{HOME}/refresh").json()
    assert refreshed["userinfo"] == userinfo, refreshed
    assert refreshed["access_token_is_new"] and refreshed["refresh_token_is_new"], refreshed

    # Known by now: no page in between.
    page = person.open(f"{HOME}/sign-in")
    assert page.url == f"{HOME}/", page.url

    page = person.open(f"{HOME}/sign-out")
    if shows(page, "logout-confirm"):
        page = person.press(page, "logout-confirm")
    assert page.url.startswith(APP["post_logout_redirect_uris"][0]), page.url
    assert "state" in parse_qs(urlsplit(page.url).query) and page.text == "signed out", page.text

    # Neither the app nor Genkan knows them any more.
    assert person.open(f"{HOME}/").json() is None
    assert shows(person.open(f"{HOME}/sign-in"), "login-submit")


server = make_server(CALLBACK.hostname, CALLBACK.port, flask, threaded=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
main()
server.shutdown()
print(f"{APP['client_id']}: passed")
