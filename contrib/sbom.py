#!/usr/bin/env python3
"""Writes a CycloneDX 1.5 bill of materials of peerclaims to standard output.

    python3 contrib/sbom.py [TARGET] > peerclaims.cdx.json

TARGET is the platform built for [default: x86_64-unknown-linux-gnu].
From what cargo says, Cargo.lock and the crates' sources: nothing is fetched. The same sources give the same
bytes; so there is no time stamp, and the serial number is made from the hash of Cargo.lock. The C libraries
that two crates bring along are components of their own, with the version that their sources say.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import tomllib
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = "x86_64-unknown-linux-gnu"


# The crate that brings a C library along, the file of it that says the version, and how.
C_LIBRARIES = {
    "libsqlite3-sys": ("sqlite", "SQLite", "sqlite3/sqlite3.h", r'#define SQLITE_VERSION\s+"([0-9.]+)"',
                       {"license": {"name": "Public domain", "url": "https://sqlite.org/copyright.html"}},
                       "cpe:2.3:a:sqlite:sqlite:{}:*:*:*:*:*:*:*"),
    "zstd-sys": ("zstd", "Zstandard", "zstd/lib/zstd.h",
                 r"#define ZSTD_VERSION_MAJOR\s+(\d+)[^!]*?#define ZSTD_VERSION_MINOR\s+(\d+)"
                 r"[^!]*?#define ZSTD_VERSION_RELEASE\s+(\d+)",
                 {"license": {"id": "BSD-3-Clause"}}, "cpe:2.3:a:facebook:zstandard:{}:*:*:*:*:*:*:*"),
}


def ask(*words):
    """What cargo answers; nothing is fetched."""
    cargo = os.environ.get("CARGO", "cargo")
    try:
        told = subprocess.run([cargo, *words, "--locked", "--offline"], cwd=ROOT, capture_output=True)
    except OSError as error:
        sys.exit(f"sbom.py: {cargo}: {error.strerror}; it needs Rust's cargo")
    if told.returncode != 0:
        sys.exit(f"sbom.py: cargo {words[0]} failed:\n{told.stderr.decode().strip()}\n"
                 "Where crates are missing, get them first: cargo fetch --locked")
    return told.stdout.decode()


def c_library(package):
    """The C library that a crate brings along, as a component."""
    reference, description, header, pattern, licence, cpe = C_LIBRARIES[package["name"]]
    text = (Path(package["manifest_path"]).parent / header).read_text(errors="replace")
    found = re.search(pattern, text)
    if not found:
        sys.exit(f"sbom.py: {package['name']}: {header} does not say a version")
    version = ".".join(found.groups())
    return {
        "type": "library", "bom-ref": f"pkg:generic/{reference}@{version}", "name": reference,
        "version": version, "description": f"{description}, in C: built from the sources in {package['name']}",
        "licenses": [licence], "purl": f"pkg:generic/{reference}@{version}", "cpe": cpe.format(version),
    }


def main():
    if len(sys.argv) > 2 or any(word.startswith("-") for word in sys.argv[1:]):
        print(__doc__.strip())
        sys.exit(0 if sys.argv[1:] in (["-h"], ["--help"]) else 2)
    target = sys.argv[1] if len(sys.argv) > 1 else TARGET
    metadata = json.loads(ask("metadata", "--format-version", "1", "--filter-platform", target))
    # `cargo metadata` lists more than is built: what features of other platforms ask for.
    tree = ask("tree", "--target", target, "-e", "normal,build", "--prefix", "none", "--format", "{p}")
    built = {tuple(line.split(" ")[:2]) for line in tree.splitlines() if line}
    lock_text = (ROOT / "Cargo.lock").read_bytes()
    lock = {(package["name"], package["version"]): package
            for package in tomllib.loads(lock_text.decode())["package"]}
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    root = metadata["resolve"]["root"]

    def is_built(node):
        return (packages[node]["name"], "v" + packages[node]["version"]) in built

    def needs(node):
        """What is built for the program: tests and benches are no part of it."""
        return [dep["pkg"] for dep in nodes[node]["deps"]
                if any(kind["kind"] != "dev" for kind in dep["dep_kinds"]) and is_built(dep["pkg"])]

    reached, waiting = set(), [root]
    while waiting:
        one = waiting.pop()
        if one not in reached:
            reached.add(one)
            waiting.extend(needs(one))

    def reference(identity):
        package = packages[identity]
        return f"pkg:cargo/{package['name']}@{package['version']}"

    def component(identity):
        package = packages[identity]
        entry = {
            "type": "application" if identity == root else "library",
            "bom-ref": reference(identity),
            "name": package["name"],
            "version": package["version"],
            "description": (package["description"] or "").strip(),
            "licenses": [{"expression": package["license"].replace("/", " OR ")}],
            "purl": reference(identity),
        }
        checksum = lock[package["name"], package["version"]].get("checksum")
        if checksum:
            entry["hashes"] = [{"alg": "SHA-256", "content": checksum}]
        if package["repository"] and identity != root:
            entry["externalReferences"] = [{"type": "vcs", "url": package["repository"]}]
        return entry

    others = sorted(reached - {root}, key=reference)
    libraries = {packages[one]["name"]: c_library(packages[one]) for one in others
                 if packages[one]["name"] in C_LIBRARIES}

    def depends_on(identity):
        library = libraries.get(packages[identity]["name"])
        return sorted([*map(reference, needs(identity)), *([library["bom-ref"]] if library else [])])

    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.UUID(bytes=hashlib.sha256(lock_text).digest()[:16], version=4)}",
        "version": 1,
        "metadata": {"component": component(root)},
        "components": [*(component(identity) for identity in others), *libraries.values()],
        "dependencies": [*({"ref": reference(identity), "dependsOn": depends_on(identity)}
                           for identity in sorted(reached, key=reference)),
                         *({"ref": library["bom-ref"], "dependsOn": []} for library in libraries.values())],
    }
    json.dump(bill, sys.stdout, indent=2, ensure_ascii=False)
    print()


if __name__ == "__main__":
    main()
