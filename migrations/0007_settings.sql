-- Settings that were changed while Genkan runs: one TOML document, sealed, for it may hold secrets. Its version is that of
-- 'settings' in versions, which every node watches and every change is made from.
CREATE TABLE settings (
    id         TEXT   NOT NULL PRIMARY KEY CHECK (id = 'only'),
    sealed     BYTEA  NOT NULL,
    updated_at BIGINT NOT NULL
);
INSERT INTO versions (name, version) VALUES ('settings', 0);
