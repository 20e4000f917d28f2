#!/usr/bin/env python3
"""Writes a 277CA for the same claims with sqllocks-shape-healthcare-standards (PyPI), and shows
segment by segment where it differs from ours.

    target/peers/bin/pip install 'sqllocks-shape-healthcare-standards==0.9.3'
    target/peers/bin/python tests/peers/acknowledgements_277.py OURS.277 CLAIMS.837

The other program takes tables, not an 837: claims, lines and patients come from the 837, the
statuses (the first of each claim and line, for it has room for one) from ours.
"""

import collections
import datetime
import difflib
import pathlib
import sys

import pyarrow
from shape_healthcare_standards import contract
from shape_healthcare_standards.common import TableSet
from shape_healthcare_standards.x12.ack import AckOptions, build_acknowledgment
from shape_healthcare_standards.x12.core import EnvelopeOptions


def segments(path):
    text = pathlib.Path(path).read_text()
    return [part.strip().split("*") for part in text.split("~") if part.strip()]


def day(text):
    """A date; of one that no calendar has, a day that shows."""
    try:
        return datetime.datetime.strptime(text, "%Y%m%d").date()
    except ValueError:
        return datetime.date(1900, 1, 1)


def received(path):
    """Claims, lines, patients and providers of an 837 with the usual delimiters."""
    claims, lines, members, providers = [], [], {}, {}
    npi = member = None
    for part in segments(path):
        part += [""] * 10
        if part[:2] == ["NM1", "85"]:
            npi = part[9]
            providers[npi] = dict(npi=npi, entity_type="2", organization_name=part[3])
        elif part[:2] == ["NM1", "IL"]:
            member = part[9]
            members[member] = dict(member_id=member, subscriber_id=member, last_name=part[3],
                                   first_name=part[4])
        elif part[0] == "CLM":
            claims.append(dict(claim_id=part[1], claim_type="P", member_id=member,
                               billing_npi=npi, total_billed=float(part[2])))
        elif part[0] == "SV1":
            codes = part[1].split(":") + [""] * 6
            number = sum(line["claim_id"] == claims[-1]["claim_id"] for line in lines) + 1
            lines.append(dict(claim_id=claims[-1]["claim_id"], line_number=number,
                              procedure_code=codes[1], modifier_1=codes[2] or None,
                              billed_amount=float(part[2])))
        elif part[:2] == ["DTP", "472"]:
            first, last = (part[3].split("-") * 2)[:2]
            lines[-1]["service_date"] = day(first)
            claim = claims[-1]
            claim["service_from_date"] = min(claim.get("service_from_date", day(first)), day(first))
            claim["service_to_date"] = max(claim.get("service_to_date", day(last)), day(last))
    return claims, lines, members, providers


def acknowledged(ours):
    """Rows of claim_acknowledgment, from ours."""
    rows, claim, line = [], None, None
    for part in ours:
        if part[0] == "HL":
            claim = None
        elif part[:2] == ["TRN", "2"]:
            claim, line, seen = part[2], None, False
        elif part[0] == "SVC":
            line, seen = 0, False
        elif part[0] == "STC" and claim and not seen and len(part) > 2 and part[2]:
            category, code, *entity = part[1].split(":")
            rows.append(dict(claim_id=claim, acknowledgment_date=day(part[2]),
                             status_category_code=category, status_code=code, line_number=line,
                             entity_identifier_code=(entity or [None])[0],
                             received_date=day(part[2])))
            seen = True
        elif part[:2] == ["REF", "FJ"] and line is not None:
            rows[-1]["line_number"] = int(part[2].rsplit("-", 1)[1])
    names = {row["claim_id"] for row in rows if row["status_category_code"] == "A1"}
    return [row for row in rows if row["claim_id"] not in names]


def table(name, rows):
    schema = contract.contract_schema(name)
    columns = {field.name: [row.get(field.name) for row in rows] for field in schema}
    return pyarrow.table(columns, schema=schema)


def theirs(ours, path):
    claims, lines, members, providers = received(path)
    # A second copy of a claim id is one row for them.
    unique = {claim["claim_id"]: claim for claim in claims}
    rows = {(row["claim_id"], row["line_number"]): row for row in acknowledged(ours)}
    keyed = {(line["claim_id"], line["line_number"]): line for line in lines}
    tables = TableSet({
        "claim_acknowledgment": table("claim_acknowledgment", list(rows.values())),
        "medical_claim": table("medical_claim", list(unique.values())),
        "medical_claim_line": table("medical_claim_line", list(keyed.values())),
        "member": table("member", list(members.values())),
        "provider": table("provider", list(providers.values())),
    })
    built = build_acknowledgment(tables, AckOptions(), EnvelopeOptions())
    return [part.split("*") for part in built[0].split("~") if part.strip()]


def by_claim(all_segments):
    """Segments of each claim by its id, those above the claims under None, by level."""
    found, key = collections.OrderedDict(), "head"
    for part in all_segments:
        if part[0] == "HL":
            key = f"level {part[3]}" if part[3] != "PT" else "patient"
        elif part[:2] == ["TRN", "2"] and key not in ("level 21",):
            key = f"claim {part[2]}"
        found.setdefault(key, []).append("*".join(part))
    return found


def main():
    ours = segments(sys.argv[1])
    mine, other = by_claim(ours), by_claim(theirs(ours, sys.argv[2]))
    same = 0
    for key in mine:
        if key.startswith("claim") and mine[key] == other.get(key):
            same += 1
            continue
        if key == "patient":
            strip = lambda parts: sorted(part for part in parts if part.startswith("NM1"))
            print(f"patients: {len(strip(mine[key]))} of ours, {len(strip(other[key]))} of theirs")
            continue
        print(f"== {key}")
        for line in difflib.ndiff(mine[key], other.get(key, [])):
            if line[0] in "-+":
                print("  " + line)
    print(f"{same} claims are the same, segment by segment")


if __name__ == "__main__":
    main()
