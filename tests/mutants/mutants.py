#!/usr/bin/env python3
"""Runs the tests against every small fault that cargo-mutants can think of, with one build.

    tests/mutants/mutants.py [ROOM…]        # rules, join and policy unless told otherwise

cargo-mutants builds the program once for each fault, which takes hours here. This script takes
its list of faults (`cargo mutants --list --json`), and writes a copy of the sources in which each
function chooses between its own body and the faulty ones by the variable PEERCLAIMS_MUTANT; that
copy is built once, and the tests are run once for each fault. A fault that no test notices is a
survivor. It is printed, with the rest that could not be tried (a fault that does not compile is no
fault). Needs cargo-mutants (`cargo install cargo-mutants`). Nothing in the repository is changed;
all it writes is under target/mutants.
"""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
from collections import defaultdict

ROOT = pathlib.Path(__file__).resolve().parents[2]
COPY = ROOT / "target" / "mutants" / "copy"
ROOMS = ["rules", "join", "policy"]
# What finds most faults in a second, then everything that runs the rules.
QUICK = ["rule_examples", "agreement::the_program_agrees_with_the_reference"]
SLOW = ["rule_examples", "agreement", "fixtures", "contract", "readme::pages", "generated"]
SECONDS_AT_MOST = 120
CHOOSER = """//! Which fault is chosen (written by tests/mutants/mutants.py).
/// Its number; 0: none.
pub fn chosen() -> u32 {
    static CHOSEN: std::sync::OnceLock<u32> = std::sync::OnceLock::new();
    *CHOSEN.get_or_init(|| {
        std::env::var("PEERCLAIMS_MUTANT").ok().and_then(|text| text.parse().ok()).unwrap_or(0)
    })
}
"""


def offset_of(lines, place):
    """Characters before a place, of which line and column begin at 1."""
    before = sum(len(line) for line in lines[: place["line"] - 1])
    return before + place["column"] - 1


def body_of(text, begin, end):
    """Where the body of the function at begin..end opens; its last brace is at end - 1."""
    skip = re.compile(
        r'//[^\n]*|/\*.*?\*/|r#".*?"#|b?"(?:\\.|[^"\\])*"|b?\'(?:\\.[^\']*|[^\'\\])\'', re.S
    )
    opened, at = [], begin
    while at < end:
        skipped = skip.match(text, at)
        if skipped:
            at = skipped.end()
            continue
        if text[at] == "{":
            opened.append(at)
        elif text[at] == "}":
            last = opened.pop()
            if at == end - 1:
                return last
        at += 1
    raise ValueError("no body")


def write_copy(mutants, dropped):
    """Writes the copy; gives, for each file, the lines of each fault in it."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, stdout=subprocess.PIPE, check=True)
    for folder in ["src", "tests"]:
        shutil.rmtree(COPY / folder, ignore_errors=True)  # what a file was removed from
    for name in filter(None, listed.stdout.decode().split("\0")):
        (COPY / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, COPY / name)
    (COPY / "src" / "chosen_mutant.rs").write_text(CHOOSER)
    library = COPY / "src" / "lib.rs"
    library.write_text(library.read_text() + "\n#[doc(hidden)]\npub mod chosen_mutant;\n")
    by_file = defaultdict(lambda: defaultdict(list))
    for number, mutant in mutants.items():
        if number not in dropped:
            span = mutant["function"]["span"]
            key = (span["start"]["line"], span["start"]["column"])
            by_file[mutant["file"]][key].append(number)
    places = {}
    for file, functions in by_file.items():
        lines = (ROOT / file).read_text().splitlines(keepends=True)
        text = "".join(lines)
        # From the last function to the first, so that offsets stay right.
        for key in sorted(functions, reverse=True):
            numbers = functions[key]
            span = mutants[numbers[0]]["function"]["span"]
            begin, end = offset_of(lines, span["start"]), offset_of(lines, span["end"])
            opens = body_of(text, begin, end)
            arms = []
            for number in numbers:
                mutant = mutants[number]
                first, last = (offset_of(lines, mutant["span"][edge]) for edge in ["start", "end"])
                faulty = text[opens + 1 : first] + mutant["replacement"] + text[last : end - 1]
                arms.append(f"/*<{number}>*/ {number} => {{{faulty}\n}}\n/*</{number}>*/")
            whole = text[opens:end]
            chosen = "match crate::chosen_mutant::chosen() {\n"
            text = f"{text[:opens]}{{ {chosen}" + "\n".join(arms) + f"\n_ => {whole} }} }}{text[end:]}"
        (COPY / file).write_text(text)
        places[file] = lines_of_faults(text)
    return places


def lines_of_faults(text):
    """The first and last line of each fault in a written file."""
    found = []
    for match in re.finditer(r"/\*<(\d+)>\*/.*?/\*</\1>\*/", text, re.S):
        first = text.count("\n", 0, match.start()) + 1
        found.append((first, first + match.group(0).count("\n"), int(match.group(1))))
    return found


def build(mutants):
    """Builds the copy, leaving out what does not compile; gives the test program and those."""
    dropped = set()
    while True:
        places = write_copy(mutants, dropped)
        command = ["cargo", "test", "--no-run", "--test", "suite", "--message-format=json"]
        environment = os.environ | {"CARGO_PROFILE_DEV_DEBUG": "0", "RUSTFLAGS": "-Awarnings"}
        done = subprocess.run(
            command, cwd=COPY, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        found, program = set(), None
        for line in done.stdout.splitlines():
            message = json.loads(line)
            if message["reason"] == "compiler-artifact" and message["target"]["name"] == "suite":
                program = message["executable"]
            if message["reason"] != "compiler-message" or message["message"]["level"] != "error":
                continue
            for span in message["message"]["spans"]:
                for first, last, number in places.get(span["file_name"], []):
                    if first <= span["line_start"] <= last:
                        found.add(number)
        if done.returncode == 0:
            return program, dropped
        if not found:
            sys.exit("the copy does not build, and not for a fault: see target/mutants/copy")
        dropped |= found
        print(f"{len(found)} do not compile", flush=True)


def is_noticed(program, number, filters, seeds):
    """Whether a test fails, or takes forever, with the fault."""
    environment = os.environ | {"PEERCLAIMS_MUTANT": str(number), "PEERCLAIMS_SEEDS": str(seeds)}
    environment |= {"CARGO_MANIFEST_DIR": str(COPY)}
    tests = subprocess.Popen(
        [program, "--quiet", *filters],
        cwd=COPY,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return tests.wait(SECONDS_AT_MOST) != 0
    except subprocess.TimeoutExpired:
        # With the programs that the tests started: a fault may make them run for ever.
        os.killpg(tests.pid, signal.SIGKILL)
        tests.wait()
        return True


def main():
    rooms = sys.argv[1:] or ROOMS
    COPY.mkdir(parents=True, exist_ok=True)
    files = [argument for room in rooms for argument in ["-f", f"src/{room}/**"]]
    listed = subprocess.run(
        ["cargo", "mutants", "--list", "--json", *files], cwd=ROOT, stdout=subprocess.PIPE, check=True
    )
    listed = json.loads(listed.stdout)
    mutants = {number: mutant for number, mutant in enumerate(listed, 1) if mutant["function"]}
    program, dropped = build(mutants)
    tried = [number for number in mutants if number not in dropped]
    print(f"{len(listed)} faults: {len(dropped)} do not compile, {len(tried)} are tried", flush=True)
    if is_noticed(program, 0, SLOW, 40):
        sys.exit("the tests fail without any fault")
    survivors = []
    for count, number in enumerate(tried, 1):
        noticed = is_noticed(program, number, QUICK, 12) or is_noticed(program, number, SLOW, 200)
        if not noticed:
            survivors.append(number)
            print(f"survives: {mutants[number]['name']}", flush=True)
        if count % 50 == 0:
            print(f"{count} tried, {len(survivors)} survive", flush=True)
    outside = [mutant["name"] for mutant in listed if not mutant["function"]]
    for name in outside:
        print(f"not tried (in no function): {name}")
    print(f"{len(tried) - len(survivors)} noticed, {len(survivors)} survive")


if __name__ == "__main__":
    main()
