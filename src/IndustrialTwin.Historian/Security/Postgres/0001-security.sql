CREATE TABLE audit (
    number  bigint PRIMARY KEY,
    time_us bigint NOT NULL,
    who     text    NOT NULL,
    what    text    NOT NULL,
    place   text    NOT NULL,
    outcome bigint NOT NULL,
    detail  text    NOT NULL,
    tenant  text,
    hash    bytea   NOT NULL,
    seal    bytea   NOT NULL
);

-- Whoever may change tables can take these away; the chain of hashes then tells what was done.
CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only';
END $$;

CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only();

-- The newest number, sealed apart from the records: a log that was cut off is shorter than this says.
CREATE TABLE audit_head (
    id     bigint PRIMARY KEY CHECK (id = 1),
    number bigint NOT NULL,
    seal   bytea   NOT NULL
);

CREATE TABLE access_key (
    id         text    PRIMARY KEY,
    name       text    NOT NULL,
    role       bigint NOT NULL,
    scope      text    NOT NULL,
    tenant     text,
    created_us bigint NOT NULL,
    expires_us bigint,
    revoked_us bigint,
    salt       bytea   NOT NULL,
    hash       bytea   NOT NULL
);

CREATE TABLE tenant (
    name                    text PRIMARY KEY,
    sites                   text NOT NULL,
    samples_per_second      double precision,
    compute_seconds_per_day double precision,
    machines                bigint
);

CREATE TABLE ended_pass (
    id       text    PRIMARY KEY,
    until_us bigint NOT NULL
);

CREATE TABLE compute_usage (
    position   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site       text    NOT NULL,
    at_us      bigint NOT NULL,
    requests   bigint NOT NULL,
    compute_us bigint NOT NULL
);

CREATE INDEX compute_usage_time ON compute_usage (site, at_us);
