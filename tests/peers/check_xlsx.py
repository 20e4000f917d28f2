"""findings.xlsx against findings.csv and overpayment of the same folder, read by openpyxl.

    python check_xlsx.py RESULTS

Exits with 1 and says where the two differ.
"""
import csv
import sys
from decimal import Decimal
from pathlib import Path

from openpyxl import load_workbook

SHEETS = [
    "Read me", "Summary", "Findings", "Contributing lines", "Overpayment", "Members over limit",
    "Agencies", "Practitioners", "Sample", "Not evaluated", "Rules", "Run log",
]
NUMBERS = {"line_number", "units", "excess_units", "amount_at_issue"}


def text(value):
    if value is None:
        return ""
    return value.date().isoformat() if hasattr(value, "date") else str(value)


def same(column, ours, theirs):
    if column in NUMBERS and ours not in ("", None) and not isinstance(ours, str):
        return Decimal(str(ours)) == Decimal(theirs)
    # The guard against formulas stands in CSV alone.
    return text(ours) == theirs or "'" + text(ours) == theirs


def main(folder):
    book = load_workbook(folder / "findings.xlsx")
    assert book.sheetnames == SHEETS, book.sheetnames
    for sheet in book:
        assert sheet.freeze_panes == "A2", sheet.title
        assert sheet.auto_filter.ref, sheet.title
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", f"{sheet.title} {cell.coordinate} is a formula"
    rows = list(book["Findings"].iter_rows(values_only=True))
    with open(folder / "findings.csv", newline="", encoding="utf-8") as file:
        theirs = list(csv.DictReader(file))
    assert len(rows) - 1 == len(theirs), (len(rows) - 1, len(theirs))
    amounts = Decimal(0)
    for number, (row, other) in enumerate(zip(rows[1:], theirs), start=2):
        own = dict(zip(rows[0], row))
        assert list(own) == list(other), list(own)
        for column, value in own.items():
            assert same(column, value, other[column]), (number, column, value, other[column])
        amounts += Decimal(str(own["amount_at_issue"] or 0))
    assert amounts == sum(Decimal(other["amount_at_issue"] or 0) for other in theirs)
    disallowed = Decimal(0)
    for row in book["Overpayment"].iter_rows(min_row=2, values_only=True):
        disallowed += Decimal(str(row[9]))
    summary = {row[0]: row for row in book["Summary"].iter_rows(values_only=True)}
    assert Decimal(str(summary["units disallowed, each once"][2])) == disallowed
    print(f"{len(theirs)} findings, {amounts} at issue, {disallowed} disallowed")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
