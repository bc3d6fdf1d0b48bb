-- Who people are at other providers. One row is one of them, whose key is the provider and its name for the person. It
-- belongs to nobody while an account is not yet made or proved: so a name that the provider tells once is kept. What the
-- provider said is JSON. One that is suspended opens nothing until its provider says otherwise. News may come in any
-- order: of when something last ended, and last went on, the later holds.
CREATE TABLE identities (
    id              TEXT   NOT NULL PRIMARY KEY,
    provider        TEXT   NOT NULL,
    subject         TEXT   NOT NULL,
    user_id         TEXT   REFERENCES users (id) ON DELETE CASCADE,
    said            TEXT   NOT NULL,
    created_at      BIGINT NOT NULL,
    seen_at         BIGINT NOT NULL,
    last_used_at    BIGINT,
    suspended_at    BIGINT,
    resumed_at      BIGINT,
    mail_stopped_at BIGINT,
    mail_resumed_at BIGINT,
    UNIQUE (provider, subject)
);
CREATE INDEX identities_user_id ON identities (user_id);
CREATE INDEX identities_seen_at ON identities (seen_at) WHERE user_id IS NULL;

-- Pictures that come from a provider, and the address there; those that people upload have neither.
ALTER TABLE pictures ADD COLUMN provider TEXT;
ALTER TABLE pictures ADD COLUMN source TEXT;

-- Requests that were sent to other providers, sealed, by the digest of their state. Each is answered once; for a moment
-- after, a browser that asks again is told where to go.
CREATE TABLE upstream_requests (
    state       TEXT   NOT NULL PRIMARY KEY,
    sealed      BYTEA  NOT NULL,
    answered_at BIGINT,
    expires_at  BIGINT NOT NULL
);
CREATE INDEX upstream_requests_expires_at ON upstream_requests (expires_at);

-- By which identity somebody signed in, and which session there it was, where the provider names one.
ALTER TABLE sessions ADD COLUMN identity_id TEXT;
ALTER TABLE sessions ADD COLUMN upstream_sid TEXT;
CREATE INDEX sessions_identity_id ON sessions (identity_id) WHERE identity_id IS NOT NULL;

-- From which provider the person of a grant came, so that an app that is limited to some stays so.
ALTER TABLE grants ADD COLUMN provider TEXT;

-- Tokens of providers that are kept: for apps that may have them, and to give them back in the end. Sealed. Who renews
-- them or gives them back claims them for a while; those that are dead were refused by the provider. Where an identity
-- goes, in whichever way, its tokens stay behind as nobody's, and are given back. Where a provider may name a refresh
-- token by its beginning or its hash, the digests of both are kept.
CREATE TABLE upstream_tokens (
    id            TEXT   NOT NULL PRIMARY KEY,
    identity_id   TEXT   REFERENCES identities (id) ON DELETE SET NULL,
    provider      TEXT   NOT NULL,
    client_id     TEXT   NOT NULL,
    access        BYTEA,
    refresh       BYTEA,
    prefix_digest TEXT,
    hash_digest   TEXT,
    expires_at    BIGINT,
    claimed_until BIGINT NOT NULL,
    retry_at      BIGINT NOT NULL,
    failures      BIGINT NOT NULL,
    died_at       BIGINT,
    released_at   BIGINT,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    UNIQUE (identity_id, client_id)
);
CREATE INDEX upstream_tokens_prefix_digest ON upstream_tokens (prefix_digest) WHERE prefix_digest IS NOT NULL;
CREATE INDEX upstream_tokens_hash_digest ON upstream_tokens (hash_digest) WHERE hash_digest IS NOT NULL;
CREATE INDEX upstream_tokens_waiting ON upstream_tokens (retry_at) WHERE identity_id IS NULL;

-- Providers that the operator has set up besides those of the settings file: their sections, sealed.
CREATE TABLE providers (
    name       TEXT   NOT NULL PRIMARY KEY,
    sealed     BYTEA  NOT NULL,
    updated_at BIGINT NOT NULL
);
INSERT INTO versions (name, version) VALUES ('providers', 0);
