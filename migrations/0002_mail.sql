-- Mail: letters on their way out, and one-time links and codes.

-- A letter says whom to write to and what about, sealed; the mail itself, with its link, is made when it is sent and
-- stored nowhere. Who sends it claims it for a while; what was sent is gone.
CREATE TABLE outbox (
    id            TEXT   NOT NULL PRIMARY KEY,
    sealed        BYTEA  NOT NULL,
    due_at        BIGINT NOT NULL,
    claimed_until BIGINT NOT NULL,
    attempts      BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL
);
CREATE INDEX outbox_due_at ON outbox (due_at);

-- A ticket is good for one thing, once. Of each purpose a holder (a person, or an address without one) has one: a newer
-- one takes its place. Where each stands for itself, the holder is the ticket's own id.
CREATE TABLE tickets (
    id          TEXT   NOT NULL PRIMARY KEY,
    purpose     TEXT   NOT NULL,
    holder      TEXT   NOT NULL,
    digest      TEXT   NOT NULL UNIQUE,
    code_digest TEXT,
    user_id     TEXT   REFERENCES users (id) ON DELETE CASCADE,
    email       TEXT,
    data        TEXT,
    browser     TEXT,
    tries       BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    spent_at    BIGINT,
    UNIQUE (purpose, holder)
);
CREATE INDEX tickets_user_id ON tickets (user_id);
CREATE INDEX tickets_expires_at ON tickets (expires_at);
