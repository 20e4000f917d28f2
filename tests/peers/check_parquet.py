"""findings.parquet and ledger.parquet against the CSV of the same rows, read by DuckDB and Polars.

    python check_parquet.py RESULTS

Exits with 1 and says where they differ.
"""
import csv
import datetime
import sys
from decimal import Decimal
from pathlib import Path

import duckdb
import polars

FINDINGS = {"service_date": "DATE", "excess_units": "BIGINT", "amount_at_issue": "DECIMAL(18,2)"}
LEDGER = {
    "charge_amount": "DECIMAL(18,2)", "paid_amount": "DECIMAL(18,2)",
    "patient_paid_amount": "DECIMAL(18,2)", "ledger_standing_run": "BIGINT", "ledger_run": "BIGINT",
}


def typed(text, kind):
    """A cell of a CSV as the column's type has it."""
    if text == "":
        return None
    if kind == "DATE":
        return datetime.date.fromisoformat(text)
    if kind == "BIGINT":
        return int(text)
    if kind == "DECIMAL(18,2)":
        return Decimal(text)
    return text[1:] if text[0] == "'" and text[1:2] in tuple("=+-@\t\r") else text


def check(parquet, csv_path, types):
    with open(csv_path, newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        header = next(rows)
        expected = [tuple(typed(cell, types.get(name)) for name, cell in zip(header, row))
                    for row in rows]
    table = duckdb.sql(f"select * from '{parquet}'")
    assert table.columns == header, table.columns
    for name, kind in zip(table.columns, table.types):
        assert str(kind) == types.get(name, "VARCHAR"), (name, kind)
    for who, found in (("DuckDB", table.fetchall()), ("Polars", polars.read_parquet(parquet).rows())):
        assert len(found) == len(expected) > 0, (who, len(found), len(expected))
        for number, (own, other) in enumerate(zip(found, expected), start=2):
            assert own == other, (who, number, own, other)
    return len(expected)


def main(folder):
    findings = check(folder / "findings.parquet", folder / "findings.csv", FINDINGS)
    lines = check(folder / "ledger.parquet", folder / "ledger.csv", LEDGER)
    print(f"{findings} findings, {lines} lines of the ledger")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
