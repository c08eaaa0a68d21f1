#!/usr/bin/env bash
# Measures a fresh server against the limit and prints the table of goals.
#   scripts/bench.sh [ROW …]
# Rows: room rooms room-calm rooms-calm idle write-room write-rooms
# write-room-postgres write-rooms-postgres history page files wasm (all by default).
# Each row gets a server of its own with an empty data folder on core 0, and a
# generator on core 1. The reports stay in target/bench; see docs/benchmarks.md.
source "$(dirname "$0")/env.sh"

stoa=${STOA_BIN:-$stoa}
[ -x "$stoa" ] || fail "no release binary at $stoa: run make build first"
reports=${STOA_BENCH_REPORTS:-$CARGO_TARGET_DIR/bench}
mkdir -p "$reports"
ulimit -n "$(ulimit -Hn)"

rows=("$@")
if [ ${#rows[@]} = 0 ]; then
    rows=(room rooms room-calm rooms-calm idle write-room write-rooms
        write-room-postgres write-rooms-postgres history page files wasm)
fi

work=$(mktemp -d)
chmod 755 "$work"
server= postgres= plain=
stop() {
    [ -n "$1" ] || return 0
    kill -"${2:-TERM}" "$1" 2>/dev/null || true
    # A process that can't be waited for isn't ours; it is gone soon.
    wait "$1" 2>/dev/null || while kill -0 "$1" 2>/dev/null; do sleep 0.1; done
}
clean() {
    stop "$server"
    stop "$plain"
    stop "$postgres" INT
    rm -rf "$work"
}
trap clean EXIT
trap 'exit 130' INT TERM

on_core() {
    local core=$1
    shift
    if [ "$(nproc)" -gt 1 ]; then exec taskset -c "$core" "$@"; else exec "$@"; fi
}

# Waits until $2 is true, for the process $1.
await() {
    local pid=$1 tries=0
    shift
    until "$@" 2>/dev/null; do
        tries=$((tries + 1))
        if ! kill -0 "$pid" 2>/dev/null || [ $tries -gt 600 ]; then
            tail -n 20 "$work"/*.log >&2 || true
            fail "what was started for the benchmark doesn't come up"
        fi
        sleep 0.05
    done
}

port=
listens() { (: >"/dev/tcp/127.0.0.1/$port"); }
ready() (
    exec 3<>"/dev/tcp/127.0.0.1/$port" || exit 1
    printf 'GET /health/ready HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n' >&3
    IFS= read -r -t 5 status <&3
    [[ $status == *" 200 "* ]]
)

start_limit() {
    port=$(free_port)
    on_core 0 "$stoa" bench limit --listen "127.0.0.1:$port" >"$work/limit.log" 2>&1 &
    server=$!
    await "$server" listens
}

export STOA_BENCH_PASSWORD=
# A fresh server; $1 is the address of its PostgreSQL, or nothing.
start_stoa() {
    local data=$work/data
    rm -rf "$data"
    unset STOA_DATABASE_URL
    if [ -n "${1:-}" ]; then export STOA_DATABASE_URL=$1; fi
    STOA_BENCH_PASSWORD="bench $RANDOM $RANDOM $RANDOM"
    port=$(free_port)
    "$stoa" admin create bench --password-stdin --data "$data" <<<"$STOA_BENCH_PASSWORD" >"$work/admin.log" 2>&1 &&
        "$stoa" pool set operations_per_second=1000000 operations_burst=1000000 rooms_per_socket=10000 \
            upload_limit=1073741824 --data "$data" >>"$work/admin.log" 2>&1 ||
        { cat "$work/admin.log" >&2; fail "the server can't be prepared"; }
    on_core 0 "$stoa" serve --data "$data" --listen "127.0.0.1:$port" >"$work/server.log" 2>&1 &
    server=$!
    await "$server" ready
}

stop_server() {
    stop "$server"
    server=
}

failed=
# $1 the row, $2 stoa or limit; the rest is the command of `stoa bench`.
measure() {
    local name=$1-$2
    shift 2
    say "$name: stoa bench $*"
    rm -f "$reports/$name.json"
    (on_core 1 "$stoa" bench "$@" --url "http://127.0.0.1:$port" --json "$reports/$name.json") || failed="$failed $name"
}

# The same chat of the limit, then of a fresh server.
compare() {
    local row=$1
    shift
    start_limit
    measure "$row" limit chat "$@" --pid "$server"
    stop_server
    start_stoa
    measure "$row" stoa chat "$@" --pid "$server"
    stop_server
}

as_postgres() {
    if [ "$(id -u)" = 0 ]; then exec runuser -u postgres -- "$@"; else exec "$@"; fi
}

# A PostgreSQL of its own on a free port, with the settings that Debian ships.
start_postgres() {
    local bin folder=$work/postgres
    bin=$(find /usr/lib/postgresql/*/bin -name initdb -printf '%h\n' 2>/dev/null | sort -V | tail -n1)
    [ -n "$bin" ] || return 1
    mkdir -p "$folder"
    if [ "$(id -u)" = 0 ]; then chown postgres "$folder"; fi
    (cd "$folder" && as_postgres "$bin/initdb" -D "$folder/data" -U bench -A trust -E UTF8 --no-locale) >"$work/initdb.log" 2>&1 ||
        { cat "$work/initdb.log" >&2; fail "PostgreSQL can't be prepared"; }
    port=$(free_port)
    (cd "$folder" && as_postgres "$bin/postgres" -D "$folder/data" -p "$port" -k "$folder" -c listen_addresses=127.0.0.1) >"$work/postgres.log" 2>&1 &
    await $! test -s "$folder/data/postmaster.pid"
    # The server itself, not what became its user: that is who has to be told to stop.
    postgres=$(head -n1 "$folder/data/postmaster.pid")
    await "$postgres" "$bin/psql" -h 127.0.0.1 -p "$port" -U bench -d postgres -qc 'CREATE DATABASE stoa'
    database=postgres://bench@127.0.0.1:$port/stoa
}

write_postgres() {
    if ! start_postgres; then
        say "$1: left out, PostgreSQL isn't installed"
        return 0
    fi
    start_stoa "$database"
    measure "$1" stoa chat "${@:2}" --pid "$server"
    stop_server
    stop "$postgres" INT
    postgres=
    rm -rf "$work/postgres"
}

alone() {
    local row=$1
    shift
    start_stoa
    measure "$row" stoa "$@"
    stop_server
}

one_room=(--clients 64 --senders 64 --rooms 1 --window 32 --no-join)
many_rooms=(--clients 64 --senders 1 --rooms 64 --window 32 --no-join)

for row in "${rows[@]}"; do
    case $row in
    room) compare room --clients 1000 --rooms 1 --senders 10 ;;
    rooms) compare rooms --clients 1000 --rooms 100 --senders 10 ;;
    room-calm) compare room-calm --clients 1000 --rooms 1 --rate 5 --seconds 30 ;;
    rooms-calm) compare rooms-calm --clients 1000 --rooms 100 --rate 50 --seconds 20 ;;
    idle) compare idle --clients 5000 --rooms 1 --seconds 0 ;;
    write-room) compare write-room "${one_room[@]}" ;;
    write-rooms) compare write-rooms "${many_rooms[@]}" ;;
    write-room-postgres) write_postgres "$row" "${one_room[@]}" ;;
    write-rooms-postgres) write_postgres "$row" "${many_rooms[@]}" ;;
    history) alone history history --messages 1000000 ;;
    page)
        start_stoa
        measure page stoa page --pid "$server"
        stop_server
        ;;
    files)
        # Both on the same disk; while one works the other does nothing.
        port=$(free_port)
        on_core 0 "$stoa" bench plain --listen "127.0.0.1:$port" --folder "$work/plain" >"$work/plain.log" 2>&1 &
        plain=$!
        await "$plain" listens
        beside=http://127.0.0.1:$port
        start_stoa
        measure files stoa files --plain "$beside" --pid "$server"
        stop_server
        stop "$plain"
        plain=
        ;;
    wasm)
        bytes=$(find target/site/pkg -name '*.wasm.br' -printf '%s\n' 2>/dev/null | awk '{ n += $1 } END { print n + 0 }')
        rm -f "$reports/wasm-stoa.json"
        if [ "$bytes" -gt 0 ]; then
            printf '{ "kilobytes": %s }\n' "$(awk "BEGIN { print $bytes / 1000 }")" >"$reports/wasm-stoa.json"
        else
            say "wasm: left out, there is no site in target/site"
        fi
        ;;
    *) fail "there is no row \"$row\"" ;;
    esac
done

say "goals of docs/benchmarks.md; reports in $reports"
"$stoa" bench table "$reports"
[ -z "$failed" ] || fail "not everything was delivered as it has to be, or not measured:$failed"
