# Sourced by the other scripts, from bash: where things are, and which Rust
# compiles both halves of Stoa. Prints nothing, changes nothing on disk.
# shellcheck shell=bash

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD

# Tools in exactly the version that this project needs, apart from other projects'.
tools=${XDG_CACHE_HOME:-$HOME/.cache}/stoa/tools

export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$root/target}
export PATH=$root/node_modules/.bin:$tools/bin:${CARGO_HOME:-$HOME/.cargo}/bin:$PATH
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1

# shellcheck disable=SC2034
stoa=$CARGO_TARGET_DIR/release/stoa

say() { printf '\033[1m== %s\033[0m\n' "$*"; }
fail() {
    printf '\033[1;31m== %s\033[0m\n' "$*" >&2
    exit 1
}

# The oldest compiler that the dependencies and the tools allow.
oldest_rust=1.96

# Whether the toolchain $1 (empty: the default one) is new enough and has a
# standard library and a linker for WebAssembly.
compiles_wasm() (
    if [ -n "$1" ]; then export RUSTUP_TOOLCHAIN=$1; fi
    version=$(rustc --version 2>/dev/null | cut -d' ' -f2) || exit 1
    [ "$(printf '%s\n' "$oldest_rust" "$version" | sort -V | head -n1)" = "$oldest_rust" ] || exit 1
    probe=$(mktemp -d)
    trap 'rm -rf "$probe"' EXIT
    echo 'pub fn probe() {}' | rustc --crate-name probe --crate-type cdylib \
        --target wasm32-unknown-unknown -o "$probe/probe.wasm" - 2>/dev/null
)

# Sets RUSTUP_TOOLCHAIN for what follows where the default doesn't serve.
choose_rust() {
    [ -z "${STOA_RUST_CHOSEN:-}" ] || return 0
    local name
    for name in "" debian stable; do
        if compiles_wasm "$name"; then
            if [ -n "$name" ]; then export RUSTUP_TOOLCHAIN=$name; fi
            export STOA_RUST_CHOSEN=yes
            return 0
        fi
    done
    return 1
}

# A port that nobody listens on.
free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 12000))
        if ! (: >"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            echo "$port"
            return
        fi
    done
}
