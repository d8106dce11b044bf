-- needs: 1
-- Browsers that are signed in: the list that people see. What counts is decided by passes and by ended_pass, not by this.
CREATE TABLE session (
    id       TEXT    PRIMARY KEY,
    holder   TEXT    NOT NULL,
    name     TEXT    NOT NULL,
    role     INTEGER NOT NULL,
    scopes   TEXT    NOT NULL,
    tenant   TEXT,
    way      INTEGER NOT NULL,
    begun_us INTEGER NOT NULL,
    place    TEXT    NOT NULL,
    agent    TEXT    NOT NULL,
    used_us  INTEGER NOT NULL,
    ends_us  INTEGER NOT NULL,
    until_us INTEGER NOT NULL
) STRICT;
