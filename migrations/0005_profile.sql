-- Pictures that people upload, as Genkan drew them anew. The id is in the address, and another one
-- after each upload: what is behind it never changes.
CREATE TABLE pictures (
    user_id    TEXT   NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    id         TEXT   NOT NULL UNIQUE,
    kind       TEXT   NOT NULL CHECK (kind IN ('image/png', 'image/jpeg')),
    bytes      BYTEA  NOT NULL,
    updated_at BIGINT NOT NULL
);
