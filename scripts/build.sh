#!/usr/bin/env bash
# Builds Stoa as it is released: the site first (WebAssembly for chat and for the
# console, style, assets: hashed and compressed), then the one binary that contains it.
# `build.sh site` stops after the site.
source "$(dirname "$0")/env.sh"
choose_rust || fail "no Rust that compiles for WebAssembly: run scripts/setup.sh first"

# The site is built again only when something that it is made of has changed.
site_inputs() {
    {
        rustc --version
        cargo-leptos --version
        find app style public .cargo Cargo.toml Cargo.lock scripts/build.sh -type f -print0 |
            LC_ALL=C sort -z | xargs -0 sha256sum
    } | sha256sum
}

stamp=target/site.stamp
inputs=$(site_inputs)
if [ "$(cat "$stamp" 2>/dev/null)" != "$inputs" ] || [ ! -d target/site/pkg ]; then
    say "building the site (WebAssembly, style, assets)"
    mkdir -p target
    rm -f "$stamp"
    LEPTOS_HASH_FILES=true cargo leptos build --release --precompress --frontend-only ||
        fail "the site can't be built: see above"
    cp target/console/pkg/console.* target/site/pkg/
    echo "$inputs" >"$stamp"
fi
[ "${1:-}" != site ] || exit 0

say "building the server"
cargo build --release --bin stoa || fail "the server can't be built: see above"
