-- Passkeys. What the authenticator made is JSON: its public key, and how it is protected.
CREATE TABLE passkeys (
    id            TEXT   NOT NULL PRIMARY KEY,
    user_id       TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    credential_id TEXT   NOT NULL UNIQUE,
    credential    TEXT   NOT NULL,
    -- How often it has signed, where the authenticator counts; else 0.
    counter       BIGINT NOT NULL,
    name          TEXT   NOT NULL,
    created_at    BIGINT NOT NULL,
    last_used_at  BIGINT
);
CREATE INDEX passkeys_user_id ON passkeys (user_id);

-- Challenges that were answered, until they would have run out anyway: each is answered once.
CREATE TABLE spent_challenges (
    digest     TEXT   NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX spent_challenges_expires_at ON spent_challenges (expires_at);

-- Who is asked for a second factor, whichever they have; the recovery codes belong to that.
CREATE TABLE two_step (
    user_id TEXT   NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    since   BIGINT NOT NULL
);
INSERT INTO two_step (user_id, since) SELECT user_id, confirmed_at FROM totp WHERE confirmed_at IS NOT NULL;

CREATE TABLE codes_of_two_step (
    user_id TEXT NOT NULL REFERENCES two_step (user_id) ON DELETE CASCADE,
    digest  TEXT NOT NULL,
    PRIMARY KEY (user_id, digest)
);
INSERT INTO codes_of_two_step (user_id, digest)
    SELECT c.user_id, c.digest FROM recovery_codes c JOIN two_step t ON t.user_id = c.user_id;
DROP TABLE recovery_codes;
ALTER TABLE codes_of_two_step RENAME TO recovery_codes;
