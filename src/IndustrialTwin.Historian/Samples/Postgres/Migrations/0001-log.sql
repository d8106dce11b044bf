CREATE TABLE machine (
    id      integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key     text    NOT NULL UNIQUE,
    fence   bigint  NOT NULL,
    span_us bigint  NOT NULL DEFAULT 0 -- the longest stretch that one of its batches covers: bounds a search by time
);

CREATE TABLE entry (
    position            bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    machine             integer NOT NULL REFERENCES machine,
    source              text    NOT NULL,
    epoch               bigint  NOT NULL,
    sequence            bigint  NOT NULL,
    kind                smallint NOT NULL,
    first_us            bigint  NOT NULL,
    last_us             bigint  NOT NULL,
    samples             integer NOT NULL,
    samples_quarantined integer NOT NULL,
    received_at         timestamptz NOT NULL DEFAULT now(),
    payload             bytea   NOT NULL,
    CONSTRAINT entry_name UNIQUE (machine, source, epoch, sequence)
);

-- Payloads are dense already; trying to compress them costs more than it saves.
ALTER TABLE entry ALTER COLUMN payload SET STORAGE EXTERNAL;
CREATE INDEX entry_order ON entry (machine, position);
CREATE INDEX entry_time ON entry (machine, first_us) WHERE kind = 0 AND samples > 0;

CREATE TABLE feature (
    id      integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    machine integer NOT NULL REFERENCES machine,
    name    text    NOT NULL,
    span_us bigint  NOT NULL DEFAULT 0,
    UNIQUE (machine, name)
);

CREATE TABLE block (
    position bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    feature  integer NOT NULL REFERENCES feature,
    first_us bigint  NOT NULL,
    last_us  bigint  NOT NULL,
    payload  bytea   NOT NULL,
    UNIQUE (feature, first_us, last_us)
);

ALTER TABLE block ALTER COLUMN payload SET STORAGE EXTERNAL;

CREATE TABLE quarantine (
    position      bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    machine       text,
    topic         text,
    reason        smallint NOT NULL,
    detail        text    NOT NULL,
    samples       integer NOT NULL,
    payload_bytes integer NOT NULL,
    received_us   bigint  NOT NULL,
    payload       bytea   NOT NULL
);

CREATE INDEX quarantine_machine ON quarantine (machine, position);

-- Counted in the transaction that writes what is counted. A row a writer, so that silos do not wait for each other.
CREATE TABLE total (
    writer              integer PRIMARY KEY,
    batches             bigint NOT NULL,
    samples             bigint NOT NULL,
    quarantine_records  bigint NOT NULL,
    quarantined_samples bigint NOT NULL
);
