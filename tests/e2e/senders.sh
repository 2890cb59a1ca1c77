#!/bin/bash
# What is written down about senders that others wrote (tests/interop, docs/senders.md) holds together:
# the page says what the lists say, every sender has its parts, the lists name cases that there are, and
# a report that does not show what it says is found out. No sender is run.
#
#   tests/e2e/senders.sh [BUILD]
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${1:-$here/../../build}" && pwd) || exit 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$here/../.." || exit 2
export PYTHONDONTWRITEBYTECODE=1
passed=0 failed=0

# check NAME COMMAND…
check() {
    local name=$1 output
    shift
    if output=$("$@" 2>&1); then
        passed=$((passed + 1))
        echo "ok - $name"
    else
        failed=$((failed + 1))
        echo "not ok - $name"
        printf '%s\n' "$output" | head -n 20 | sed 's/^/    /'
    fi
}

# finds TEXT COMMAND…: the command fails, and says TEXT.
finds() {
    local text=$1 output
    shift
    output=$("$@" 2>&1) && echo "it did not fail" && return 1
    grep -qF -- "$text" <<<"$output" || { echo "$output" && return 1; }
}

parts() {
    local file name
    for file in tests/interop/senders/*.json; do
        name=$(basename "$file" .json)
        [ -s "tests/interop/expected/$name" ] || { echo "$name has no list" && return 1; }
    done
    for file in tests/interop/expected/*; do
        name=${file##*/}
        [ -s "tests/interop/senders/$name.json" ] || { echo "$name has no profile" && return 1; }
        [ -x "$(sed -n 's/.*"command": \["\([^"]*\)".*/\1/p' "tests/interop/senders/$name.json")" ] ||
            { echo "$name has no wrapper" && return 1; }
    done
}

# Every pattern of every list fits a case of the suite.
patterns() {
    "$build/naccs-harness" run --list | sed -n '/ /s/ .*//p' >"$work/cases"
    PYTHONPATH=tests/interop python3 -c '
import fnmatch, os, sys
import expected
with open(sys.argv[1], encoding="utf-8") as file:
    cases = file.read().split()
wrong = [f"{name}: no case {pattern}" for name in sorted(os.listdir("tests/interop/expected"))
         for line in expected.read("tests/interop/expected/" + name) for pattern in line.patterns
         if not fnmatch.filter(cases, pattern)]
print("\n".join(wrong))
sys.exit(bool(wrong or len(cases) < 400))' "$work/cases"
}

check "each sender has a profile, a wrapper and a list" parts
check "the lists name cases that there are" patterns
check "docs/senders.md says what the lists say" tests/interop/matrix docs/senders.md
sed '/^| CONN-1 /s/\*\*F\*\*/·/' docs/senders.md >"$work/cell.md"
check "a cell of the matrix that says otherwise is found" finds "expected/" \
    tests/interop/matrix "$work/cell.md"
sed '0,/^- fail .*/s///' docs/senders.md >"$work/line.md"
check "a line that is missing under a sender is found" finds "is not what expected/" \
    tests/interop/matrix "$work/line.md"

# A report with one finding, and a list that says just that.
cat >"$work/report" <<'END'
{"cases": [{"id": "a/b", "verdict": "fail", "claims": [],
  "checks": [{"requirement": "SEQ-2", "verdict": "fail", "expected": "one at a time",
              "actual": "\"QUIT\" was sent before the reply to \"RSET\\r\\n\"",
              "connection": 1, "event": 1}],
  "transcript": [{"connection": 1, "kind": "received", "octets": "RSET\r\n"},
                 {"connection": 1, "kind": "received", "base64": "UVVJVA0K"}]}]}
END
echo 'fail SEQ-2 a/* sends two commands at once' >"$work/list"
mkdir "$work/made"
compared() {
    tests/interop/compare "$work/list" "$1" "$work/made"
}
check "a report that shows what it says is believed" compared "$work/report"
sed 's/UVVJVA0K/Tk9PUA0K/' "$work/report" >"$work/other-octets"
check "octets that did not pass are found" finds "QUIT" compared "$work/other-octets"
sed 's/"event": 1/"event": 7/' "$work/report" >"$work/no-event"
check "an event that is not there is found" finds "is not there" compared "$work/no-event"
sed '/"transcript"/,/QUIT\|UVV/d' "$work/report" | sed 's/"event": 1}],/"event": 1}], "transcript": []}]}/' \
    >"$work/no-transcript"
check "a verdict without a transcript is found" finds "no transcript" \
    compared "$work/no-transcript"
sed 's/"claims": \[\]/"claims": [{"message": "made.eml"}]/; s/\\"RSET\\\\r\\\\n\\"/\\"of its own\\"/' \
    "$work/report" >"$work/of-a-made-one"
echo 'nothing like that' >"$work/made/made.eml"
check "what a made message does not hold is found" finds "of its own" compared "$work/of-a-made-one"
echo 'a line of its own' >"$work/made/made.eml"
check "what a made message holds is believed" compared "$work/of-a-made-one"
echo 'fail SEQ-2 a/c sends two commands at once' >"$work/list"
check "a case that was not played is found" finds "no case a/c" compared "$work/report"
echo 'fail SEQ-3 a/b something else' >"$work/list"
check "what is not in the list is found" finds "unexpected: fail SEQ-2" compared "$work/report"
check "what is not in the report is found" finds "missed: fail SEQ-3" compared "$work/report"

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
