#!/usr/bin/env python3
"""Results without a ledger: whatever fails or stops a run, the earlier results stand or the new are whole.

    cargo build --release
    python3 tests/kill/outputs.py --program target/release/peerclaims --kills 200
    python3 tests/kill/outputs.py --program target/release/peerclaims --fail-calls   # needs strace
    python3 tests/kill/outputs.py --program target/release/peerclaims --full-disk    # needs root

Each round begins with the results of an earlier run, starts `validate` (with --split and all formats; or with
--memory, so that claims go to temporary files) or `audit` on other claims, and stops it: SIGKILL, SIGTERM or SIGINT at a random moment; or its n-th open,
write, sync, rename, … fails, for every n; or the disk is full, at growing sizes. Then the folder must be
byte for byte the earlier results, or the new ones, with the content that an undisturbed run gives;
exit 0 only with the new, exit 2 only with the old; nothing beside it but `.out.peerclaims-tmp-PID`,
which the next run takes away; and a message must not name a member. It fails at the first that is not so.
--full-disk fills the disk of the results, and that of TMPDIR alone. --lines: 300 at least, so that the runs of
--memory have temporary files (it says so where they have none).
"""

import argparse
import collections
import csv
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

CALLS = ["openat", "write", "pwrite64", "fsync", "fdatasync", "rename,renameat,renameat2", "mkdir,mkdirat",
         "chmod,fchmod,fchmodat", "unlink,unlinkat,rmdir", "flock", "read,pread64", "statx,newfstatat"]
COMMANDS = {
    "validate": ["validate", "--split", "--acks", "--format", "csv,json,html,xlsx"],
    "audit": ["audit", "--sample", "20", "--format", "csv,json,html,xlsx"],
    "memory": ["validate", "--memory", "1K", "--block-bytes", "2000", "--threads", "2", "--format", "csv,json"],
}
# What only temporary files do beside the calls of the other runs.
CALLS_OF_MEMORY = ["pwrite64", "pread64", "write", "openat", "fchmod,chmod,fchmodat", "ftruncate,lseek"]
LEAST_LINES = 300


class Runs:
    """The program, two sets of claims, and what undisturbed runs make of them."""

    def __init__(self, program, work, lines):
        self.program, self.work = program, work
        for seed in ("1", "2"):
            subprocess.run([program, "generate", "--lines", str(lines), "--seed", seed, "--quiet", "--format",
                            "csv,x12", "--out", str(work / seed)], check=True)
        self.members = set()
        for seed in ("1", "2"):
            with open(work / seed / "claims.csv", newline="") as claims:
                self.members |= {row["member_id"].upper() for row in csv.DictReader(claims)} - {""}
        self.seconds, self.hashes = {}, {}
        for name in COMMANDS:
            for seed in ("1", "2"):
                if name == "memory":
                    self.has_temporary_files(seed)
                place = work / f"{name}-{seed}"
                place.mkdir()
                begin = time.monotonic()
                done = self.start(place, name, seed)
                _, said = done.communicate()
                if done.returncode not in (0, 1, 3):
                    sys.exit(f"{name}: exit {done.returncode}: {said}")
                self.seconds[name] = time.monotonic() - begin
                self.hashes[name, seed] = self.content(place / "out")

    def has_temporary_files(self, seed):
        """That a run of --memory needs them at all."""
        tried = self.work / f"tried-{seed}"
        tried.mkdir()
        said, _ = self.start(tried, "memory", seed, more=["-v"], loud=True).communicate()
        if "went to temporary files" not in said:
            sys.exit(f"--memory had no temporary files: more --lines than {LEAST_LINES} are needed\n{said}")
        shutil.rmtree(tried)

    def start(self, place, name, seed, wrapped=(), more=(), loud=False, temporary=None):
        claims = [str(self.work / seed / "claims.csv"), str(self.work / seed / "claims.x12")]
        command, *options = COMMANDS[name]
        return subprocess.Popen(
            [*wrapped, self.program, command, *claims, "--tables", str(self.work / seed / "tables"), "--as-of",
             "2025-10-17", "--out", "out", *([] if loud else ["--quiet"]), *options, *more],
            cwd=place, text=True, stdout=subprocess.PIPE if loud else subprocess.DEVNULL,
            stderr=subprocess.STDOUT if loud else subprocess.PIPE,
            env={**os.environ, "TMPDIR": str(temporary)} if temporary else None)

    @staticmethod
    def content(folder):
        """One hash of all files; of the manifest what does not change with the clock."""
        whole = hashlib.sha256()
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                data = path.read_bytes()
                if path.name == "manifest.json":
                    manifest = json.loads(data)
                    data = json.dumps([manifest["outputs"], manifest["inputs"]]).encode()
                    on_disk = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
                    if on_disk - {"manifest.json"} != {output["name"] for output in manifest["outputs"]}:
                        sys.exit(f"{folder}: the manifest lists other files")
                whole.update(f"{path.relative_to(folder)} {hashlib.sha256(data).hexdigest()}\n".encode())
        return whole.hexdigest()

    def fresh(self, place, name):
        if place.exists():
            shutil.rmtree(place)
        shutil.copytree(self.work / f"{name}-1", place)

    def look(self, place, name, code, said, what):
        """`old` or `new`; exits where it is neither, or does not go with the exit code."""
        state = {self.hashes[name, "1"]: "old", self.hashes[name, "2"]: "new"}.get(self.content(place / "out"))
        beside = [path.name for path in place.iterdir() if path.name != "out"]
        for is_right, fault in [
            (state is not None, "neither the old results nor the new"),
            (code != 2 or state == "old", "exit 2 with new results"),
            (code not in (0, 1, 3) or state == "new", f"exit {code} with old results"),
            # strace counts by thread: the first write of the main thread may be that of the word itself.
            (code != 2 or said.startswith("peerclaims: ") or what.startswith("write"), "exit 2 without a word"),
            (code in (0, 1, 2, 3, -9, -15, -2, 130, 143), f"exit {code}"),
            (all(one.startswith(".out.peerclaims-") for one in beside), f"beside the results: {beside}"),
            (code < 0 or code > 100 or not beside or "FAILED CLEAN-UP" in what, f"left behind: {beside}"),
            (not any(member in said.upper() for member in self.members), "a message names a member"),
            ("larger --memory" not in said or "No space" in said, "more memory is advised, and the disk is not full"),
            ("panick" not in said and "a fault of the program" not in said, "a panic"),
        ]:
            if not is_right:
                sys.exit(f"{name}, {what}: {fault}\nexit {code}: {said}")
        return state

    def again(self, place, name, what):
        """The next run goes through, and takes away what was left."""
        run = self.start(place, name, "2")
        _, said = run.communicate()
        if self.look(place, name, run.returncode, said, what + ", the run after it") != "new":
            sys.exit(f"{name}, {what}: the run after it: exit {run.returncode}: {said}")


def kills(runs, count, chance):
    ended = collections.Counter()
    for number in range(count):
        name = list(COMMANDS)[number % len(COMMANDS)]
        stop = [signal.SIGKILL, signal.SIGTERM, signal.SIGINT][number // len(COMMANDS) % 3]
        place = runs.work / "round"
        runs.fresh(place, name)
        child = runs.start(place, name, "2")
        time.sleep(chance.uniform(0, runs.seconds[name] * 1.1))
        child.send_signal(stop)
        _, said = child.communicate()
        state = runs.look(place, name, child.returncode, said, f"round {number}, {stop.name}")
        ended[stop.name, state] += 1
        if number % 5 == 0:
            runs.again(place, name, f"round {number}")
    for key, times in sorted(ended.items()):
        print(f"{key[0]}: {times} times the {key[1]} results")
    print(f"{count} stops: never a mixed state")


def failing_calls(runs):
    for name in COMMANDS:
        for call in CALLS_OF_MEMORY if name == "memory" else CALLS:
            ended = collections.Counter()
            error = "ENOSPC" if "write" in call else "EIO"
            number = 0
            while True:
                number += 1
                place, trace = runs.work / "round", runs.work / "trace"
                runs.fresh(place, name)
                child = runs.start(place, name, "2", ["strace", "-f", "-qq", "-o", str(trace), "-e",
                                   f"trace={call}", "-e", f"inject={call}:error={error}:when={number}"])
                _, said = child.communicate()
                text = trace.read_text(errors="replace")
                if "INJECTED" not in text:
                    break
                if child.returncode == 127:  # the loader could not load the program
                    ended["not started"] += 1
                    continue
                # A failed call of the clean-up itself may leave a folder, which the next run removes.
                what = f"{call} number {number}" + (" FAILED CLEAN-UP" if "unlink" in call or "openat" in call
                                                    or "statx" in call or "flock" in call else "")
                ended[runs.look(place, name, child.returncode, said, what)] += 1
                if number % 10 == 0:
                    runs.again(place, name, what)
            print(f"{name:<9} {call:<26} {ended['old']:4} failures left the old results, {ended['new']:4} the new",
                  flush=True)
    print("never a mixed state")


def full_disks(runs):
    for name in ("validate", "audit"):  # whose results are as large as the disk
        ended = collections.Counter()
        place_bytes = sum(path.stat().st_size for path in (runs.work / f"{name}-1").rglob("*") if path.is_file())
        for step in range(40):
            mount = runs.work / "mount"
            mount.mkdir(exist_ok=True)
            size = place_bytes + 131072 + step * step * 8192
            subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(mount)], check=True)
            try:
                place = mount / "place"
                shutil.copytree(runs.work / f"{name}-1", place)
                child = runs.start(place, name, "2")
                _, said = child.communicate()
                ended[runs.look(place, name, child.returncode, said, f"a disk of {size} bytes")] += 1
            finally:
                subprocess.run(["umount", str(mount)], check=True)
        print(f"{name}: disks of 40 sizes: {ended['old']} times the old results, {ended['new']} times the new")


def full_temporary_disk(runs):
    """The disk of TMPDIR alone is full, at growing sizes."""
    ended = collections.Counter()
    for step in range(40):
        mount = runs.work / "mount"
        mount.mkdir(exist_ok=True)
        size = 4096 + step * step * 512
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(mount)], check=True)
        try:
            place = runs.work / "round"
            runs.fresh(place, "memory")
            child = runs.start(place, "memory", "2", temporary=mount)
            _, said = child.communicate()
            state = runs.look(place, "memory", child.returncode, said, f"temporary files on a disk of {size} bytes")
            if state == "old" and "Pass a larger --memory" not in said:
                sys.exit(f"no word of what to do: {said}")
            ended[state] += 1
        finally:
            subprocess.run(["umount", str(mount)], check=True)
    if not ended["old"] or not ended["new"]:
        sys.exit(f"sizes that tell nothing: {ended}")
    print(f"TMPDIR of 40 sizes: {ended['old']} times the old results, {ended['new']} times the new")


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--program", required=True, type=lambda path: str(Path(path).resolve()))
    options.add_argument("--kills", type=int, default=200)
    options.add_argument("--lines", type=int, default=4000, help=f"{LEAST_LINES} at least")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--full-disk", action="store_true")
    options.add_argument("--fail-calls", action="store_true")
    chosen = options.parse_args()
    if chosen.lines < LEAST_LINES:
        options.error(f"--lines: {LEAST_LINES} at least, or there are no temporary files")
    with tempfile.TemporaryDirectory(prefix="peerclaims-outputs-") as folder:
        runs = Runs(chosen.program, Path(folder), chosen.lines)
        if chosen.full_disk:
            full_disks(runs)
            full_temporary_disk(runs)
        elif chosen.fail_calls:
            failing_calls(runs)
        else:
            kills(runs, chosen.kills, random.Random(chosen.seed))


if __name__ == "__main__":
    main()
