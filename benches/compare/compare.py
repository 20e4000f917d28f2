#!/usr/bin/env python3
"""Times peerclaims and its peers on the same files in the same run, A B C A B C, and prints a table.

    python3 -m venv venv && venv/bin/pip install duckdb polars
    cargo build --release
    venv/bin/python benches/compare/compare.py [--lines N] [--share S] [--rounds R] [--memory M] [--keep DIR]

The claim set is made by `peerclaims generate` with a fixed seed. Peers are what a good analyst would
run instead: five of our checks and none of the corrections (`peer_duckdb.py`, `peer_polars.py`).
Each program runs as a whole process, on two threads, with its findings written. The page cache is
warm: one round before the first is not counted.
"""
import argparse, os, resource, statistics, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BINARY = os.path.join(ROOT, "target", "release", "peerclaims")


def measure(command, output):
    """Seconds and peak memory (MiB) of a process; its standard output goes to a file."""
    with open(output, "wb") as out:
        begin = time.monotonic()
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - begin
    if os.waitstatus_to_exitcode(status) not in (0, 1, 3):
        sys.exit(f"{command[0]} ended with {os.waitstatus_to_exitcode(status)}")
    return seconds, usage.ru_maxrss / 1024


def programs(claims, tables, scratch, memory):
    ours = [BINARY, "validate", claims, "--tables", tables, "--out", "-", "--quiet", "--threads", "2"]
    out = lambda name: os.path.join(scratch, name + ".csv")
    peer = lambda script: [sys.executable, os.path.join(HERE, script), tables, claims, out(script)]
    limited = ours + ["--input-hash", "none", "--memory", memory]
    within = {f"peerclaims --memory {memory}": (limited, out("limited"))} if memory else {}
    return {
        "peerclaims, inputs not hashed": (ours + ["--input-hash", "none"], out("ours")),
        "peerclaims, inputs hashed": (ours, out("hashed")),
        **within,
        "DuckDB script": (peer("peer_duckdb.py"), out("duckdb_log")),
        "Polars script": (peer("peer_polars.py"), out("polars_log")),
        "wc -l": (["wc", "-l", claims], out("wc")),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=5_000_000)
    parser.add_argument("--share", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--violations", default="0.0005")
    parser.add_argument("--memory", help="also within this much memory, inputs not hashed")
    parser.add_argument("--keep", help="folder of the set; made there if it is not there yet")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = args.keep or os.path.join(scratch, "set")
        if not os.path.exists(os.path.join(folder, "claims.csv")):
            subprocess.run(
                [BINARY, "generate", "--lines", str(args.lines), "--peer-share", str(args.share),
                 "--seed", str(args.seed), "--violations", args.violations, "--out", folder, "-q"],
                check=True)
        claims, tables = os.path.join(folder, "claims.csv"), os.path.join(folder, "tables")
        results = {}
        for number in range(args.rounds + 1):
            each = programs(claims, tables, scratch, args.memory)
            for name, (command, output) in each.items():
                seconds, memory = measure(command, output)
                if number > 0:
                    results.setdefault(name, []).append((seconds, memory))
    base = statistics.median(seconds for seconds, _ in results["peerclaims, inputs not hashed"])
    size = os.path.getsize(claims) if args.keep else 0
    print(f"{args.lines:,} lines, {args.share:.0%} peer support, seed {args.seed}, "
          f"{os.cpu_count()} cores, medians of {args.rounds}" + (f", {size:,} bytes" if size else ""))
    print("| program | seconds | times ours | peak memory, MiB |\n|---|---|---|---|")
    for name, runs in results.items():
        seconds = statistics.median(run[0] for run in runs)
        memory = max(run[1] for run in runs)
        print(f"| {name} | {seconds:.2f} | {seconds / base:.1f} | {memory:,.0f} |")


if __name__ == "__main__":
    main()
