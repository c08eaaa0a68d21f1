#!/usr/bin/env bash
# Installs what is missing to build and run Stoa (`setup.sh run`), or also to
# test it (`setup.sh test`). Says each step; silent and quick when there is
# nothing to do. For Debian and Ubuntu, with Rust by rustup and a C compiler.
source "$(dirname "$0")/env.sh"

purpose=${1:-run}
case $purpose in run | test) ;; *) fail "usage: scripts/setup.sh run|test" ;; esac

cargo_leptos=0.3.11

has() { command -v "$1" >/dev/null; }

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif has sudo; then
        sudo "$@"
    else
        fail "needs root for: $* (run it yourself, then again)"
    fi
}

# Runs a step quietly; when it fails, shows the end of what it said.
try() {
    local what=$1 log
    shift
    say "set-up: $what"
    log=$(mktemp)
    if "$@" >"$log" 2>&1 </dev/null; then
        rm -f "$log"
    else
        tail -n 25 "$log" >&2
        printf 'the whole output: %s\n' "$log" >&2
        return 1
    fi
}

quietly() { try "$@" || fail "set-up failed: $1"; }

apt_fresh=
refresh_apt() {
    has apt-get || fail "set-up failed: this system has no apt-get; please install what is missing yourself"
    [ -z "$apt_fresh" ] || return 0
    quietly "refreshing the list of packages" as_root apt-get update
    apt_fresh=yes
}

apt() {
    refresh_apt
    quietly "installing $*" as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -o DPkg::Lock::Timeout=600 install -y --no-install-recommends "$@"
}

# --- Rust for both halves ---------------------------------------------------

# Debian's packages bring a whole toolchain and the sources of its standard
# library, from which the part for WebAssembly is compiled once.
rust_from_debian() {
    refresh_apt
    # The linker that is called rust-lld comes with the same LLVM's lld.
    local llvm
    llvm=$(apt-cache depends rust-web-llvm | grep -oE 'llvm-[0-9]+$' | head -n1) ||
        fail "set-up failed: this system has no package of Rust that compiles for WebAssembly"
    apt rustc-web cargo-web rust-web-src rust-web-llvm rust-web-clippy rustfmt-web "${llvm/llvm/lld}"
    quietly "linking Debian's Rust as the toolchain \"debian\"" rustup toolchain link debian /usr
    if ! compiles_wasm debian; then
        quietly "compiling Rust's standard library for WebAssembly" std_for_wasm
    fi
}

std_for_wasm() (
    export RUSTUP_TOOLCHAIN=debian RUSTC_BOOTSTRAP=1
    unset CARGO_TARGET_DIR
    place=$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown/lib
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    cd "$work"
    mkdir src
    printf '[package]\nname = "empty"\nedition = "2024"\n[profile.release]\npanic = "abort"\nopt-level = "z"\n' >Cargo.toml
    echo '#![no_std]' >src/lib.rs
    # For size: browsers load it.
    cargo build --release -Z build-std=std,panic_abort -Z build-std-features=optimize_for_size --target wasm32-unknown-unknown || exit 1
    rm -f target/wasm32-unknown-unknown/release/deps/libempty-*
    as_root rm -rf "$place" || exit 1
    as_root mkdir -p "$place" || exit 1
    as_root cp target/wasm32-unknown-unknown/release/deps/*.rlib "$place/"
)

rust_by_rustup() {
    try "installing Rust's stable toolchain with WebAssembly" \
        rustup toolchain install stable --profile minimal \
        --component clippy,rustfmt --target wasm32-unknown-unknown
}

has cc || fail "please install a C compiler first: apt-get install build-essential"
has rustup || fail "please install Rust first: https://rustup.rs"
if ! choose_rust; then
    # RUSTUP_AUTO_INSTALL=0 is how a machine says that rustup may not download.
    if [ "${RUSTUP_AUTO_INSTALL:-1}" = 0 ] || ! rust_by_rustup; then rust_from_debian; fi
    choose_rust || fail "set-up failed: no Rust of at least $oldest_rust compiles for WebAssembly"
fi

# --- Tools of the build -----------------------------------------------------

# Compiled quickly rather than to be quick: as released, cargo-leptos takes
# three times as long to compile, and its own work is a matter of seconds.
install_tool() {
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
        CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_STRIP=symbols \
        CARGO_TARGET_DIR="$tools/target" cargo install --root "$tools" --force "$@"
}

version_of() { "$@" --version 2>/dev/null | grep -oE '[0-9]+\.[0-9]+\.[0-9]+' | head -n1; }

# The glue of wasm-bindgen only fits the library of the very same version.
bindgen=$(grep -A1 '^name = "wasm-bindgen"$' Cargo.lock | sed -n 's/^version = "\(.*\)"/\1/p')
[ -n "$bindgen" ] || fail "set-up failed: Cargo.lock names no wasm-bindgen"
if [ "$(version_of wasm-bindgen)" != "$bindgen" ]; then
    quietly "compiling wasm-bindgen $bindgen" \
        install_tool "wasm-bindgen-cli@$bindgen" --no-default-features --config profile.release.opt-level=1
fi
if [ "$(version_of cargo-leptos)" != "$cargo_leptos" ]; then
    quietly "compiling cargo-leptos $cargo_leptos (some minutes)" \
        install_tool "cargo-leptos@$cargo_leptos" --locked --no-default-features --features no_downloads \
        --config profile.release.package.brotli.opt-level=3
fi
rm -rf "$tools/target"

node_is_new() { has node && has npm && [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 18 ]; }
if ! cmp -s package-lock.json node_modules/.stoa-lock; then
    node_is_new || apt nodejs npm
    node_is_new || fail "set-up failed: Node.js 18 or newer is needed, this system has $(node --version)"
    quietly "installing the tools from npm" npm ci --no-audit --no-fund
    cp package-lock.json node_modules/.stoa-lock
fi

[ "$purpose" = test ] || exit 0

# --- What the tests start ---------------------------------------------------

missing=()
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || missing+=(postgresql)
has "${CHROMIUM:-chromium}" || missing+=(chromium)
has curl || missing+=(curl)
# With its own signatures the tests need none from elsewhere.
[ -x /usr/sbin/clamd ] || missing+=(clamav-daemon)
# What applies stylesheets to exports, and what says whether exports are valid.
has xsltproc || missing+=(xsltproc)
has xmllint || missing+=(libxml2-utils)
if [ ${#missing[@]} -gt 0 ]; then apt "${missing[@]}"; fi

# Programs from PyPI, apart from the system's Python: into the folder $1 what the file $2 names; $3 says what it is.
python_tools() {
    local venv=$tools/$1 list=$2 what=$3
    if cmp -s "$list" "$venv/.stoa-lock"; then return; fi
    # Debian's Python comes without what a new environment needs.
    python3 -c 'import ensurepip, venv' 2>/dev/null || apt python3-venv
    rm -rf "$venv"
    quietly "preparing Python for $what" python3 -m venv "$venv"
    quietly "installing $what from PyPI" "$venv/bin/pip" install --quiet --no-input \
        --disable-pip-version-check --requirement "$list"
    cp "$list" "$venv/.stoa-lock"
}
python_tools schemathesis scripts/fuzz.txt "the fuzzer of the API"
python_tools clients scripts/clients.txt "what the tests of files and exports talk to"
