-- Several people may be signed in in one browser: a row is one sign-in, and those with the same digest share a cookie.
-- place orders them, the one in use first. Sessions of before end; their people sign in again.
DROP TABLE sessions;
CREATE TABLE sessions (
    sid        TEXT   NOT NULL PRIMARY KEY,
    digest     TEXT   NOT NULL,
    user_id    TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    state      TEXT   NOT NULL,
    place      BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_digest ON sessions (digest);
CREATE INDEX sessions_user_id ON sessions (user_id);
CREATE INDEX sessions_expires_at ON sessions (expires_at);

-- Browsers in which somebody has signed in before, by a name that a cookie keeps. Until trusted_until, the password is
-- enough there.
CREATE TABLE devices (
    user_id       TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    digest        TEXT   NOT NULL,
    created_at    BIGINT NOT NULL,
    seen_at       BIGINT NOT NULL,
    trusted_until BIGINT,
    PRIMARY KEY (user_id, digest)
);
CREATE INDEX devices_seen_at ON devices (seen_at);

-- By how much the window is longer than usual: it doubles each time that the limit is passed.
ALTER TABLE attempts ADD COLUMN strikes BIGINT NOT NULL DEFAULT 1;

-- The authentication context that a sign-in met (acr), as the client was told.
ALTER TABLE grants ADD COLUMN acr TEXT;

-- A person may freeze their account, and leave: it is removed at delete_at.
ALTER TABLE users ADD COLUMN frozen_at BIGINT;
ALTER TABLE users ADD COLUMN delete_at BIGINT;
CREATE INDEX users_delete_at ON users (delete_at) WHERE delete_at IS NOT NULL;

-- What happened to an account, for its owner and for those who run the instance. No secrets.
CREATE TABLE events (
    id         TEXT   NOT NULL PRIMARY KEY,
    at         BIGINT NOT NULL,
    kind       TEXT   NOT NULL,
    user_id    TEXT   NOT NULL,
    client_id  TEXT,
    address    TEXT,
    user_agent TEXT
);
CREATE INDEX events_user_id ON events (user_id, at);
CREATE INDEX events_at ON events (at);
