#!/bin/sh
# naccs-harness as its users know it: command line, exit statuses, reports, and what bad senders cost.
#
#     tests/e2e/harness.sh BUILD
#
# Prints a line "ok" or "not ok" for each test; exit status 1 where one failed.
set -u

# shellcheck source=tests/e2e/lib/harness.sh
. "$(dirname "$0")/lib/harness.sh"
client=$build/naccs-client

# verdict REPORT CASE: of that case, in a JSON report.
verdict() {
    python3 -c '
import json, sys
cases = json.load(open(sys.argv[1]))["cases"]
print([case["verdict"] for case in cases if case["id"] == sys.argv[2]][0])' "$folder/$1" "$2"
}

quick="--timeout 2s --pace 20"

# The reference client, in virtual time.
run run --report "json:$folder/1.json" --report "junit:$folder/1.xml" --report "tap:$folder/1.tap"
check "the reference client conforms" is 0
check "and the report says so" says '^conforms$'
check "there is a summary" says '^[0-9]* cases: [0-9]* pass, 0 fail, 0 warn, [0-9]* skip, 0 error (.* virtual time, seed 1)$'
run run --quiet --report "json:$folder/2.json"
check "quiet is quiet" [ ! -s "$folder/stdout" ]
hash() { grep -o '"transcript_hash":"[0-9a-f]*"' "$folder/$1"; }
check "the same seed gives the same transcripts" same "$(hash 1.json)" "$(hash 2.json)"
check "the JSON report has the shape that was agreed" python3 - "$folder/1.json" <<'PYTHON'
import json, sys
report = json.load(open(sys.argv[1]))
for key in ("suite", "client", "mode", "pace", "seed", "summary", "requirements", "cases"):
    assert key in report, key
assert report["mode"] == "virtual"
assert set(report["summary"]) >= {"pass", "fail", "warn", "skip", "error"}
assert sum(report["summary"][key] for key in ("pass", "fail", "warn", "skip", "error")) == len(report["cases"])
assert len(report["cases"]) >= 80
for row in report["requirements"]:
    assert set(row) >= {"id", "level", "verdict", "cases"}, row
for case in report["cases"]:
    assert set(case) >= {"id", "scenario", "verdict", "duration_s", "checks", "transcript"}, case["id"]
    for check in case["checks"]:
        assert set(check) >= {"requirement", "verdict", "expected", "actual"}, check
PYTHON
check "the JUnit report is XML" python3 -c '
import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
assert root.get("failures") == "0" and len(root.findall("testsuite/testcase")) >= 80' "$folder/1.xml"
check "the TAP report has a plan" holds 1.tap '^1\.\.[0-9]*$'

# What is run.
run list
check "list names the cases" says '^connect/plain  *[A-Z]'
run list --requirements
check "list --requirements names them all" says '^STORM-1  *should  *[1-9][0-9]* cases'
check "and the defects that prove them" says '^    proved by hammers$'
check "and each is proved by some" lacks stdout '^proved by no defect'
run list --requirements --strict
check "no must is uncovered" is 0
run list --requirements --strict rcpt
check "in a part of the suite some are" is 1
check "and are named" says '^covered by no case:.* LOSS-3'
run explain QUIT-2
check "explain a requirement" says '^level: must'
run explain connect/plain
check "explain a case" says '^Run it alone'
run explain no/such
check "explain what there is not" is 2
run schema
check "schema prints JSON" python3 -m json.tool "$folder/stdout" /dev/null
run run --list --only connect --skip 'connect/[l-z]*'
check "only and skip" is 0
check "only and skip choose" says '^connect/comes-back/rst '
run run --only no-such-case
check "nothing selected is refused" is 2
one=$("$harness" run --list --shard 1/2 | wc -l)
two=$("$harness" run --list --shard 2/2 | wc -l)
check "shards are parts of the whole" same "$((one + two))" "$("$harness" list | wc -l)"

# What is wrong.
run nonsense
check "an unknown subcommand" is 2
run run --timeout never
check "a bad option" is 2
run run --report yaml:x
check "no such format" is 2
check "and those that there are are named" complains 'text, json, junit, tap, html or markdown'
run run no/such/folder
check "no such scenario" is 2
check "and it is named" complains 'no/such/folder: No such file'
run run -- no-such-command-here
check "no such command" is 3
check "and it is named too" complains 'no-such-command-here'
run run connect/plain --report "json:$folder/no/such/folder.json"
check "a report that can't be written" is 3
mkdir -p "$folder/suite/messages" "$folder/suite/rcpt"
cp scenarios/requirements.json "$folder/suite/"
cp scenarios/messages/plain.eml "$folder/suite/messages/"
printf '{"version": 1,\n "titel": {"en": "x"}}\n' >"$folder/suite/rcpt/wrong.json"
run validate "$folder/suite/rcpt/wrong.json" scenarios/connect/plain.json
check "validate refuses a bad file" is 2
check "and says where" complains 'wrong.json:2:'
check "and goes on with the next" says 'plain.json: valid, 1 case$'
run run "$folder/suite"
check "run refuses a bad file too" is 2

# A command, over TCP.
# shellcheck disable=SC2086
run run $quick connect/plain rcpt refusals/421 -j 64 -- "$client"
check "our client conforms over TCP" is 0
check "in real time" says 'real time, seed 1'
# shellcheck disable=SC2086
run run $quick connect/plain body/several -- "$client" {message}
check "one message per run" is 0
# shellcheck disable=SC2086
run run $quick connect/plain --stdin -- "$client" -
check "the message on standard input" is 0
# shellcheck disable=SC2086
run run $quick connect/plain -- sh -c 'test "$NACCS_CASE" = connect/plain && exec "$0" --helo {helo} --from {from} --to {to} --server {host}:{port} {messages}' "$client"
check "placeholders and environment" is 0
printf '{"name": "ours", "command": ["%s"], "timeout": "2s", "pace": 20}\n' "$client" >"$folder/profile.json"
run run connect/plain --profile "$folder/profile.json"
check "a profile" is 0
check "its name is in the report" says '^sender: ours$'
printf '{"timout": "2s"}\n' >"$folder/profile.json"
run run connect/plain --profile "$folder/profile.json"
check "a bad profile" is 2

# Senders that are no good: each costs its own case alone.
cat >"$folder/bad" <<'SCRIPT'
#!/bin/sh
# Sends like our client, but for some cases.
case $NACCS_CASE in
connect/plain) kill -SEGV $$ ;;
helo/domain) exec tail -f /dev/null ;;
body/several) exec cat /dev/zero ;;
rcpt/several) setsid tail -f /dev/null >/dev/null 2>&1 & echo $! >"$MARK"; exit 0 ;;
*) exec "$CLIENT" "$@" ;;
esac
SCRIPT
chmod +x "$folder/bad"
cat >"$folder/profile.json" <<PROFILE
{"command": ["$folder/bad"], "environment": {"CLIENT": "$client", "MARK": "$folder/stray"}}
PROFILE
# shellcheck disable=SC2086
run run --timeout 1s --pace 20 connect/plain rcpt/several connect/late-greeting refusals/421 -j 64 \
    --profile "$folder/profile.json" --report "json:$folder/bad.json" --report "text:$folder/bad.txt"
check "bad senders do not conform" is 1
check "a crash fails its case" same "$(verdict bad.json connect/plain)" fail
check "leaving a child behind fails its case" same "$(verdict bad.json rcpt/several)" fail
check "the child is gone" sh -c '! kill -0 "$(cat "$1")" 2>/dev/null' sh "$folder/stray"
check "the others pass" same "$(verdict bad.json refusals/421/RCPT)" pass
check "the report names what failed" holds bad.txt 'in connect/plain'
echo 'connect/plain we know' >"$folder/known"
echo 'rcpt/several' >>"$folder/known"
# shellcheck disable=SC2086
run run $quick connect/plain rcpt/several --profile "$folder/profile.json" --known-failing "$folder/known"
check "known failures do not fail the run" is 0
run run connect/plain --known-failing "$folder/known"
check "an unexpected pass does" is 1

# What a sender does last is seen, also where it ends in the same moment.
cat >"$folder/parting" <<'SCRIPT'
#!/usr/bin/env python3
import os, socket
centre = (os.environ["NACCS_HOST"], int(os.environ["NACCS_PORT"]))
first = socket.create_connection(centre)
replies = first.makefile("rb")
replies.readline()
first.sendall(b"QUIT\r\n")
replies.readline()
replies.close()
first.close()
socket.create_connection(centre).sendall(b"HELO and away\r\n")
os._exit(0)
SCRIPT
chmod +x "$folder/parting"
run run --only 'refusals/4yz/*' -j 4 --report "json:$folder/parting.json" -- "$folder/parting"
check "what a sender does as it ends is seen" python3 -c '
import json, sys
cases = json.load(open(sys.argv[1]))["cases"]
last = [sum(event.get("octets") == "HELO and away\r\n" for event in case["transcript"]) for case in cases]
assert len(last) > 10 and set(last) == {1}, last' "$folder/parting.json"

# Ended early: what there is is reported.
cat >"$folder/interrupting" <<'SCRIPT'
#!/bin/sh
kill -TERM "$HARNESS_PID"
exec tail -f /dev/null
SCRIPT
chmod +x "$folder/interrupting"
# shellcheck disable=SC2016
sh -c 'HARNESS_PID=$$ exec "$0" run --report "json:$1/cut.json" -j 2 -- "$1/interrupting"' \
    "$harness" "$folder" >"$folder/stdout" 2>"$folder/stderr"
status=$?
check "interrupted" is 3
check "the report says so" holds cut.json '"interrupted":true'
check "no temporary file is left" sh -c '! ls "$1" | grep -q "json\.\|xml\."' sh "$folder"

exit "$failed"
