"""Draws the sample of an audit again, from frame.csv and sample.json alone (docs/sampling.md).

    python redraw_sample.py RESULTS

Needs nothing but Python. Exits with 1 and says where sample.csv differs.
"""
import csv
import hashlib
import json
import sys
from decimal import Decimal
from pathlib import Path


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def key(seed, number):
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()


def strata_of(frame, design):
    """The name of each line's stratum."""
    if design["stratify"] == "none":
        return ["all"] * len(frame)
    if design["stratify"] == "agency":
        return [line["billing_npi"] for line in frame]
    amounts = [Decimal(line["amount"]) for line in frame]
    total, count = sum(amounts), design["strata_asked"]
    name_of, so_far = {}, Decimal(0)
    for amount in sorted(set(amounts)):
        so_far += amount * amounts.count(amount)
        cents, all_cents = int(so_far * 100) * count, int(total * 100)
        name_of[amount] = f"dollars-{min(count, max(1, -(-cents // all_cents))):03}"
    return [name_of[amount] for amount in amounts]


def allocate(strata, lines):
    sizes = {name: min(2, len(numbers)) for name, (numbers, _) in strata.items()}
    for _ in range(lines - sum(sizes.values())):
        open_ones = [name for name, (numbers, _) in strata.items() if sizes[name] < len(numbers)]
        best = open_ones[0]
        for name in open_ones[1:]:
            if strata[name][1] * sizes[best] > strata[best][1] * sizes[name]:
                best = name
        sizes[best] += 1
    return sizes


def main(folder):
    design = json.loads((folder / "sample.json").read_text())
    assert design["algorithm"] == "sha256-order-1"
    raw = (folder / "frame.csv").read_bytes()
    assert hashlib.sha256(raw).hexdigest() == design["frame"]["sha256"]
    frame = read(folder / "frame.csv")
    assert [int(line["number"]) for line in frame] == list(range(1, len(frame) + 1))
    order = [tuple(line[column].lstrip("'").encode() for column in
                   ("billing_npi", "member_id", "service_date", "claim_id")) for line in frame]
    assert order == sorted(order)
    strata = {}
    for number, (line, name) in enumerate(zip(frame, strata_of(frame, design)), start=1):
        numbers, amount = strata.get(name, ([], Decimal(0)))
        strata[name] = (numbers + [number], amount + Decimal(line["amount"]))
    strata = dict(sorted(strata.items()))
    sizes = allocate(strata, design["sample"])
    expected = []
    for name, (numbers, _) in strata.items():
        drawn = sorted(numbers, key=lambda number: key(design["seed"], number))
        for place, number in enumerate(drawn[: sizes[name] + design["spares_a_stratum"]], start=1):
            kind = "sample" if place <= sizes[name] else "spare"
            expected.append((name, kind, place, number))
    found = [(row["stratum"], row["kind"], int(row["order"]), int(row["number"]))
             for row in read(folder / "sample.csv")]
    assert found == expected, next(pair for pair in zip(found, expected) if pair[0] != pair[1])
    print(f"{len(found)} lines drawn again from {len(frame)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
