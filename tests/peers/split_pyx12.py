#!/usr/bin/env python3
"""Holds `validate --split` against pyx12: 837P files that it accepts must split into files that it
accepts.

    tests/peers/split_pyx12.py PEERCLAIMS X12VALID [FILES] [FOLDER]

makes FILES small sets with `peerclaims generate` (other seeds, other shares of faults), splits them,
and says how many files pyx12 accepted before and after. It ends with 1 if one was refused. pyx12
says OK or Failure; its exit code says nothing.
"""

import pathlib
import subprocess
import sys
import tempfile

LINES = 40
# Files that one run of pyx12 reads: starting it takes longer than a small file.
BATCH = 40


def split(program, seed, folder):
    """Makes and splits the set of a seed; returns its file and the parts, as names in the folder."""
    made, out = folder / f"set{seed}", folder / f"out{seed}"
    subprocess.run(
        [program, "generate", "--quiet", "--out", made, "--lines", str(LINES), "--seed", str(seed),
         "--format", "x12", "--peer-share", ["1", "0.5"][seed % 2],
         "--violations", ["0", "0.05", "0.3"][seed % 3]],
        check=True,
    )
    whole = made / "claims.x12"  # faults.x12 beside it is damaged on purpose
    ran = subprocess.run(
        [program, "validate", "--quiet", whole, "--tables", made / "tables", "--out", out,
         "--split", "--review-to", ["release", "hold"][seed % 2]],
    )
    assert ran.returncode in (0, 1), f"seed {seed}: exit {ran.returncode}"
    return [str(path.relative_to(folder)) for path in [whole, *sorted(out.glob("[rh]*/*"))]]


def refused(x12valid, names, folder):
    """Those of the files that pyx12 does not call OK."""
    said = subprocess.run([x12valid, *names], cwd=folder, capture_output=True, text=True)
    good = {line.strip() for line in (said.stdout + said.stderr).splitlines()}
    return [name for name in names if f"{name}: OK" not in good]


def main():
    program, x12valid = (str(pathlib.Path(path).resolve()) for path in sys.argv[1:3])
    files = int(sys.argv[3]) if len(sys.argv) > 3 else 500
    folder = pathlib.Path(sys.argv[4] if len(sys.argv) > 4 else tempfile.mkdtemp()).resolve()
    folder.mkdir(exist_ok=True)
    names, bad = [], []
    for seed in range(1, files + 1):
        names += split(program, seed, folder)
    for at in range(0, len(names), BATCH):
        bad += refused(x12valid, names[at:at + BATCH], folder)
    counts = [sum(part in name for name in names) for part in ["set", "/release/", "/hold/"]]
    print("{} files, {} of release/, {} of hold/: {} refused".format(*counts, len(bad)))
    print("\n".join(bad[:5]))
    sys.exit(1 if bad or counts[0] < files or not all(counts[1:]) else 0)


if __name__ == "__main__":
    main()
