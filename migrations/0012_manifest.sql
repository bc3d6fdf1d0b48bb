-- The file that an instance was configured by last (`genkan apply`), sealed and without secrets, so that what has been
-- changed since can be shown. `seq`: the audit trail's event that told of it.
CREATE TABLE manifest (
    id         TEXT   NOT NULL PRIMARY KEY CHECK (id = 'only'),
    sealed     BYTEA  NOT NULL,
    applied_at BIGINT NOT NULL,
    seq        BIGINT NOT NULL
);
