#!/usr/bin/env python3
"""Kills a posting run at random moments, and looks whether ledger and results agree afterwards.

    cargo build --release
    python3 tests/kill/posting.py --program target/release/peerclaims --kills 300

Each round begins with the ledger and the results of one night, starts the run of the next one
(20,000 lines), and sends SIGKILL after a random time. Then the next start must find both of the old
run or both of the new one, with the content that an undisturbed run gives, and `ledger check` must
be content; in every fourth round the run must then go through: nothing lost, nothing twice. A third of the
rounds hold the run up between the commit of the ledger and the exchange of the folder
(PEERCLAIMS_TEST_PHASES, see src/cli/phases.rs), which is too short to be hit by chance.

It says what it hit and fails (exit 1) at the first state that is neither old nor new. SIGKILL takes
the process, not the machine: this is no test of a power loss. With --full-disk the run is started on
tmpfs file systems of growing size instead (needs root), so that another write fails each time. With
--fail-calls every write, sync and rename of the run fails once, the first, then the second, and so on
(needs strace; pass --lines 2000).
"""

import argparse
import collections
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PHASES = ["(start)", "open", "join", "prepare", "write", "commit", "committed", "exchanged",
          "checkpoint", "end"]


class Night:
    """The program, the files of two nights, and the state after the first."""

    def __init__(self, program, work, lines):
        self.program, self.work = program, work
        self.run([program, "generate", "--lines", str(lines * 2), "--peer-share", "1", "--quiet",
                  "--out", str(work / "set")])
        rows = (work / "set/claims.csv").read_text().splitlines(keepends=True)
        (work / "one.csv").write_text("".join(rows[: lines // 4]))
        (work / "two.csv").write_text("".join(rows[:1] + rows[lines // 5: lines // 5 + lines]))
        self.state = work / "state"
        self.state.mkdir()
        self.start(self.state, "one.csv").wait()
        self.after_one = self.content(self.state)
        self.fresh(work / "undisturbed")
        begin = time.monotonic()
        self.start(work / "undisturbed", "two.csv").wait()
        self.seconds = time.monotonic() - begin
        self.after_two = self.content(work / "undisturbed")

    def run(self, command, cwd=None):
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
        if done.returncode not in (0, 1):
            sys.exit(f"{command}: exit {done.returncode}: {done.stderr}")
        return done

    def fresh(self, place):
        if place.exists():
            shutil.rmtree(place)
        shutil.copytree(self.state, place)

    def start(self, place, name, hook="", wrapped=()):
        environment = dict(os.environ, PEERCLAIMS_TEST_PHASES=hook) if hook else os.environ
        return subprocess.Popen(
            [*wrapped, self.program, "validate", str(self.work / name), "--tables",
             str(self.work / "set/tables"), "--ledger", "year.db", "--post", "all", "--out", "out",
             "--quiet"],
            cwd=place, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def content(self, place):
        exported = self.run([self.program, "ledger", "export", "--ledger", "year.db"], place)
        return hashlib.sha256(exported.stdout.encode()).hexdigest()

    def look(self, place):
        """What the next start says, and the run that both agree on; exits where they do not."""
        status = self.run([self.program, "ledger", "status", "--format", "json", "--ledger",
                           "year.db"], place)
        runs = json.loads(status.stdout)["runs"]
        manifest = json.loads((place / "out/manifest.json").read_text())
        check = self.run([self.program, "ledger", "check", "--ledger", "year.db"], place)
        expected = {1: self.after_one, 2: self.after_two}
        for is_right, what in [
            (manifest["ledger"]["run"] == runs, "ledger and results are of different runs"),
            (check.returncode == 0, f"ledger check: {check.stdout}"),
            (self.content(place) == expected.get(runs), f"run {runs} has another content"),
            (all((place / "out" / output["name"]).stat().st_size == output["bytes"]
                 for output in manifest["outputs"]), "results that are not whole"),
        ]:
            if not is_right:
                sys.exit(f"{place}: {what}\n{status.stderr}")
        return status.stderr, runs

    def finish(self, place):
        """The run again, undisturbed."""
        again = self.start(place, "two.csv")
        _, said = again.communicate()
        if again.returncode not in (0, 1, 3) or self.content(place) != self.after_two:
            sys.exit(f"{place}: the run after the kill: exit {again.returncode}\n{said}")


def kill_rounds(night, kills, chance):
    hits = collections.Counter()
    ended = collections.Counter()
    between = 0
    for number in range(kills):
        place = night.work / "round"
        night.fresh(place)
        is_held = number % 3 == 0
        pause = ",committed=150" if is_held else ""
        child = night.start(place, "two.csv", f"phases{pause}")
        if is_held:
            # As soon as the ledger has it, plus a little.
            while child.poll() is None and "committed" not in phases(place):
                time.sleep(0.001)
            time.sleep(chance.uniform(0, 0.2))
        else:
            time.sleep(chance.uniform(0, night.seconds * 1.05))
        child.send_signal(signal.SIGKILL)
        child.wait()
        hit = (phases(place) or ["(start)"])[-1]
        said, runs = night.look(place)
        hits[hit] += 1
        between += "between ledger and results" in said
        ended["new" if runs == 2 else "old"] += 1
        print(f"{number + 1:4} killed in {hit:<10} both {'new' if runs == 2 else 'old'}  "
              f"{said.strip()[-90:]}", flush=True)
        if number % 4 == 0:
            night.finish(place)
    print(f"\n{kills} kills, undisturbed run {night.seconds:.2f} s; the state was "
          f"{ended['old']} times the old one, {ended['new']} times the new one")
    for phase in PHASES:
        print(f"  {phase:<11} {hits[phase]:4}")
    print(f"{between} of them between the commit of the ledger and the exchange of the folder")
    print("0 partial states, 0 lost runs, ledger check content each time")


def phases(place):
    try:
        return (place / "phases").read_text().split()
    except FileNotFoundError:
        return []


def full_disks(night):
    ended = collections.Counter()
    needed = sum(path.stat().st_size for path in night.state.rglob("*") if path.is_file())
    for step in range(40):
        mount = night.work / "mount"
        mount.mkdir(exist_ok=True)
        size = needed + 65536 + step * step * 32768
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(mount)],
                       check=True)
        try:
            place = mount / "place"
            shutil.copytree(night.state, place)
            child = night.start(place, "two.csv")
            _, said = child.communicate()
            if child.returncode not in (0, 1, 2, 3):
                sys.exit(f"size {size}: exit {child.returncode}: {said}")
            _, runs = night.look(place)
            if (runs == 2) != (child.returncode != 2):
                sys.exit(f"size {size}: exit {child.returncode}, but run {runs}: {said}")
            ended[runs] += 1
            print(f"{size:10} bytes: exit {child.returncode}, both of run {runs}  "
                  f"{said.strip()[-100:]}")
        finally:
            subprocess.run(["umount", str(mount)], check=True)
    print(f"\ndisks of 40 sizes: {ended[1]} times the old state, {ended[2]} times the new one, "
          "never a mixed one")


def failing_calls(night):
    ended = collections.Counter()
    calls = ["write", "pwrite64", "fsync", "fdatasync", "rename,renameat2", "ftruncate",
             "openat", "unlink,unlinkat", "linkat,link", "mkdir,mkdirat", "chmod,fchmod"]
    for call in calls:
        error = "ENOSPC" if "write" in call else "EIO"
        number = 0
        while True:
            number += 1
            place = night.work / "round"
            night.fresh(place)
            trace = night.work / "trace"
            child = night.start(
                place, "two.csv", wrapped=["strace", "-f", "-qq", "-o", str(trace), "-e",
                f"trace={call}", "-e", f"inject={call}:error={error}:when={number}"])
            _, said = child.communicate()
            if "INJECTED" not in trace.read_text():
                break
            if child.returncode not in (0, 1, 2, 3):
                sys.exit(f"{call} {number}: exit {child.returncode}: {said}")
            mended, runs = night.look(place)
            if (runs == 2) != (child.returncode != 2):
                sys.exit(f"{call} {number}: exit {child.returncode}, but run {runs}: {said}{mended}")
            ended[call, runs] += 1
        print(f"{call:<18} {ended[call, 1]:4} failures left the old state, {ended[call, 2]:4} the "
              "new one", flush=True)
    print("never a mixed one")


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--program", required=True, type=lambda path: str(Path(path).resolve()))
    options.add_argument("--kills", type=int, default=300)
    options.add_argument("--lines", type=int, default=20_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--full-disk", action="store_true")
    options.add_argument("--fail-calls", action="store_true")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="peerclaims-kill-") as folder:
        night = Night(chosen.program, Path(folder), chosen.lines)
        if chosen.full_disk:
            full_disks(night)
        elif chosen.fail_calls:
            failing_calls(night)
        else:
            kill_rounds(night, chosen.kills, random.Random(chosen.seed))


if __name__ == "__main__":
    main()
