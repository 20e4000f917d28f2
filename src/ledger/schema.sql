-- The ledger, version 1. Opened by hand (`sqlite3 ledger.db`) it should need no other explanation.
--
-- Texts are kept as read (TEXT, or BLOB where the bytes are no UTF-8); NULL is "not stated".
-- Days are whole numbers 20250903; money is whole cents; times are UTC, RFC 3339.

-- One use of the ledger that changed it. Ids count from 1; `undo` takes the newest away.
CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    -- validate, seed, remit, release, hold, withdraw, prune
    kind TEXT NOT NULL,
    started TEXT NOT NULL,
    program TEXT NOT NULL,
    as_of INTEGER,
    -- released, all, none: which claims of the run use up the year
    post TEXT,
    -- where the results went
    out_folder TEXT,
    -- the manifest of the run as it was written, its SHA-256, and that of the run before it, which
    -- the manifest names too: a chain in which no run can be changed or taken out unseen
    manifest TEXT NOT NULL,
    manifest_sha256 TEXT NOT NULL,
    previous_sha256 TEXT,
    -- SHA-256 over the lines as they were posted; NULL once a prune took some of them away
    lines_sha256 TEXT
) STRICT;

-- A file that a run read.
CREATE TABLE file (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    name TEXT NOT NULL,
    -- x12, csv, 835
    kind TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    -- its newest received or group date, for the as-of date of later runs
    newest_day INTEGER
) STRICT;
CREATE INDEX file_sha256 ON file (sha256);
CREATE INDEX file_run ON file (run);

-- The interchanges of a file: sender, receiver and control number must not come again.
CREATE TABLE interchange (
    file INTEGER NOT NULL REFERENCES file (id),
    sender ANY,
    receiver ANY,
    control_number ANY
) STRICT;
CREATE INDEX interchange_number ON interchange (control_number, sender, receiver);
CREATE INDEX interchange_file ON interchange (file);

-- A service line that was posted: every peer-support line and every correction of a posted claim.
-- Ids are in the order of posting, which is the input order of the rules.
CREATE TABLE line (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    file INTEGER NOT NULL REFERENCES file (id),
    -- row or segment in the file
    place INTEGER NOT NULL,

    -- What stands now: 0 net, 1 denied, 2 repeated (kept for its payer's number), 3 corrected away,
    -- 4 conflicting (a remittance took its denial of an earlier line of the same key back);
    -- and the run that gave it this standing. Only net lines use up the year.
    standing INTEGER NOT NULL,
    standing_run INTEGER NOT NULL REFERENCES run (id),
    -- What a remittance (835) said last: the run that read it, CLP02 as written, SVC03 (else CLP04
    -- of a claim of one line) in cents, CLP07. Denied: the units are given back.
    remit_run INTEGER REFERENCES run (id),
    remit_status TEXT,
    remit_paid INTEGER,
    remit_number ANY,
    remit_denied INTEGER NOT NULL DEFAULT 0,

    -- The line as it was read; none of this ever changes.
    billing_npi ANY,
    claim_id ANY,
    line_number INTEGER NOT NULL,
    -- as written, where that is not the number alone
    line_text ANY,
    frequency_code ANY,
    original_claim_id ANY,
    payer_claim_number ANY,
    -- 0 paid, 1 pending, 2 denied, 3 another word
    status INTEGER NOT NULL,
    is_peer_support INTEGER NOT NULL,
    member_id ANY,
    birth_day INTEGER,
    rendering_npi ANY,
    supervising_npi ANY,
    procedure_code ANY,
    modifiers ANY,
    units ANY,
    unit_basis ANY,
    -- whole numbers; a text or BLOB is what could not be read as a date
    service_day ANY,
    service_end_day ANY,
    received_day INTEGER,
    place_of_service ANY,
    diagnoses ANY,
    authorization ANY,
    charge_cents INTEGER,
    paid_cents INTEGER,
    patient_paid_cents INTEGER,
    -- of a claim whose total disagrees with its lines: CLM02, and the sum of its lines
    claim_total_cents INTEGER,
    claim_lines_cents INTEGER
) STRICT;
-- The numbers by which a claim is found: its own, the payer's (both of them), the one it names.
CREATE INDEX line_claim ON line (claim_id, billing_npi);
CREATE INDEX line_payer ON line (payer_claim_number, billing_npi)
    WHERE payer_claim_number IS NOT NULL;
CREATE INDEX line_remit ON line (remit_number, billing_npi) WHERE remit_number IS NOT NULL;
CREATE INDEX line_names ON line (original_claim_id, billing_npi)
    WHERE original_claim_id IS NOT NULL;
-- The lines that use up limits: of a member, and of a practitioner's day.
CREATE INDEX line_member ON line (member_id, service_day) WHERE standing = 0;
CREATE INDEX line_practitioner ON line (rendering_npi, service_day)
    WHERE standing = 0 AND rendering_npi IS NOT NULL;

-- What a line said before a run changed it: `undo` puts it back, `--as-known-on` reads it.
CREATE TABLE line_before (
    run INTEGER NOT NULL REFERENCES run (id),
    line INTEGER NOT NULL REFERENCES line (id),
    standing INTEGER NOT NULL,
    standing_run INTEGER NOT NULL,
    remit_run INTEGER,
    remit_status TEXT,
    remit_paid INTEGER,
    remit_number ANY,
    remit_denied INTEGER NOT NULL,
    PRIMARY KEY (run, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX line_before_line ON line_before (line, run);

-- What a person decided on a claim: holds whatever is found, until another decision.
CREATE TABLE decision (
    run INTEGER PRIMARY KEY REFERENCES run (id),
    -- release, hold, withdraw (what was decided on the claim before holds no more)
    verdict TEXT NOT NULL,
    claim_id ANY NOT NULL,
    -- NULL: of any agency
    billing_npi ANY,
    reason TEXT NOT NULL,
    decided_by TEXT NOT NULL
) STRICT;
CREATE INDEX decision_claim ON decision (claim_id);

-- At most one row: results that are to take their place beside a run that is posted already. A
-- start that finds it finishes the exchange, or takes the run back.
CREATE TABLE intent (
    only_one INTEGER PRIMARY KEY CHECK (only_one = 1),
    run INTEGER NOT NULL REFERENCES run (id),
    staged BLOB NOT NULL,
    target BLOB NOT NULL
) STRICT;
