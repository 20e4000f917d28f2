#!/usr/bin/env python3
"""Many nightly runs on one ledger: memory, time and bytes a line stay flat, and nothing is lost or doubled.

    cargo build --release
    python3 tests/kill/soak.py --program target/release/peerclaims --nights 500

Every night brings new claims of a pool of members and practitioners, corrections (frequency 7 and 8) of
claims of the last thirty nights, and claims that came before. Every tenth night the same file is run
again after it went through (a restart); every seventh night the run is killed at a random moment first,
and then started again. After each night the ledger and the results must be of the same run. At the end
`ledger check` must be content, and the ledger must hold each released line once: no more, no less.

It prints a row for each fifty nights and fails (exit 1) where the last row's median time or memory is more
than twice that of the second row, or a line takes a quarter more bytes.
"""

import argparse
import collections
import csv
import datetime
import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COLUMNS = ["claim_id", "line_number", "frequency_code", "original_claim_id", "received_date", "member_id",
           "member_birth_date", "billing_npi", "rendering_npi", "procedure_code", "units", "service_date",
           "place_of_service", "diagnosis_codes", "charge_amount"]
FIRST = datetime.date(2024, 1, 1)


def npi(number):
    """Nine digits and the check digit of an NPI."""
    digits = f"1{number:08}"
    total = 24
    for index, digit in enumerate(digits):
        value = int(digit) * (2 if index % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return digits + str(-total % 10)


class Nights:
    """The claims of each night, from a seed."""

    def __init__(self, seed, lines):
        self.chance, self.lines = random.Random(seed), lines
        self.agencies = [npi(number) for number in range(10, 22)]
        self.practitioners = [npi(number) for number in range(500, 560)]
        self.recent = collections.deque(maxlen=30)
        self.count = 0

    def row(self, day, member, claim, line, frequency="1", original="", agency=None):
        return {
            "claim_id": claim, "line_number": line, "frequency_code": frequency, "original_claim_id": original,
            "received_date": day.isoformat(), "member_id": f"SOAK{member:06}", "member_birth_date": "1980-05-01",
            "billing_npi": agency or self.chance.choice(self.agencies),
            "rendering_npi": self.chance.choice(self.practitioners), "procedure_code": "H0038",
            "units": self.chance.choice([1, 2, 4, 4]), "service_date": day.isoformat(), "place_of_service": "53",
            "diagnosis_codes": "F331", "charge_amount": "61.24",
        }

    def night(self, day):
        rows, own = [], []
        for member in self.chance.sample(range(self.lines * 20), self.lines):
            self.count += 1
            row = self.row(day, member, f"S{self.count:07}", 1)
            rows.append(row)
            own.append(row)
        earlier = [row for night in self.recent for row in night]
        for row in self.chance.sample(earlier, min(len(earlier), self.lines // 20)):
            self.count += 1
            frequency = self.chance.choice("778")
            changed = dict(row, claim_id=f"S{self.count:07}", frequency_code=frequency,
                           original_claim_id=row["claim_id"], received_date=day.isoformat())
            if frequency == "7":
                changed["units"] = self.chance.choice([1, 2, 3])
            rows.append(changed)
        rows += self.chance.sample(earlier, min(len(earlier), self.lines // 30))
        self.recent.append(own)
        return rows


class Soak:
    """The program, its folder, and what is measured."""

    def __init__(self, program, work, chance):
        self.program, self.work, self.chance = program, work, chance
        self.released, self.rows = {}, []
        self.killed = self.restarted = 0

    def start(self, day):
        return subprocess.Popen(
            [self.program, "validate", "night.csv", "--ledger", "year.db", "--out", "out", "--split", "--quiet",
             "--as-of", day.isoformat(), "--fail-on", "never"],
            cwd=self.work, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def run(self, day):
        """Seconds and peak memory (KiB) of a run that goes through."""
        begin = time.monotonic()
        child = self.start(day)
        said = child.stderr.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            sys.exit(f"{day}: exit {child.returncode}: {said}")
        if "SOAK" in said:
            sys.exit(f"{day}: a member in a message: {said}")
        return time.monotonic() - begin, usage.ru_maxrss

    def ask(self, *line):
        done = subprocess.run([self.program, "ledger", *line, "--ledger", "year.db"], cwd=self.work,
                              capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"ledger {line}: exit {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def take_released(self):
        """Claims that went out: by the results, which must be of the ledger's newest run."""
        manifest = json.loads((self.work / "out/manifest.json").read_text())
        status = json.loads(self.ask("status", "--format", "json"))
        if manifest["ledger"]["run"] != status["runs"]:
            sys.exit("ledger and results are of different runs")
        with open(self.work / "out/claims.csv", newline="") as file:
            for row in csv.DictReader(file):
                if row["disposition"] in ("release", "review", "void"):
                    key = (row["billing_npi"], row["claim_id"], row["frequency_code"])
                    if key in self.released:
                        sys.exit(f"claim {row['claim_id']} went out twice")
                    self.released[key] = int(row["service_lines"])
        return status

    def night(self, number, day, rows):
        with open(self.work / "night.csv", "w", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(rows)
        is_done = False
        if number % 7 == 3 and self.rows:
            child = self.start(day)
            time.sleep(self.chance.uniform(0, self.rows[-1][0] * 1.1))
            child.send_signal(signal.SIGKILL)
            child.communicate()
            self.killed += 1
            # What it left is mended here; where it had gone through, its results are taken now.
            status = json.loads(self.ask("status", "--format", "json"))
            manifest = json.loads((self.work / "out/manifest.json").read_text())
            if manifest["ledger"]["run"] != status["runs"]:
                sys.exit(f"{day}: ledger and results are of different runs after a kill")
            if status["runs"] > self.rows[-1][3]:
                self.take_released()
                is_done = True
        seconds, memory = self.run(day)
        status = self.take_released_again() if is_done else self.take_released()
        if number % 10 == 9:
            self.run(day)
            self.restarted += 1
            status = self.take_released_again()
        size = (self.work / "year.db").stat().st_size
        self.rows.append((seconds, memory, size / max(1, status["lines"]), status["runs"], status["lines"]))

    def take_released_again(self):
        """The results of a file that was run before: nothing of it goes out again."""
        with open(self.work / "out/claims.csv", newline="") as file:
            again = [row["claim_id"] for row in csv.DictReader(file)
                     if row["disposition"] in ("release", "review", "void")]
        if again:
            sys.exit(f"{len(again)} claims went out again, {again[0]} among them")
        return json.loads(self.ask("status", "--format", "json"))

    def table(self, step):
        print(f"{'nights':>9}  {'seconds':>8}  {'slowest':>8}  {'MiB':>6}  {'lines':>8}  {'bytes/line':>10}")
        found = []
        for start in range(0, len(self.rows), step):
            part = self.rows[start: start + step]
            median = statistics.median(row[0] for row in part)
            memory = max(row[1] for row in part) / 1024
            found.append((median, memory, part[-1][2]))
            print(f"{start + 1:4}-{start + len(part):4}  {median:8.3f}  {max(row[0] for row in part):8.3f}  "
                  f"{memory:6.1f}  {part[-1][4]:8}  {part[-1][2]:10.1f}")
        return found

    def compare(self):
        """The ledger against what went out."""
        known = collections.Counter()
        for row in csv.DictReader(self.ask("export").splitlines()):
            known[row["billing_npi"], row["claim_id"], row["frequency_code"] or "1"] += 1
        lost = [key for key, lines in self.released.items() if known[key] != lines]
        more = [key for key in known if key not in self.released]
        if lost or more:
            sys.exit(f"{len(lost)} claims with other lines than went out ({lost[:3]}), {len(more)} that never did "
                     f"({more[:3]})")


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--program", required=True, type=lambda path: str(Path(path).resolve()))
    options.add_argument("--nights", type=int, default=500)
    options.add_argument("--lines", type=int, default=300)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    work = Path(tempfile.mkdtemp(prefix="peerclaims-soak-"))
    nights, soak = Nights(chosen.seed, chosen.lines), Soak(chosen.program, work, random.Random(chosen.seed))
    try:
        for number in range(chosen.nights):
            day = FIRST + datetime.timedelta(days=number)
            soak.night(number, day, nights.night(day))
        step = max(1, min(50, chosen.nights // 4))
        found = soak.table(step)
        soak.compare()
        print(soak.ask("check").strip())
        print(f"{chosen.nights} nights, {soak.killed} kills, {soak.restarted} restarts; {len(soak.released)} claims "
              "went out, each once")
        first, last = found[min(1, len(found) - 1)], found[-1]
        for what, limit, before, after in [("time", 2, first[0], last[0]), ("memory", 2, first[1], last[1]),
                                           ("bytes a line", 1.25, first[2], last[2])]:
            if after > before * limit:
                sys.exit(f"{what} grows: {before:.3f}, then {after:.3f}")
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
