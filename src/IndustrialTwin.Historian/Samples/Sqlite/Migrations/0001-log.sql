CREATE TABLE machine (
    id      INTEGER PRIMARY KEY,
    key     TEXT    NOT NULL UNIQUE,
    fence   INTEGER NOT NULL,
    span_us INTEGER NOT NULL DEFAULT 0 -- the longest stretch that one of its batches covers: bounds a search by time
) STRICT;

CREATE TABLE entry (
    position            INTEGER PRIMARY KEY AUTOINCREMENT,
    machine             INTEGER NOT NULL REFERENCES machine,
    source              TEXT    NOT NULL,
    epoch               INTEGER NOT NULL,
    sequence            INTEGER NOT NULL,
    kind                INTEGER NOT NULL,
    first_us            INTEGER NOT NULL,
    last_us             INTEGER NOT NULL,
    samples             INTEGER NOT NULL,
    samples_quarantined INTEGER NOT NULL,
    received_us         INTEGER NOT NULL,
    payload             BLOB    NOT NULL
) STRICT;

CREATE UNIQUE INDEX entry_name ON entry (machine, source, epoch, sequence);
CREATE INDEX entry_order ON entry (machine, position);
CREATE INDEX entry_time ON entry (machine, first_us) WHERE kind = 0 AND samples > 0;

CREATE TABLE feature (
    id      INTEGER PRIMARY KEY,
    machine INTEGER NOT NULL REFERENCES machine,
    name    TEXT    NOT NULL,
    span_us INTEGER NOT NULL DEFAULT 0,
    UNIQUE (machine, name)
) STRICT;

CREATE TABLE block (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    feature  INTEGER NOT NULL REFERENCES feature,
    first_us INTEGER NOT NULL,
    last_us  INTEGER NOT NULL,
    payload  BLOB    NOT NULL,
    UNIQUE (feature, first_us, last_us)
) STRICT;

CREATE TABLE quarantine (
    position      INTEGER PRIMARY KEY AUTOINCREMENT,
    machine       TEXT,
    topic         TEXT,
    reason        INTEGER NOT NULL,
    detail        TEXT    NOT NULL,
    samples       INTEGER NOT NULL,
    payload_bytes INTEGER NOT NULL,
    received_us   INTEGER NOT NULL,
    payload       BLOB    NOT NULL
) STRICT;

CREATE INDEX quarantine_machine ON quarantine (machine, position);

-- Counted in the transaction that writes what is counted, so that reading it costs nothing and is never wrong.
CREATE TABLE total (
    id                  INTEGER PRIMARY KEY CHECK (id = 1),
    batches             INTEGER NOT NULL,
    samples             INTEGER NOT NULL,
    quarantine_records  INTEGER NOT NULL,
    quarantined_samples INTEGER NOT NULL
) STRICT;

INSERT INTO total VALUES (1, 0, 0, 0, 0);
