#!/usr/bin/env python3
"""Writes a CycloneDX 1.5 bill of materials of peerclaims to standard output.

    python3 contrib/sbom.py [TARGET] > peerclaims.cdx.json

TARGET is the platform built for [default: x86_64-unknown-linux-gnu].
From `cargo metadata --locked` and Cargo.lock alone: nothing is fetched. The same sources give the same
bytes; so there is no time stamp, and the serial number is made from the hash of Cargo.lock.
"""

import hashlib
import json
import os
import subprocess
import sys
import tomllib
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = "x86_64-unknown-linux-gnu"


def main():
    target = sys.argv[1] if len(sys.argv) > 1 else TARGET
    cargo = os.environ.get("CARGO", "cargo")
    told = subprocess.run([cargo, "metadata", "--locked", "--offline", "--format-version", "1",
                           "--filter-platform", target], cwd=ROOT, capture_output=True)
    if told.returncode != 0:
        sys.exit(f"sbom.py: cargo metadata failed:\n{told.stderr.decode().strip()}\n"
                 "Where crates are missing, get them first: cargo fetch --locked")
    metadata = json.loads(told.stdout)
    lock_text = (ROOT / "Cargo.lock").read_bytes()
    lock = {(package["name"], package["version"]): package
            for package in tomllib.loads(lock_text.decode())["package"]}
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    root = metadata["resolve"]["root"]

    def needs(node):
        """What is built for the program: tests and benches are no part of it."""
        return [dep["pkg"] for dep in nodes[node]["deps"]
                if any(kind["kind"] != "dev" for kind in dep["dep_kinds"])]

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
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.UUID(bytes=hashlib.sha256(lock_text).digest()[:16], version=4)}",
        "version": 1,
        "metadata": {"component": component(root)},
        "components": [component(identity) for identity in others],
        "dependencies": [{"ref": reference(identity), "dependsOn": sorted(map(reference, needs(identity)))}
                         for identity in sorted(reached, key=reference)],
    }
    json.dump(bill, sys.stdout, indent=2, ensure_ascii=False)
    print()


if __name__ == "__main__":
    main()
