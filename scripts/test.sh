#!/usr/bin/env bash
# Every check and every test. A step that fails doesn't stop the others, so
# that one run tells everything; none is ever skipped.
source "$(dirname "$0")/env.sh"
choose_rust || fail "no Rust that compiles for WebAssembly: run scripts/setup.sh first"

logs=target/test-logs
rm -rf "$logs"
mkdir -p "$logs"
passed=() failed=()

# What tests keep is thrown away: in memory, where there is enough of it, no busy disk holds up their commits.
if [ "$(df --output=avail -B1G /dev/shm 2>/dev/null | tail -1)" -ge 8 ] 2>/dev/null; then
    TMPDIR=$(mktemp -d /dev/shm/stoa-tests.XXXXXX)
    export TMPDIR
    trap "rm -rf '$TMPDIR'" EXIT
    # As any folder of its kind: databases run as users of their own, and tests run programs from it.
    chmod 1777 "$TMPDIR"
    printf '#!/bin/sh\n' >"$TMPDIR/runs" && chmod +x "$TMPDIR/runs"
    "$TMPDIR/runs" 2>/dev/null || unset TMPDIR
fi

step() {
    local name=$1 log started=$SECONDS
    shift
    log=$logs/${name// /-}.log
    say "$name: $*"
    if "$@" 2>&1 </dev/null | tee "$log"; then
        passed+=("$name")
        say "$name: passed in $((SECONDS - started)) s"
    else
        failed+=("$name")
        printf '\033[1;31m== %s: FAILED after %s s (%s)\033[0m\n' "$name" $((SECONDS - started)) "$log"
    fi
}

# Playwright checks no types.
browser() { tsc --project end2end && STOA_BIN=$stoa playwright test --config end2end; }

step "format" cargo fmt --all --check
step "lint, server half" cargo clippy --workspace --all-targets -- -D warnings
step "lint, browser half" cargo clippy -p stoa-app --lib --features chat,console \
    --target wasm32-unknown-unknown -- -D warnings
step "site" scripts/build.sh site
step "tests" cargo test --workspace --no-fail-fast
step "release" scripts/build.sh
step "API fuzzing" scripts/fuzz.sh
step "browser tests" browser

# Both runners' own closing lines, added up.
count() {
    {
        sed -nE "s/^test result: .* ([0-9]+) $1;.*/\1/p" "$logs/tests.log"
        sed -nE "s/^ +([0-9]+) $1( \(.*\))?$/\1/p" "$logs/browser-tests.log"
    } 2>/dev/null | awk '{ n += $1 } END { print n + 0 }'
}

echo
if [ ${#failed[@]} -gt 0 ]; then
    for name in "${failed[@]}"; do printf '\033[1;31m== failed: %s\033[0m\n' "$name"; done
fi
say "${#passed[@]} steps of $((${#passed[@]} + ${#failed[@]})) passed, in $((SECONDS / 60)) min $((SECONDS % 60)) s"
echo "tests: $(count passed) passed, $(count failed) failed"
[ ${#failed[@]} = 0 ]
