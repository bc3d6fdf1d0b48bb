-- What happened, in the order in which it was written down: a chain, in which each row seals itself and the one before
-- it by a key that is not in the database. details is JSON, without secrets.
CREATE TABLE audit (
    seq        BIGINT NOT NULL PRIMARY KEY,
    at         BIGINT NOT NULL,
    kind       TEXT   NOT NULL,
    -- Who did it, as domain/audit.rs writes it, such as person:ID or key:ID.
    actor      TEXT   NOT NULL,
    -- Whose account it is about; they may be gone.
    user_id    TEXT,
    client_id  TEXT,
    -- What else it is about, such as provider:google.
    object     TEXT,
    address    TEXT,
    user_agent TEXT,
    request_id TEXT,
    details    TEXT,
    seal       TEXT   NOT NULL
);
CREATE INDEX audit_at ON audit (at, seq);
CREATE INDEX audit_user_id ON audit (user_id, seq) WHERE user_id IS NOT NULL;
CREATE INDEX audit_kind ON audit (kind, seq);
CREATE INDEX audit_actor ON audit (actor, seq);
CREATE INDEX audit_client_id ON audit (client_id, seq) WHERE client_id IS NOT NULL;

-- Events of before the chain have no seal.
INSERT INTO audit (seq, at, kind, actor, user_id, client_id, address, user_agent, seal)
    SELECT row_number() OVER (ORDER BY at, id), at, kind, 'person:' || user_id, user_id, client_id, address, user_agent, ''
    FROM events;
DROP TABLE events;

-- Where the chain ends, and where it begins: after what has been removed since, or was there before it. The beginning
-- is sealed, too.
CREATE TABLE audit_chain (
    id        TEXT   NOT NULL PRIMARY KEY CHECK (id = 'only'),
    seq       BIGINT NOT NULL,
    seal      TEXT   NOT NULL,
    base_seq  BIGINT NOT NULL,
    base_seal TEXT   NOT NULL,
    base_mark TEXT
);
INSERT INTO audit_chain (id, seq, seal, base_seq, base_seal)
    SELECT 'only', coalesce(max(seq), 0), '', coalesce(max(seq), 0), '' FROM audit;
