#!/usr/bin/env python3
"""Holds the 999 and 277CA of `validate --acks` against pyx12 (https://pypi.org/project/pyx12).

    python3 -m venv target/peers && target/peers/bin/pip install 'pyx12==4.0.0'
    python3 tests/peers/acknowledgements.py --sets 500 \
        --peerclaims target/release/peerclaims --x12valid target/peers/bin/x12valid --work /tmp/acks

Makes sets with `generate` (sizes, shares and violations change with the seed), acknowledges them,
and asks x12valid about each file: its text must say OK, for its exit code is not reliable. Then
the damaged fixtures: ours must be accepted too, and a table shows the verdicts of both.
"""

import argparse
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "fixtures" / "damaged"
# Sets that x12valid is asked about at once.
BATCH = 20
# Where the verdicts of both may differ, and why (docs/acknowledgements.md).
DIFFER = {
    "institutional-set.837": "pyx12 reads 837I; peerclaims does not, and says so",
}


def run(*words, codes):
    ran = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    if ran.returncode not in codes:
        sys.exit(f"{' '.join(map(str, words))}: exit {ran.returncode}\n{ran.stderr}")
    return ran


def check(x12valid, paths, tally):
    """Asks x12valid about files of ours; ends where one is not accepted."""
    if not paths:
        return
    ran = subprocess.run([x12valid, *map(str, paths)], capture_output=True, text=True)
    said = ran.stdout + ran.stderr
    lines = set(said.splitlines())
    for path in paths:
        path.with_name(path.name + ".997").unlink(missing_ok=True)
        kind = path.suffix[1:]
        if f"{path}: OK" not in lines:
            sys.exit(f"{path} is not accepted:\n{said}")
        tally[kind] = tally.get(kind, 0) + 1
    if "ERROR" in said:
        sys.exit(f"an error in one of {len(paths)} files:\n{said}")


def files(folder):
    return [path for path in sorted(folder.iterdir()) if path.suffix in (".999", ".277")]


def verdicts(text):
    """IK5 and AK9 of a 999, in order."""
    segments = (part.strip() for part in text.split("~"))
    return [segment for segment in segments if segment[:4] in ("IK5*", "AK9*")]


def generated(args, tally):
    waiting = []
    for seed in range(1, args.sets + 1):
        folder = args.work / f"set{seed}"
        lines = 20 + seed * 7 % 180
        violations = ["0", "0.05", "0.3", "1"][seed % 4]
        share = ["0.1", "0.5", "1"][seed % 3]
        made = ["--seed", seed, "--lines", lines, "--violations", violations]
        run(args.peerclaims, "generate", *made, "--peer-share", share, "--format", "x12",
            "--out", folder, "--quiet", codes=(0,))
        inputs = [path for path in (folder / "claims.x12", folder / "faults.x12") if path.exists()]
        run(args.peerclaims, "validate", *inputs, "--tables", folder / "tables", "--out",
            folder / "out", "--acks", "--quiet", codes=(0, 1, 3))
        waiting.append(folder)
        # Starting x12valid costs more than what it does.
        if len(waiting) == BATCH or seed == args.sets:
            paths = [path for folder in waiting for path in files(folder / "out" / "acks")]
            check(args.x12valid, paths, tally)
            for folder in waiting:
                shutil.rmtree(folder)
            waiting = []


def damaged(args, tally):
    rows = []
    for path in sorted(FIXTURES.glob("*.837")):
        out = args.work / path.stem
        run(args.peerclaims, "validate", path, "--out", out, "--acks", "--quiet", codes=(0, 1, 3))
        check(args.x12valid, files(out / "acks"), tally)
        ours = verdicts((out / "acks" / f"{path.name}.999").read_text())
        copy = args.work / path.name
        shutil.copy(path, copy)
        subprocess.run([args.x12valid, str(copy)], capture_output=True, text=True)
        theirs = verdicts(pathlib.Path(f"{copy}.997").read_text())
        why = "" if ours == theirs else DIFFER.get(path.name)
        rows.append((path.name, " ".join(ours), " ".join(theirs), why))
        if why is None:
            sys.exit(f"{path.name}: ours {ours}, pyx12 {theirs}: not explained")
    print("| file | peerclaims | pyx12 | |\n|---|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sets", type=int, default=500)
    parser.add_argument("--peerclaims", required=True)
    parser.add_argument("--x12valid", required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    tally = {}
    generated(args, tally)
    damaged(args, tally)
    counts = ", ".join(f"{count} × {kind}" for kind, count in sorted(tally.items()))
    print(f"accepted by pyx12: {counts} ({args.sets} generated sets and the damaged fixtures)")


if __name__ == "__main__":
    main()
