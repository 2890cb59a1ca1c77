#!/bin/sh
# The JSON Schema, judged by a validator that others wrote: it takes every scenario that the loader
# takes, and of the invalid ones it refuses all whose fault a schema can express.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
python=
for candidate in /usr/bin/python3 python3; do
    if "$candidate" -c 'from jsonschema import Draft202012Validator' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "skipped: no python3-jsonschema (apt-get install python3-jsonschema)"
    exit 0
fi
exec "$python" - <<'EOF'
import json
import pathlib
import sys

from jsonschema import Draft202012Validator

DATA = pathlib.Path("tests/unit/data/scenarios")

# What can't be said in a schema: how values relate to each other, to the file and to other files.
BEYOND_A_SCHEMA = set("""
    accepted-beyond accepted-twice connect connections deep duplicate duration-fit gives-up idle
    message-folder message-missing never next next-stage nul outcome-beyond outcome-contradicts pauses-beyond
    pieces-of-nothing range-empty reply-at-connect reply-body-text reply-empty reply-line-end
    reply-variable requirement-unknown rule-nothing split-beyond split-dribble vary-bomb vary-bomb-twice
    vary-cycle vary-file vary-file-broken vary-file-part vary-file-wrong vary-many vary-member
    vary-member-of-text vary-part vary-splice vary-splice-place vary-twice vary-unknown
    vary-unknown-none vary-value void
""".split())

schema = json.loads(pathlib.Path("scenarios/scenario.schema.json").read_text())
Draft202012Validator.check_schema(schema)
validator = Draft202012Validator(schema)
wrong = 0
count = 0


def complain(path, text):
    global wrong
    wrong += 1
    print(f"{path}: {text}")


def valid_files():
    yield from sorted((DATA / "valid").glob("*.json"))
    for path in sorted(pathlib.Path("scenarios").glob("*/*.json")):
        if path.parent.name not in ("texts", "profiles", "messages"):
            yield path


for name in sorted(BEYOND_A_SCHEMA):
    if not (DATA / "invalid" / f"{name}.json").exists():
        complain(name, "listed, but there is no such file")

for path in valid_files():
    count += 1
    for error in validator.iter_errors(json.loads(path.read_text())):
        complain(path, f"refused at {error.json_path}: {error.message[:200]}")

for path in sorted((DATA / "invalid").glob("*.json")):
    try:
        document = json.loads(path.read_text())
    except ValueError:
        continue  # no JSON at all
    count += 1
    refused = not validator.is_valid(document)
    if refused and path.stem in BEYOND_A_SCHEMA:
        complain(path, "refused, though it is listed as beyond a schema")
    if not refused and path.stem not in BEYOND_A_SCHEMA:
        complain(path, "taken")

print(f"{count} files, {wrong} wrong")
sys.exit(1 if wrong or count < 150 else 0)
EOF
