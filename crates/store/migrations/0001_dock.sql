-- Records: one row per version. Nothing is ever changed or deleted; the triggers below see to that.
CREATE TABLE record (
    position   INTEGER NOT NULL PRIMARY KEY, -- order of commit: 1, 2, 3 ... without gaps
    id         TEXT    NOT NULL,             -- UUIDv7
    version    INTEGER NOT NULL,             -- 1, 2, 3 ... per id, without gaps
    kind       TEXT    NOT NULL,             -- campaign, suggestion, sample, process, measurement, series ...
    at         INTEGER NOT NULL,             -- time of the provenance, microseconds since 1970-01-01T00:00:00Z
    campaign   TEXT,                         -- campaign the record names itself (of a campaign: its own id)
    sample     TEXT,                         -- sample the record belongs to (of a sample: its own id)
    suggestion TEXT,                         -- suggestion the record names itself (of a suggestion: its own id)
    name       TEXT,                         -- name of a campaign or sample
    json       TEXT    NOT NULL,             -- the record, all of it
    hash       TEXT    NOT NULL,             -- BLAKE3 of json
    UNIQUE (id, version)
) STRICT;

CREATE INDEX record_kind ON record (kind);
CREATE INDEX record_at ON record (at);
CREATE INDEX record_campaign ON record (campaign) WHERE campaign IS NOT NULL;
CREATE INDEX record_sample ON record (sample) WHERE sample IS NOT NULL;
CREATE INDEX record_suggestion ON record (suggestion) WHERE suggestion IS NOT NULL;
CREATE INDEX record_name ON record (name) WHERE name IS NOT NULL;

-- Journals: each a chain of lines, so that no line can be altered, added or removed before the last without notice.
CREATE TABLE journal_line (
    journal  TEXT    NOT NULL,
    sequence INTEGER NOT NULL,               -- 1, 2, 3 ... per journal, without gaps
    at       INTEGER NOT NULL,               -- microseconds since 1970-01-01T00:00:00Z
    entry    TEXT    NOT NULL,               -- JSON
    hash     TEXT    NOT NULL,               -- BLAKE3 of the line and of the hash before it
    PRIMARY KEY (journal, sequence)
) STRICT;

CREATE TRIGGER record_no_update BEFORE UPDATE ON record
BEGIN
    SELECT RAISE(ABORT, 'records are never changed');
END;

CREATE TRIGGER record_no_delete BEFORE DELETE ON record
BEGIN
    SELECT RAISE(ABORT, 'records are never deleted');
END;

-- Also keeps INSERT OR REPLACE from replacing anything.
CREATE TRIGGER record_in_order BEFORE INSERT ON record
WHEN NEW.position IS NOT (SELECT coalesce(max(position), 0) + 1 FROM record)
    OR NEW.version IS NOT (SELECT coalesce(max(version), 0) + 1 FROM record WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'records are only appended, version by version');
END;

CREATE TRIGGER journal_line_no_update BEFORE UPDATE ON journal_line
BEGIN
    SELECT RAISE(ABORT, 'journals are never changed');
END;

CREATE TRIGGER journal_line_no_delete BEFORE DELETE ON journal_line
BEGIN
    SELECT RAISE(ABORT, 'journals are never shortened');
END;

CREATE TRIGGER journal_line_in_order BEFORE INSERT ON journal_line
WHEN NEW.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM journal_line WHERE journal = NEW.journal)
BEGIN
    SELECT RAISE(ABORT, 'journals are only appended, line by line');
END;
