#!/usr/bin/env python3
"""All 837 files of a folder, as peerclaims and as pyx12 read them, side by side.

    python3 -m venv venv && venv/bin/pip install pyx12
    python3 tests/peers/samples_pyx12.py --samples ../shared/samples --x12valid venv/bin/x12valid

Prints a table in Markdown, one row a file: what peerclaims read of it (claims, service lines, exit
code, findings of the group F, the different ids of claims with a line that was read, what was left
out and why), and the verdict of pyx12 (OK, the number of errors, or the exception that ended it).
With --short the claim ids are left out. Every procedure is taken for peer support.

peerclaims checks no syntax below the envelope, so the two columns need not agree: a file that
pyx12 finds errors in may be read whole, which is the point of the table.
"""

import argparse
import collections
import csv
import json
import pathlib
import re
import subprocess
import tempfile

SECONDS = 120


def is_837(path):
    """Whether a set of the file says that it is an 837, whatever else is wrong with it."""
    text = path.read_bytes().decode("latin-1")
    return re.search(r"(?:^|[^A-Za-z0-9])ST[^A-Za-z0-9]837[^A-Za-z0-9]", text) is not None


def procedures(path):
    """Every procedure code that the file bills: all are taken for peer support, to see all claims."""
    text = path.read_bytes().decode("latin-1")
    found = re.findall(r"SV1[^A-Za-z0-9\s][A-Z]{2}[^A-Za-z0-9\s]([A-Za-z0-9]{1,8})", text)
    return sorted({code.upper() for code in found} | {"H0038"})


def by_peerclaims(program, path, folder):
    """Exit code, claims, lines, lines left out, findings of the group F, claim ids."""
    policy = folder / "policy.toml"
    policy.write_text(f"procedures = {json.dumps(procedures(path))}\n")
    out = folder / "out"
    ran = subprocess.run(
        [program, "validate", path, "--policy", policy, "--as-of", "2026-12-31", "--out", out,
         "--quiet", "--fail-on", "never"],
        capture_output=True, text=True, timeout=SECONDS, cwd=folder,
    )
    if ran.returncode == 2:
        return {"exit": 2, "why": ran.stderr.strip().split(": ", 2)[-1], "faults": {}}
    summary = json.loads((out / "summary.json").read_text())
    with open(out / "claims.csv", newline="", encoding="utf-8") as file:
        ids = [row["claim_id"].lstrip("'") for row in csv.DictReader(file)]
    with open(out / "findings.csv", newline="", encoding="utf-8") as file:
        left = [row["message"] for row in csv.DictReader(file) if row["rule"] in ("F004", "F005")]
    counted = {rule: n for rule, n in summary["findings"].items() if rule.startswith("F")}
    return {
        "exit": ran.returncode,
        "claims": summary["claims"],
        "lines": summary["service_lines"],
        "left_out": summary["left_out"],
        "faults": counted,
        "ids": list(dict.fromkeys(ids)),
        "why": "; ".join(dict.fromkeys(re.split(r"\. [A-Z]", why)[0] for why in left)),
    }


def by_pyx12(program, path, folder):
    """`OK`, the number of errors, or the exception that ended it."""
    copy = folder / "sample.edi"
    copy.write_bytes(path.read_bytes())
    try:
        ran = subprocess.run(
            [program, copy], capture_output=True, text=True, timeout=SECONDS, cwd=folder,
            errors="replace",
        )
    except subprocess.TimeoutExpired:
        return f"no end within {SECONDS} s"
    said = ran.stdout + ran.stderr
    if "Traceback (most recent call last)" in said:
        last = said.strip().splitlines()[-1]
        last = re.sub(r"^[\w.]*\.(?=\w+:)", "", last)
        return "crash: " + " ".join(last.replace(str(folder), "").split())[:90]
    errors = len(re.findall(r"^\S+ \S+ ERROR ", said, re.MULTILINE))
    if re.search(r": OK\s*$", said, re.MULTILINE) and errors == 0:
        return "OK"
    return f"{errors} error{'' if errors == 1 else 's'}" if errors else "Failure, no error named"


def verdict(ours):
    """What was read, in words."""
    if ours["exit"] == 2:
        return "not"
    faults = ours["faults"]
    if ours["claims"] == 0:
        return "skipped" if faults.get("F002") else "nothing in it"
    if ours["exit"] == 3 or ours["left_out"] or faults.get("F002"):
        return "in part"
    return "whole"


def row(name, ours, theirs, is_short):
    if ours["exit"] == 2:
        cells = [name, "not", "", "", "2", "", "", ours["why"], theirs]
    else:
        faults = ", ".join(f"{rule} {n}" for rule, n in sorted(ours["faults"].items()))
        left_out = f" ({ours['left_out']} left out)" if ours["left_out"] else ""
        cells = [name, verdict(ours), str(ours["claims"]), f"{ours['lines']}{left_out}",
                 str(ours["exit"]), faults or "none", " ".join(ours["ids"]), ours["why"], theirs]
    if is_short:
        del cells[6]
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", required=True, type=pathlib.Path)
    parser.add_argument("--x12valid", required=True, type=pathlib.Path)
    parser.add_argument("--peerclaims", default="target/debug/peerclaims", type=pathlib.Path)
    parser.add_argument("--short", action="store_true", help="without claim ids")
    args = parser.parse_args()
    program, x12valid = args.peerclaims.resolve(), args.x12valid.absolute()
    root = args.samples.resolve()
    heading = ["file", "read", "claims", "service lines", "exit", "faults", "claim ids",
               "left out, why", "pyx12"]
    if args.short:
        heading.remove("claim ids")
    print("| " + " | ".join(heading) + " |")
    print("|" + "---|" * len(heading))
    read, peers = collections.Counter(), collections.Counter()
    for path in sorted(root.rglob("*")):
        if not path.is_file() or path.suffix in (".md", ".tsv") or not is_837(path):
            continue
        with tempfile.TemporaryDirectory() as folder:
            ours = by_peerclaims(program, path, pathlib.Path(folder))
            theirs = by_pyx12(x12valid, path, pathlib.Path(folder))
        read[verdict(ours)] += 1
        peers[theirs if theirs == "OK" else "crash" if "crash" in theirs else "errors"] += 1
        print(row(str(path.relative_to(root)), ours, theirs, args.short), flush=True)
    print(f"\n{sum(read.values())} files. peerclaims: " +
          ", ".join(f"{what} {n}" for what, n in sorted(read.items())) + ". pyx12: " +
          ", ".join(f"{what} {n}" for what, n in sorted(peers.items())) + ".")


if __name__ == "__main__":
    main()
