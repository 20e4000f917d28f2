#!/usr/bin/env python3
"""Times peerclaims and its peers on the same files in the same run, A B C A B C, and prints a table.

    python3 -m venv venv && venv/bin/pip install duckdb polars
    cargo build --release
    venv/bin/python benches/compare/compare.py --rounds 3 --memory 140M
    venv/bin/python benches/compare/compare.py --rounds 3 --memory 700M --lines 3000000 --share 1

The claim set is made by `peerclaims generate` with a fixed seed. Peers are what a good analyst would
run instead: five of our checks and none of the corrections (`peer_duckdb.py`, `peer_polars.py`).
Each program runs as a whole process, on two threads, with its findings written (ours to standard
output, which goes to a file). The page cache is warm: one round before the first is not counted.
Seconds are medians of the rounds, memory is the most of them (no less than this script itself).
"""
import argparse, os, platform, statistics, subprocess, sys, tempfile, time
from importlib import metadata

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BINARY = os.path.join(ROOT, "target", "release", "peerclaims")


def measure(command, output, well):
    """Seconds and peak memory (MiB) of a process; its standard output goes to a file. `well` are
    the codes with which it may end: a time of a program that failed is none."""
    # DuckDB and ours are told by an option.
    threads = {**os.environ, "POLARS_MAX_THREADS": "2"}
    with open(output, "wb") as out, open(output + ".said", "w+") as said:
        begin = time.monotonic()
        process = subprocess.Popen(command, stdout=out, stderr=said, env=threads)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - begin
        code = os.waitstatus_to_exitcode(status)
        if code not in well:
            said.seek(0)
            sys.exit(f"{' '.join(command)}\nended with {code}:\n{said.read()}")
    return seconds, usage.ru_maxrss / 1024


def programs(binary, claims, tables, scratch, memory):
    ours = [binary, "validate", claims, "--tables", tables, "--out", "-", "--quiet", "--threads", "2"]
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


def peers():
    """The peers with their versions; asked before anything is made."""
    try:
        # Not imported: a process that is started is counted with what this one holds.
        return [f"{name} {metadata.version(name.lower())}" for name in ("DuckDB", "Polars")]
    except metadata.PackageNotFoundError as missing:
        sys.exit(f"{missing.name} is not there: run this with a Python that has it (see --help)")


def processor():
    """What the machine calls its processor."""
    try:
        with open("/proc/cpuinfo") as lines:
            names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
            return names[0] if names else platform.machine()
    except OSError:
        return platform.machine()


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    option = parser.add_argument
    option("--lines", type=int, default=5_000_000, help="service lines of the set [5000000]")
    option("--share", type=float, default=0.1, help="share of them that is peer support [0.1]")
    option("--seed", type=int, default=1, help="seed of the set [1]")
    option("--violations", default="0.0005", help="rate of planted violations [0.0005]")
    option("--rounds", type=int, default=5, help="rounds that count [5]")
    option("--memory", help="also within this much memory (140M, 1G), inputs not hashed")
    option("--keep", help="folder of the set, made there if it is not there yet "
                          "[a temporary one, of 140 bytes a line]")
    option("--binary", default=BINARY, help="the program [target/release/peerclaims]")
    args = parser.parse_args()
    if args.rounds < 1:
        parser.error("--rounds: at least 1")
    if not os.path.exists(args.binary):
        parser.error(f"{args.binary} is not there: run cargo build --release, or pass --binary")
    versions = peers()
    version = subprocess.run([args.binary, "--version"], capture_output=True, text=True, check=True)
    versions.insert(0, version.stdout.strip())
    with tempfile.TemporaryDirectory() as scratch:
        folder = args.keep or os.path.join(scratch, "set")
        is_kept = os.path.exists(os.path.join(folder, "claims.csv"))
        if not is_kept:
            subprocess.run(
                [args.binary, "generate", "--lines", str(args.lines), "--peer-share", str(args.share),
                 "--seed", str(args.seed), "--violations", args.violations, "--out", folder, "-q"],
                check=True)
        claims, tables = os.path.join(folder, "claims.csv"), os.path.join(folder, "tables")
        size = os.path.getsize(claims)
        results = {}
        for number in range(args.rounds + 1):
            each = programs(args.binary, claims, tables, scratch, args.memory)
            for name, (command, output) in each.items():
                # Ours ends with 1 or 3 where it found something, or could not read it all.
                well = (0, 1, 3) if command[0] == args.binary else (0,)
                seconds, memory = measure(command, output, well)
                if number > 0:
                    results.setdefault(name, []).append((seconds, memory))
    base = statistics.median(seconds for seconds, _ in results["peerclaims, inputs not hashed"])
    made = (f"{args.lines:,} lines, {args.share:.0%} peer support, violations {args.violations}, "
            f"seed {args.seed}")
    print(f"{folder} as it was" if is_kept else made, end=", ")
    print(f"{size:,} bytes of claims, {os.cpu_count()} cores of {processor()}, "
          f"medians of {args.rounds}; {', '.join(versions)}, Python {platform.python_version()}")
    print("| program | seconds | times ours | peak memory, MiB |\n|---|---|---|---|")
    for name, runs in results.items():
        seconds = statistics.median(run[0] for run in runs)
        memory = max(run[1] for run in runs)
        print(f"| {name} | {seconds:.2f} | {seconds / base:.1f} | {memory:,.0f} |")


if __name__ == "__main__":
    main()
