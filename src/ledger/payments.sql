
-- What payers said of posted claims, remittance by remittance (835). Nothing here is a total: what a
-- line is (remit_… of the table `line`) is worked out from all payments of its claim, in the order
-- of their days, so that it does not matter in which order the files are read.
CREATE TABLE payment (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    file INTEGER NOT NULL REFERENCES file (id),
    -- segment of the CLP in the file
    place INTEGER NOT NULL,
    -- hash of all that makes it this payment: provider, claim, status, amounts, the payer's number,
    -- trace number, day, adjustments, services, and which it is of equal ones in its remittance; the
    -- same payment in another file is known by it
    identity BLOB NOT NULL UNIQUE,
    -- TRN02
    trace ANY,
    -- DTM*405, else BPR16
    day INTEGER,
    -- CLP02 as written, CLP03, CLP04, CLP07
    status TEXT NOT NULL,
    charge_cents INTEGER NOT NULL,
    paid_cents INTEGER NOT NULL,
    number ANY
) STRICT;
CREATE INDEX payment_run ON payment (run);
CREATE INDEX payment_file ON payment (file);

-- The lines of the ledger that a payment is about.
CREATE TABLE payment_line (
    payment INTEGER NOT NULL REFERENCES payment (id),
    line INTEGER NOT NULL REFERENCES line (id),
    -- 0 accepted, 1 refused, 2 nothing is said of this line but the payer's number
    effect INTEGER NOT NULL,
    -- SVC03, else CLP04 of a claim of one line
    paid_cents INTEGER,
    PRIMARY KEY (payment, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX payment_line_line ON payment_line (line);

-- Payments go with the file that brought them (undo), and with the last of their lines (prune).
CREATE TRIGGER payment_of_file BEFORE DELETE ON file BEGIN
    DELETE FROM payment_line WHERE payment IN (SELECT id FROM payment WHERE file = OLD.id);
    DELETE FROM payment WHERE file = OLD.id;
END;
CREATE TRIGGER payment_of_line BEFORE DELETE ON line BEGIN
    DELETE FROM payment_line WHERE line = OLD.id;
END;
CREATE TRIGGER payment_without_line AFTER DELETE ON payment_line
WHEN NOT EXISTS (SELECT 1 FROM payment_line WHERE payment = OLD.payment) BEGIN
    DELETE FROM payment WHERE id = OLD.payment;
END;
