"""findings.xlsx against findings.csv and overpayment of the same folder, read by openpyxl.

    python check_xlsx.py RESULTS

Exits with 1 and says where the two differ.
"""
import csv
import datetime
import re
import sys
from decimal import Decimal
from pathlib import Path

from openpyxl import load_workbook

SHEETS = [
    "Read me", "Summary", "Findings", "Contributing lines", "Overpayment", "Members over limit",
    "Agencies", "Practitioners", "Sample", "Not evaluated", "Rules", "Run log",
]
DAYS = {"service_date"}
NUMBERS = {"line_number", "units", "excess_units", "amount_at_issue"}


def text(value):
    if value is None:
        return ""
    return value.date().isoformat() if hasattr(value, "date") else str(value)


WHOLE = re.compile(r"0|[1-9][0-9]*")


def same(column, ours, theirs):
    # A number where a number says what was read, and what was read where it does not ("+1", "04").
    is_amount = column == "amount_at_issue" and theirs
    if is_amount or column in NUMBERS and WHOLE.fullmatch(theirs):
        return isinstance(ours, (int, float)) and Decimal(str(ours)) == Decimal(theirs)
    if column in DAYS and theirs:
        return isinstance(ours, datetime.datetime) and ours.date().isoformat() == theirs
    if ours is not None and not isinstance(ours, str):
        return False
    # The guard against formulas stands in CSV alone.
    return text(ours) == theirs or "'" + text(ours) == theirs


def main(folder):
    book = load_workbook(folder / "findings.xlsx")
    assert book.sheetnames == SHEETS, book.sheetnames
    for sheet in book:
        assert sheet.freeze_panes == "A2", sheet.title
        assert sheet.auto_filter.ref, sheet.title
        assert sheet.page_setup.orientation == "landscape", sheet.title
        assert sheet.page_setup.fitToHeight == 0, sheet.title
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
    message = [cell.value for cell in book["Findings"][1]].index("message") + 1
    assert book["Findings"].cell(row=2, column=message).alignment.wrap_text
    sample_csv = folder / "sample.csv"
    if sample_csv.exists():
        with open(sample_csv, newline="", encoding="utf-8") as file:
            drawn = list(csv.DictReader(file))
        sheet = list(book["Sample"].iter_rows(values_only=True))
        assert list(sheet[0]) == list(drawn[0]), sheet[0]
        assert [str(row[9]) for row in sheet[1:]] == [row["number"] for row in drawn]
        assert [row[21] for row in sheet[1:]] == [row["source"] for row in drawn]
    disallowed = Decimal(0)
    for row in book["Overpayment"].iter_rows(min_row=2, values_only=True):
        disallowed += Decimal(str(row[9]))
    summary = {row[0]: row for row in book["Summary"].iter_rows(values_only=True)}
    assert Decimal(str(summary["units disallowed, each once"][2])) == disallowed
    print(f"{len(theirs)} findings, {amounts} at issue, {disallowed} disallowed")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
