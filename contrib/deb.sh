#!/usr/bin/env bash
# Makes target/debian/peerclaims_*.deb: the program, manual pages, completions, and the units of
# contrib/ as examples. Needs cargo-deb (cargo install cargo-deb --locked).
set -euo pipefail
cd "$(dirname "$0")/.."

cargo deb --version > /dev/null 2>&1 || {
    echo "cargo-deb is not installed; install it with: cargo install cargo-deb --locked" >&2
    exit 2
}

cargo build --locked --release
# What is copied below is what this program says of itself, nothing left of an older one.
rm -rf target/deb
mkdir -p target/deb/man target/deb/completions
target/release/peerclaims man target/deb/man # peerclaims*.1
target/release/peerclaims completions bash > target/deb/completions/peerclaims.bash
target/release/peerclaims completions zsh > target/deb/completions/_peerclaims
target/release/peerclaims completions fish > target/deb/completions/peerclaims.fish
cargo deb --locked --no-build "$@"
