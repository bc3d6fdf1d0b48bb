-- One schema for SQLite and PostgreSQL, in the types both share: TEXT, BYTEA, and BIGINT for
-- seconds since 1970. No booleans: a nullable time says more. Ids are made by Genkan.

CREATE TABLE users (
    id                TEXT   NOT NULL PRIMARY KEY,
    email             TEXT   UNIQUE,
    email_verified_at BIGINT,
    username          TEXT   UNIQUE,
    name              TEXT,
    profile           TEXT   NOT NULL,
    role              TEXT,
    created_at        BIGINT NOT NULL,
    updated_at        BIGINT NOT NULL,
    disabled_at       BIGINT
);

CREATE TABLE passwords (
    user_id    TEXT   NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    hash       TEXT   NOT NULL,
    changed_at BIGINT NOT NULL
);

-- The second factor: a secret shared with an authenticator app, sealed; in force once a code has
-- shown that the app has it. A code is good for one step, and each step is used once.
CREATE TABLE totp (
    user_id      TEXT   NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    sealed       BYTEA  NOT NULL,
    created_at   BIGINT NOT NULL,
    confirmed_at BIGINT,
    last_step    BIGINT NOT NULL
);

CREATE TABLE recovery_codes (
    user_id TEXT NOT NULL REFERENCES totp (user_id) ON DELETE CASCADE,
    digest  TEXT NOT NULL,
    PRIMARY KEY (user_id, digest)
);

CREATE TABLE clients (
    id         TEXT   NOT NULL PRIMARY KEY,
    source     TEXT   NOT NULL CHECK (source IN ('settings', 'command')),
    metadata   TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE sessions (
    digest     TEXT   NOT NULL PRIMARY KEY,
    sid        TEXT   NOT NULL,
    user_id    TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    state      TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_sid ON sessions (sid);
CREATE INDEX sessions_user_id ON sessions (user_id);
CREATE INDEX sessions_expires_at ON sessions (expires_at);

-- One authorization, its code and its refresh token family: so that redeeming and rotating are
-- one statement each on one row, and whatever is wrong with any part of it is wrong with all.
CREATE TABLE grants (
    id                 TEXT   NOT NULL PRIMARY KEY,
    user_id            TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id          TEXT   NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    sid                TEXT   NOT NULL,
    scopes             TEXT   NOT NULL,
    auth_time          BIGINT NOT NULL,
    methods            TEXT   NOT NULL,
    nonce              TEXT,
    redirect_uri       TEXT   NOT NULL,
    code_challenge     TEXT,
    code               TEXT   NOT NULL UNIQUE,
    code_expires_at    BIGINT NOT NULL,
    code_redeemed_at   BIGINT,
    -- Counts the rotations; the token itself is never stored, in no form.
    refresh_generation BIGINT NOT NULL,
    refresh_rotated_at BIGINT NOT NULL,
    refresh_retries    BIGINT NOT NULL,
    -- When it is dead unless used before; moves with each rotation, up to expires_at.
    idle_expires_at    BIGINT NOT NULL,
    expires_at         BIGINT NOT NULL,
    revoked_at         BIGINT
);
CREATE INDEX grants_user_id ON grants (user_id);
CREATE INDEX grants_client_id ON grants (client_id);
CREATE INDEX grants_sid ON grants (sid);

CREATE TABLE consents (
    user_id    TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id  TEXT   NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    scopes     TEXT   NOT NULL,
    granted_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, client_id)
);

-- Access tokens without a grant (client_credentials) that were revoked before they ran out.
CREATE TABLE revoked_tokens (
    jti        TEXT   NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);

-- State follows from time: next until activated_at, active until a later one is, retired then.
CREATE TABLE signing_keys (
    kid          TEXT   NOT NULL PRIMARY KEY,
    algorithm    TEXT   NOT NULL,
    sealed       BYTEA  NOT NULL,
    created_at   BIGINT NOT NULL,
    activated_at BIGINT
);
-- One next key of a kind, however many nodes make one at once.
CREATE UNIQUE INDEX signing_keys_next ON signing_keys (algorithm) WHERE activated_at IS NULL;

-- What the master key sealed first: proof that a master key is the right one.
CREATE TABLE master_key_check (
    id     TEXT  NOT NULL PRIMARY KEY CHECK (id = 'only'),
    sealed BYTEA NOT NULL
);

-- The link that creates the owner of a fresh instance; one at a time.
CREATE TABLE setup_links (
    id         TEXT   NOT NULL PRIMARY KEY CHECK (id = 'owner'),
    digest     TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);

-- Tries at guessing a credential, by account and by address, within a window.
CREATE TABLE attempts (
    subject    TEXT   NOT NULL PRIMARY KEY,
    tries      BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- What nodes keep in memory, and how often it has changed: each node watches these rows.
CREATE TABLE versions (
    name    TEXT   NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL
);
INSERT INTO versions (name, version) VALUES ('clients', 0), ('signing_keys', 0);
