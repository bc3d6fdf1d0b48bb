-- What people are found by: how their address, user name and name begin, in lower case. As bytes, because these are in
-- the same order on every database, whatever its collation.
CREATE TABLE user_terms (
    user_id TEXT  NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    term    BYTEA NOT NULL,
    PRIMARY KEY (user_id, term)
);
CREATE INDEX user_terms_term ON user_terms (term, user_id);

-- Since when somebody's terms are there. Those of whoever was there before are made when the database is next opened.
ALTER TABLE users ADD COLUMN terms_at BIGINT;
CREATE INDEX users_terms_at ON users (id) WHERE terms_at IS NULL;

-- The lists of people, the newest first.
CREATE INDEX users_created_at ON users (created_at, id);
CREATE INDEX users_disabled_at ON users (created_at, id) WHERE disabled_at IS NOT NULL;
CREATE INDEX users_role ON users (role) WHERE role IS NOT NULL;

-- Which keys end with the powers of whoever made them.
CREATE INDEX api_keys_created_by ON api_keys (created_by);

-- Held by whoever takes power from somebody, so that of two at once the second sees what the first has left.
INSERT INTO versions (name, version) VALUES ('rulers', 0);
