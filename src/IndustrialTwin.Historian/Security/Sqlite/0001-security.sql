CREATE TABLE audit (
    number  INTEGER PRIMARY KEY,
    time_us INTEGER NOT NULL,
    who     TEXT    NOT NULL,
    what    TEXT    NOT NULL,
    place   TEXT    NOT NULL,
    outcome INTEGER NOT NULL,
    detail  TEXT    NOT NULL,
    tenant  TEXT,
    hash    BLOB    NOT NULL,
    seal    BLOB    NOT NULL
) STRICT;

-- Whoever may change tables can take these away; the chain of hashes then tells what was done.
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

-- The newest number, sealed apart from the records: a log that was cut off is shorter than this says.
CREATE TABLE audit_head (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    number INTEGER NOT NULL,
    seal   BLOB    NOT NULL
) STRICT;

CREATE TABLE access_key (
    id         TEXT    PRIMARY KEY,
    name       TEXT    NOT NULL,
    role       INTEGER NOT NULL,
    scope      TEXT    NOT NULL,
    tenant     TEXT,
    created_us INTEGER NOT NULL,
    expires_us INTEGER,
    revoked_us INTEGER,
    salt       BLOB    NOT NULL,
    hash       BLOB    NOT NULL
) STRICT;

CREATE TABLE tenant (
    name                    TEXT PRIMARY KEY,
    sites                   TEXT NOT NULL,
    samples_per_second      REAL,
    compute_seconds_per_day REAL,
    machines                INTEGER
) STRICT;

CREATE TABLE ended_pass (
    id       TEXT    PRIMARY KEY,
    until_us INTEGER NOT NULL
) STRICT;

CREATE TABLE compute_usage (
    position   INTEGER PRIMARY KEY AUTOINCREMENT,
    site       TEXT    NOT NULL,
    at_us      INTEGER NOT NULL,
    requests   INTEGER NOT NULL,
    compute_us INTEGER NOT NULL
) STRICT;

CREATE INDEX compute_usage_time ON compute_usage (site, at_us);
