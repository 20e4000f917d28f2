#!/usr/bin/env python3
"""A folder of a million small claim files: every line of them is counted, and memory stays bounded.

    cargo build --release
    python3 tests/kill/many_files.py --program target/release/peerclaims --files 1000000

Needs as many free inodes, and about four KiB of disk a file (`--folder /dev/shm` takes memory instead).
Every file is read with few open at a time (ulimit -n 64). Fails (exit 1) where a line is missing, or the
run takes more memory a file than is said.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HEADER = "claim_id,line_number,member_id,billing_npi,procedure_code,units,service_date\n"
# Measured: 27 MiB with 5,000 files, 112 MiB with 30,000.
MOST_BYTES_A_FILE = 4096
BASE_BYTES = 32 << 20


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--program", required=True, type=lambda path: str(Path(path).resolve()))
    options.add_argument("--files", type=int, default=1_000_000)
    options.add_argument("--folder", default=None)
    chosen = options.parse_args()
    work = Path(tempfile.mkdtemp(prefix="peerclaims-many-", dir=chosen.folder))
    try:
        (work / "in").mkdir()
        begin = time.monotonic()
        for number in range(chosen.files):
            with open(work / f"in/{number}.csv", "w") as file:
                file.write(f"{HEADER}N{number},1,M{number},1234567893,H0038,4,2025-09-03\n")
        print(f"{chosen.files} files made in {time.monotonic() - begin:.0f} s", flush=True)
        begin = time.monotonic()
        child = subprocess.Popen([chosen.program, "validate", "in", "--as-of", "2025-09-30", "--out", "out", "--quiet"],
                                 cwd=work, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)))
        _, status, usage = os.wait4(child.pid, 0)
        seconds, peak = time.monotonic() - begin, usage.ru_maxrss * 1024
        code = os.waitstatus_to_exitcode(status)
        if code != 0:
            sys.exit(f"exit {code}")
        summary = json.loads((work / "out/summary.json").read_text())
        if summary["checked"] != chosen.files:
            sys.exit(f"{summary['checked']} lines checked")
        print(f"read in {seconds:.1f} s, {peak / 2**20:.0f} MiB at most, {summary['checked']} lines checked")
        if peak > BASE_BYTES + chosen.files * MOST_BYTES_A_FILE:
            sys.exit("more memory than is said")
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
