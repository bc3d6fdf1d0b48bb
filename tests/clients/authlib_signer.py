"""Authlib as a machine that signs who it is (private_key_jwt), for the token endpoint, as it does by itself.

ISSUER; APPS: a JSON array of client registrations (RFC 7591), each with its private_key: pem, kid, alg.
"""

import json
import os

import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT, private_key_jwt_sign

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
ISSUER = os.environ["ISSUER"]


class ForAMinute(PrivateKeyJWT):
    """By itself it signs for an hour, which is more than Genkan takes (docs/clients.md)."""

    def sign(self, auth, token_endpoint):
        return private_key_jwt_sign(
            auth.client_secret,
            client_id=auth.client_id,
            token_endpoint=token_endpoint,
            alg=self.alg,
            expires_in=60,
        )


metadata = requests.get(f"{ISSUER}/.well-known/openid-configuration", timeout=30).json()
for app in json.loads(os.environ["APPS"]):
    key = app["private_key"]
    assert key["alg"] in metadata["token_endpoint_auth_signing_alg_values_supported"], metadata
    session = OAuth2Session(
        app["client_id"], key["pem"], token_endpoint_auth_method="private_key_jwt", scope=app["scope"]
    )
    session.register_client_auth_method(ForAMinute(alg=key["alg"]))
    for _ in range(2):
        token = session.fetch_token(metadata["token_endpoint"], grant_type="client_credentials")
        assert token["scope"] == app["scope"], token
    told = session.introspect_token(metadata["introspection_endpoint"], token=token["access_token"])
    assert told.json()["active"] and told.json()["client_id"] == app["client_id"], told.text
    print(f"{app['client_id']}: passed")
