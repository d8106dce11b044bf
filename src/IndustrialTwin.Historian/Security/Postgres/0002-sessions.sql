-- needs: 1
-- Browsers that are signed in: the list that people see. What counts is decided by passes and by ended_pass, not by this.
CREATE TABLE session (
    id       text   PRIMARY KEY,
    holder   text   NOT NULL,
    name     text   NOT NULL,
    role     bigint NOT NULL,
    scopes   text   NOT NULL,
    tenant   text,
    way      bigint NOT NULL,
    begun_us bigint NOT NULL,
    place    text   NOT NULL,
    agent    text   NOT NULL,
    used_us  bigint NOT NULL,
    ends_us  bigint NOT NULL,
    until_us bigint NOT NULL
);
