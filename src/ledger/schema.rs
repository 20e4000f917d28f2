//! The tables of the ledger, and how an older ledger becomes one of today.

use rusqlite::{Connection, Transaction, TransactionBehavior};

/// `PRAGMA application_id`: "PcLg".
pub const APPLICATION_ID: i32 = 0x5063_4c67;

/// The steps from an empty file to today's tables; the schema version counts them.
pub(super) const STEPS: [&str; 1] =
    [concat!(include_str!("schema.sql"), include_str!("payments.sql"))];

/// The schema version of this program.
pub const VERSION: i32 = STEPS.len() as i32;

/// Takes the steps that `connection` lacks, all or none.
pub(super) fn migrate(connection: &mut Connection, steps: &[&str]) -> rusqlite::Result<()> {
    let transaction = Transaction::new(connection, TransactionBehavior::Immediate)?;
    let from: i32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    for step in steps.iter().skip(from.max(0) as usize) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", steps.len() as i32)?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.commit()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_ledger_becomes_one_of_today_and_keeps_what_it_holds() {
        let mut connection = Connection::open_in_memory().expect("memory");
        let first = ["CREATE TABLE t (a); INSERT INTO t VALUES (7)"];
        migrate(&mut connection, &first).expect("the first step");
        let both = [first[0], "ALTER TABLE t ADD COLUMN b DEFAULT 8"];
        migrate(&mut connection, &both).expect("the second step");
        migrate(&mut connection, &both).expect("nothing left to do");
        let row = connection.query_row("SELECT a, b FROM t", [], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
        });
        assert_eq!(row.expect("one row"), (7, 8));
        let broken = [both[0], both[1], "CREATE TABLE u (a); CREATE TABLE t (a)"];
        migrate(&mut connection, &broken).expect_err("t is there");
        let version: i32 = connection
            .pragma_query_value(None, "user_version", |row| row.get(0))
            .expect("a version");
        assert_eq!(version, 2, "all of a step or none");
        let tables = "SELECT count(*) FROM sqlite_schema WHERE name = 'u'";
        assert_eq!(connection.query_row(tables, [], |row| row.get::<_, i64>(0)), Ok(0));
    }
}
