"""What scripts/fuzz.sh tells Schemathesis beyond the API's own description.

By chance no identifier and no version is ever hit, and behind an unknown one
there is nothing but 404 and 412. So half of the calls are sent to rooms,
categories, people and versions that there are.
"""

import json
import os
import urllib.error
import urllib.request
import zlib

import schemathesis

URL = os.environ["FUZZ_URL"] + "/api/v1"
COOKIE = os.environ["FUZZ_COOKIE"]


# The parts of a file, as tus calls them.
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")


def get(path):
    with urllib.request.urlopen(urllib.request.Request(URL + path, headers={"cookie": COOKIE})) as answer:
        return answer.headers, json.load(answer)


def ids(path):
    return [item["id"] for item in get(path)[1]["items"]]


def rooms():
    """Some to be in, and behind them some that are only to be seen."""
    found = get("/directory?limit=200")[1]["items"]
    inside = [room["id"] for room in found if room["may"]["enter"]]
    return inside[:4] + [id for id in ids("/rooms?limit=200") if id not in inside][:2]


def uploaded(rooms):
    """A file of one's own, in the first room that takes one."""
    for room in rooms:
        request = urllib.request.Request(
            f"{URL}/rooms/{room}/files?name=fuzz.txt", data=b"0123456789", method="POST",
            headers={"cookie": COOKIE, "origin": os.environ["FUZZ_URL"], "content-type": "application/octet-stream"})
        try:
            with urllib.request.urlopen(request) as answer:
                return [json.load(answer)["id"]]
        except urllib.error.HTTPError:
            continue
    return []


# Never who makes these calls, nor who makes those of the other runs.
KEPT = set(os.environ["FUZZ_KEPT"].split())
KNOWN = {
    "room": rooms(),
    "category": ids("/categories")[:4],
    # Not everyone may ask which there are.
    "group": os.environ["FUZZ_GROUPS"].split(),
    "query": [os.environ["FUZZ_QUERY"]],
    "unit": os.environ["FUZZ_UNITS"].split(),
    "domain": os.environ["FUZZ_DOMAINS"].split(),
    "user": [id for id in ids("/users?limit=200") if id not in KEPT][:4],
}
KNOWN["file"] = KNOWN["upload"] = KNOWN["quarantined"] = uploaded(KNOWN["room"])
if not all(KNOWN.values()):
    raise SystemExit(f"nothing to point at: {KNOWN}")
KNOWN["principal"] = ["everyone", *(f"{kind}:{id}" for kind in ("user", "group", "unit", "domain") for id in KNOWN[kind])]


def chosen(case, salt):
    """A number that depends on nothing but the call, so that a seed always makes the same ones."""
    said = [salt, case.method, case.path, case.path_parameters, case.query, case.body]
    return zlib.crc32(json.dumps(said, default=str, sort_keys=True).encode())


def point_at_known(body, number):
    """Puts what there is into a body where it names something."""
    if isinstance(body, list):
        for index, part in enumerate(body):
            point_at_known(part, number + index)
    if not isinstance(body, dict):
        return
    for name, kind in {"category": "category", "parent": "category", "id": "user"}.items():
        if name in body:
            body[name] = KNOWN[kind][number % len(KNOWN[kind])]
    for part in body.values():
        point_at_known(part, number)


@schemathesis.hook
def before_call(context, case, kwargs):
    at = case.path_parameters or {}
    for name in sorted(at.keys() & KNOWN.keys()):
        number = chosen(case, name)
        if number % 2:
            at[name] = KNOWN[name][number // 2 % len(KNOWN[name])]
    # Disabled once, a room refuses everything else.
    if case.path.endswith("/disable") and at.get("room") in KNOWN["room"]:
        at["room"] = KNOWN["room"][-1]
    # Whoever makes these calls would no longer be an administrator.
    if case.method == "PUT" and at.get("role") == "administrator":
        at["role"] = "auditor"
    # Sessions would end, and calls be throttled, for everyone.
    if case.path.endswith("/pool/settings") and isinstance(case.body, dict):
        for name in [name for name in case.body if name.startswith(("session_", "operations_", "sign_in_"))]:
            del case.body[name]
    # They would disable themselves, or get a password that nobody knows.
    if case.method == "PATCH" and at.get("user") in KEPT:
        at["user"] = KNOWN["user"][0]
    if chosen(case, "body") % 2:
        point_at_known(case.body, chosen(case, "body") // 2)
    described = case.operation.definition.raw.get("parameters", [])
    if any(parameter.get("name") == "if-match" for parameter in described) and chosen(case, "version") % 4:
        try:
            headers, _ = get(case.formatted_path.removeprefix("/api/v1"))
        except OSError:
            # Nothing there: then there is no version either.
            return
        if case.headers is not None and headers["etag"]:
            case.headers["if-match"] = headers["etag"]
