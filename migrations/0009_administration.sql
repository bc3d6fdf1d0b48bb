-- Keys to the administration: their digests alone.
CREATE TABLE api_keys (
    id           TEXT   NOT NULL PRIMARY KEY,
    name         TEXT   NOT NULL,
    digest       TEXT   NOT NULL UNIQUE,
    role         TEXT   NOT NULL,
    created_by   TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT,
    -- To the minute.
    last_used_at BIGINT,
    revoked_at   BIGINT
);

-- What else the audit trail is searched by.
CREATE INDEX audit_address ON audit (address, seq) WHERE address IS NOT NULL;
CREATE INDEX audit_request_id ON audit (request_id, seq) WHERE request_id IS NOT NULL;
CREATE INDEX audit_object ON audit (object, seq) WHERE object IS NOT NULL;

-- How far those who go along the audit trail have come.
CREATE TABLE audit_followers (
    name TEXT   NOT NULL PRIMARY KEY,
    seq  BIGINT NOT NULL
);
INSERT INTO audit_followers (name, seq) VALUES ('hours', 0);

-- How much of what happened in each hour. method: how somebody signed in, else nothing.
CREATE TABLE audit_hours (
    hour   BIGINT NOT NULL,
    kind   TEXT   NOT NULL,
    method TEXT   NOT NULL,
    events BIGINT NOT NULL,
    PRIMARY KEY (hour, kind, method)
);

-- What apps are told of people: the groups they belong to, and the roles they have. The name is what apps read.
CREATE TABLE groups (
    id          TEXT   NOT NULL PRIMARY KEY,
    kind        TEXT   NOT NULL CHECK (kind IN ('group', 'role')),
    name        TEXT   NOT NULL,
    description TEXT   NOT NULL,
    version     BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    UNIQUE (kind, name)
);

CREATE TABLE members (
    group_id TEXT   NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    user_id  TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (group_id, user_id)
);
CREATE INDEX members_user_id ON members (user_id);

-- How often an app's metadata has changed, so that nobody overwrites what they have not seen.
ALTER TABLE clients ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
-- What an app is found by, in lower case: its id, its name and its addresses. Empty until it is written.
ALTER TABLE clients ADD COLUMN found_by TEXT NOT NULL DEFAULT '';
CREATE INDEX clients_created_at ON clients (created_at, id);

-- The logos of apps that were uploaded, as they were drawn anew.
CREATE TABLE client_logos (
    client_id TEXT  NOT NULL PRIMARY KEY REFERENCES clients (id) ON DELETE CASCADE,
    id        TEXT  NOT NULL UNIQUE,
    kind      TEXT  NOT NULL,
    bytes     BYTEA NOT NULL
);

-- Answers to requests that create something, sealed, by who asked and the key they sent: asked again, they are given
-- again.
CREATE TABLE idempotency (
    digest     TEXT   NOT NULL PRIMARY KEY,
    -- Of the request, so that one key is not used for two.
    request    TEXT   NOT NULL,
    -- Nothing while the request is being answered.
    sealed     BYTEA,
    expires_at BIGINT NOT NULL
);
CREATE INDEX idempotency_expires_at ON idempotency (expires_at);

-- Who else is told of events, by the Standard Webhooks specification. The settings are JSON; the secrets are sealed.
CREATE TABLE webhooks (
    id            TEXT   NOT NULL PRIMARY KEY,
    settings      TEXT   NOT NULL,
    sealed        BYTEA  NOT NULL,
    version       BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    -- Up to which row of the audit trail it has been given what it is told.
    seq           BIGINT NOT NULL,
    disabled_at   BIGINT,
    disabled_for  TEXT,
    -- Which node sends to it, and until when no other does.
    claimed_by    TEXT,
    claimed_until BIGINT NOT NULL
);

-- What waits to be told, or was.
CREATE TABLE deliveries (
    id           TEXT   NOT NULL PRIMARY KEY,
    webhook_id   TEXT   NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    seq          BIGINT NOT NULL,
    kind         TEXT   NOT NULL,
    body         TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    -- When it is to be sent; nothing where it was, or is given up.
    due_at       BIGINT,
    attempts     BIGINT NOT NULL,
    delivered_at BIGINT,
    -- How the last attempt ended: a status, or a word.
    outcome      TEXT
);
CREATE INDEX deliveries_due ON deliveries (webhook_id, due_at, seq) WHERE due_at IS NOT NULL;
CREATE INDEX deliveries_webhook_id ON deliveries (webhook_id, created_at, id);
CREATE INDEX deliveries_done ON deliveries (created_at) WHERE due_at IS NULL;
