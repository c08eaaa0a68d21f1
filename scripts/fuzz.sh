#!/usr/bin/env bash
# Sends a fresh server with a sample company whatever its own description of the
# API allows, and more that it doesn't: as an administrator, as somebody with
# no rights, and signed out. No answer may be a failure of the server, nor other
# than the description says. The calls come from a fixed seed, FUZZ_SEED; how many
# of them there are depends on the time.
#   scripts/fuzz.sh [SECONDS]      (90 by default)
source "$(dirname "$0")/env.sh"

stoa=${STOA_BIN:-$stoa}
[ -x "$stoa" ] || fail "no release binary at $stoa: run make build first"
schemathesis=$tools/schemathesis/bin/schemathesis
[ -x "$schemathesis" ] || fail "no Schemathesis: run scripts/setup.sh test first"
seconds=${1:-90}
seed=${FUZZ_SEED:-1}

work=$(mktemp -d)
server=
clean() {
    if [ -n "$server" ]; then
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap clean EXIT
trap 'exit 130' INT TERM

# Fails with what the server said; that is where the cause of a 500 stands.
broken() {
    tail -n 40 "$work/server.log" >&2
    fail "$1"
}

data=$work/data
password="fuzz $RANDOM $RANDOM $RANDOM"
sample=stoa-demo-2025
unset STOA_DATABASE_URL
{
    "$stoa" demo --data "$data" &&
        "$stoa" admin create fuzz --display-name Fuzz --password-stdin --data "$data" <<<"$password" &&
        # It is the calls that are looked at here, not the throttle.
        "$stoa" pool set operations_per_second=1000000 operations_burst=1000000 --data "$data"
} >"$work/server.log" 2>&1 || broken "the server can't be prepared"

port=$(free_port)
export FUZZ_URL=http://127.0.0.1:$port
"$stoa" serve --data "$data" --listen "127.0.0.1:$port" >>"$work/server.log" 2>&1 &
server=$!
tries=0
until curl -sf "$FUZZ_URL/health/ready" >/dev/null; do
    tries=$((tries + 1))
    kill -0 "$server" 2>/dev/null && [ $tries -le 600 ] || broken "the server doesn't come up"
    sleep 0.05
done

# Prints the session of the person $1 with the password $2, as a cookie.
sign_in() {
    local cookie
    cookie=$(curl -sf -o /dev/null -D - -H "origin: $FUZZ_URL" -H 'content-type: application/json' \
        --data "{\"name\":\"$1\",\"password\":\"$2\"}" "$FUZZ_URL/api/v1/session" |
        sed -nE 's/^set-cookie: (stoa=[^;]+);.*/\1/Ip') || true
    [ -n "$cookie" ] || broken "$1 can't sign in"
    echo "$cookie"
}

# Whose session the cookie $1 is.
who_is() {
    curl -sf -H "cookie: $1" "$FUZZ_URL/api/v1/session" | sed -nE 's/^\{"user":\{"id":"([^"]+)".*/\1/p'
}

failed=
# $1 is who calls, $2 for how many seconds, the rest goes to Schemathesis.
fuzz() {
    local who=$1 seconds=$2
    shift 2
    say "$who, for $seconds s"
    # Signing out is left out: everything after it would be answered by 401.
    # fuzz.py keeps the administrator from disabling himself, which would do the same.
    (
        cd "$work" # It leaves files where it runs.
        SCHEMATHESIS_HOOKS=$root/scripts/fuzz.py "$schemathesis" run "$FUZZ_URL/api/v1/openapi.json" "$@" \
            --header "origin: $FUZZ_URL" --exclude-operation-id sign_out \
            --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance \
            --continue-on-failure --max-time "$seconds" --seed "$seed" --generation-database none \
            --generation-with-security-parameters false --warnings off --no-color
    ) || failed="$failed $who"
    kill -0 "$server" 2>/dev/null || broken "the server has ended"
    # Otherwise much of what was asked was asked by nobody, and proves little.
    [ -n "$(who_is "$FUZZ_COOKIE")" ] || broken "$who: the session ended meanwhile"
}

administrator=$(sign_in fuzz "$password")
member=$(sign_in omar.haddad "$sample")
FUZZ_QUERY=$(curl -sf -H "cookie: $administrator" -H "origin: $FUZZ_URL" -H 'content-type: application/json' \
    --data '{"action":"find"}' "$FUZZ_URL/api/v1/messages/query" | sed -nE 's/^\{"id":"([^"]+)".*/\1/p') || true
[ -n "$FUZZ_QUERY" ] || broken "no clean-up could be begun"
export FUZZ_QUERY
# Makes one of $1 called $2, and prints its id.
make_one() {
    local made
    made=$(curl -sf -H "cookie: $administrator" -H "origin: $FUZZ_URL" -H 'content-type: application/json' \
        --data "{\"name\":\"$2\"}" "$FUZZ_URL/api/v1/$1" | sed -nE 's/^\{"id":"([^"]+)".*/\1/p') || true
    [ -n "$made" ] || broken "none of $1 could be made"
    echo "$made"
}

FUZZ_GROUPS="$(make_one groups Fuzzed) $(make_one groups Also-fuzzed)"
FUZZ_UNITS="$(make_one units Fuzzed) $(make_one units Also-fuzzed)"
FUZZ_DOMAINS="$(make_one domains fuzzed.example) $(make_one domains also-fuzzed.example)"
export FUZZ_GROUPS FUZZ_UNITS FUZZ_DOMAINS
FUZZ_KEPT="$(who_is "$administrator") $(who_is "$member")"
export FUZZ_KEPT
# The administrator last: of what he leaves, others may not see a single room.
export FUZZ_COOKIE=$member
fuzz member $((seconds * 2 / 9)) --header "cookie: $member"
fuzz visitor $((seconds * 2 / 9))
export FUZZ_COOKIE=$administrator
fuzz administrator $((seconds * 5 / 9)) --header "cookie: $administrator"

# A panic that became an answer, or one in a task that has none.
if grep -q panicked "$work/server.log"; then broken "the server panicked"; fi
[ -z "$failed" ] || broken "what was answered isn't what is described:$failed"
say "every call was answered as it is described"
