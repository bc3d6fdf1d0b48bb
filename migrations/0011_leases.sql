-- Work that one node at a time does: who is at it and until when at most, and when it was done last.
CREATE TABLE leases (
    name       TEXT   NOT NULL PRIMARY KEY,
    holder     TEXT   NOT NULL,
    expires_at BIGINT NOT NULL,
    done_at    BIGINT NOT NULL
);
INSERT INTO leases (name, holder, expires_at, done_at) VALUES ('cleanup', '', 0, 0);
INSERT INTO leases (name, holder, expires_at, done_at) VALUES ('keys', '', 0, 0);
