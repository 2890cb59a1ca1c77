#!/bin/sh
# naccs-harness run --attach: senders that are no command of the harness's.
#
#     tests/e2e/attach.sh BUILD
#
# Prints a line "ok" or "not ok" for each test; exit status 1 where one failed.
set -u

# shellcheck source=tests/e2e/lib/harness.sh
. "$(dirname "$0")/lib/harness.sh"

run() {
    "$harness" run --timeout 1s --pace 40 "$@" >"$folder/stdout" 2>"$folder/stderr" </dev/null
    status=$?
}

# program NAME: an executable file with what comes on standard input.
program() {
    { echo '#!/bin/sh'; cat; } >"$folder/$1"
    chmod +x "$folder/$1"
}

silent() { [ ! -s "$folder/stderr" ]; }

# report FILE EXPRESSION: is it true of the JSON report?
report() {
    python3 -c '
import json, sys
report = json.load(open(sys.argv[1]))
cases = {case["id"]: case for case in report["cases"]}
def verdicts(case, requirement):
    return [check["verdict"] for check in cases[case]["checks"] if check["requirement"] == requirement]
sys.exit(not eval(sys.argv[2].strip()))' "$folder/$1" "$2"
}

send="set -f; IFS='
'"
client=$build/naccs-client

program sound <<END
$send
env | grep ^NACCS_ >>"$folder/environment"
exec "$client" \$NACCS_MESSAGES
END
run --attach 127.0.0.1:0 --on-case "$folder/sound" --report "json:$folder/1.json" \
    connect/plain quit/in-time
check "a sound sender conforms" is 0
check "the report says how it ran" report 1.json 'report["mode"] == "attached"'
check "nothing is passed over" report 1.json 'set(case["verdict"] for case in report["cases"]) == {"pass"}'
check "the operator is told where" complains 'to 127.0.0.1:[1-9]'
check "and what" complains 'messages/plain.eml'
check "and what became of it" complains '^ *pass$'
for name in CASE HOST PORT HELO FROM TO TIMEOUT MESSAGES; do
    check "the program is given NACCS_$name" holds environment "^NACCS_$name=."
done
run --attach 0 --on-case "$folder/sound" --quiet connect/plain
check "quiet is quiet where a program sends" silent

program no-quit <<END
$send
exec "$sender" --defect no-quit \$NACCS_MESSAGES
END
run --attach 0 --on-case "$folder/no-quit" --settle 200ms --report "json:$folder/2.json" connect/plain
check "a defect fails" is 1
check "and is found" report 2.json 'verdicts("connect/plain", "QUIT-1") == ["fail"]'

# What only the sender knows.
program mute <<END
$send
unset NACCS_OUTCOME
exec "$client" \$NACCS_MESSAGES
END
run --attach 0 --on-case "$folder/mute" --settle 100ms --report "json:$folder/3.json" connect/plain
check "an outcome that was not told fails nothing" is 0
check "and passes nothing" report 3.json '
    all(verdicts("connect/plain", id) == ["skip"] for id in ("LOSS-1", "LOSS-2"))'
mkdir "$folder/sent"
program tells <<END
$send
exec "$client" --outcome "$folder/sent/connect_plain.json" \$NACCS_MESSAGES
END
run --attach 0 --on-case "$folder/tells" --sent "$folder/sent" --report "json:$folder/4.json" connect/plain
check "an outcome that is put where --sent says is judged" report 4.json '
    all(verdicts("connect/plain", id) == ["pass"] for id in ("LOSS-1", "LOSS-2"))'
echo '{"submit_exit_is_outcome": true}' >"$folder/exit.json"
run --attach 0 --on-case "$folder/mute" --profile "$folder/exit.json" --report "json:$folder/5.json" \
    connect/plain
check "so is an exit status that a profile calls one" report 5.json '
    verdicts("connect/plain", "LOSS-1") == ["pass"]'

# Nobody comes.
run --attach 0 --wait 100ms --settle 100ms --report "json:$folder/6.json" connect/plain
check "where nobody came there is no verdict" is 3
check "the case is still to be done" report 6.json '
    cases["connect/plain"]["verdict"] == "skip" and cases["connect/plain"]["open"]'
check "and that is said" complains 'nobody connected'
run --attach 0 --on-case /bin/true --wait 100ms --settle 100ms connect/plain
check "a program that sends nothing, and says it did, fails" is 1
run --attach 0 --on-case /bin/false --wait 100ms --settle 100ms --report "json:$folder/7.json" connect/plain
check "a program that fails is the harness's trouble" is 3
check "and it is said why" report 7.json '
    "exit status 1" in cases["connect/plain"]["reason"]'

# A sender that hangs, and comes again at once where it is cut: that is not taken for the next case's.
# It is nothing that the harness could end, and gives up once it is refused.
mkfifo "$folder/port"
timeout 60 python3 - "$folder/port" <<'END' &
import socket, sys
with open(sys.argv[1]) as told:
    port = int(told.readline())
while True:
    try:
        with socket.create_connection(("127.0.0.1", port)) as centre:
            while centre.recv(4096):
                pass
    except ConnectionRefusedError:
        break
    except ConnectionError:
        pass
END
hanging=$!
program hangs <<END
$send
case \$NACCS_CASE in
*/banner) echo "\$NACCS_PORT" >"$folder/port" ;;
*) exec "$client" \$NACCS_MESSAGES ;;
esac
END
run --attach 0 --on-case "$folder/hangs" --timeout 500ms --settle 1s --report "json:$folder/8.json" \
    --only time-limits/silence/banner --only time-limits/window-reopens/0
wait "$hanging"
check "a sender that hangs is found" report 8.json '
    verdicts("time-limits/silence/banner", "TIME-1") == ["fail"]'
check "its connection is cut" complains 'connections were cut'
check "and it is refused until the next case" report 8.json '
    [event["kind"] for event in cases["time-limits/window-reopens/0"]["transcript"]].count("opened") == 1'
check "which is another" report 8.json '
    cases["time-limits/window-reopens/0"]["verdict"] == "pass"'

# An interruption, and what is left is done then.
mkfifo "$folder/here" "$folder/never"
program stops <<END
echo "\$NACCS_CASE" >>"$folder/played"
case \$NACCS_CASE in
connect/plain) exec "$folder/sound" ;;
esac
echo here >"$folder/here"
read -r _ <"$folder/never"
END
"$harness" run --timeout 1s --pace 40 --attach 0 --on-case "$folder/stops" --resume "$folder/state.json" \
    connect/plain quit/in-time >"$folder/stdout" 2>"$folder/stderr" </dev/null &
pid=$!
timeout 60 head -n 1 "$folder/here" >"$folder/was-here"
kill -INT "$pid"
wait "$pid"
status=$?
check "an interrupted run has no verdict" is 3
check "but keeps those that it had" report state.json '
    cases["connect/plain"]["verdict"] == "pass" and "open" not in cases["connect/plain"]'
check "and says what is open" report state.json 'cases["quit/in-time"]["open"]'
rm "$folder/played"
program goes-on <<END
echo "\$NACCS_CASE" >>"$folder/played"
exec "$folder/sound"
END
run --attach 0 --on-case "$folder/goes-on" --resume "$folder/state.json" \
    --report "json:$folder/9.json" connect/plain quit/in-time
check "it can be gone on with" is 0
check "what had a verdict is not played again" [ "$(cat "$folder/played")" = quit/in-time ]
check "the report holds both" report 9.json '
    all(case["verdict"] == "pass" and case["transcript"] for case in report["cases"])'
check "an old verdict keeps its findings" report 9.json '
    verdicts("connect/plain", "LOSS-1") == ["pass"]'
run --attach 0 --on-case "$folder/goes-on" --resume "$folder/state.json" --strict connect/plain quit/in-time
check "not with other options" is 2
check "and it is said why" complains 'strict'

# A service on this machine.
gateway="$PWD/tests/e2e/gateway.py"
cat >"$folder/gateway.json" <<END
{"name": "gateway",
 "start": ["python3", "$gateway", "serve", "$folder/socket", "$client"],
 "submit": ["python3", "$gateway", "submit", "$folder/socket", "{to}", "{messages}"],
 "stop": ["python3", "$gateway", "stop", "$folder/socket"]}
END
run --profile "$folder/gateway.json" --attach 0 --settle 300ms --report "json:$folder/10.json" \
    --only connect/plain --only losses/final-reply/rst
check "a service is started, asked to send, and stopped" is 0
check "it sent" report 10.json 'cases["connect/plain"]["verdict"] == "pass"'
check "its outcome is not known" report 10.json '
    verdicts("losses/final-reply/rst", "LOSS-3") == ["skip"]'
check "it was told to stop" [ ! -e "$folder/socket" ]
echo '{"start": ["sh", "-c", "echo no such queue; exit 4"], "submit": ["true"]}' >"$folder/broken.json"
run --profile "$folder/broken.json" connect/plain
check "a service that does not start is the harness's trouble" is 3
check "and what it wrote is told" complains 'exit status 4; it wrote: no such queue'
mkfifo "$folder/over"
cat >"$folder/crashes.json" <<END
{"start": ["sh", "-c", "read -r line <'$folder/over'; kill -SEGV \$\$"],
 "submit": ["sh", "-c", "echo now >'$folder/over'", "{messages}"]}
END
run --profile "$folder/crashes.json" --wait 100ms --settle 100ms --report "json:$folder/11.json" connect/plain
check "a service that crashes is blamed" report 11.json '
    any("did not outlive" in check["actual"] for check in cases["connect/plain"]["checks"]
        if check["verdict"] == "fail")'

# Enter, on a terminal.
python3 - "$harness" "$folder/12.json" >"$folder/stdout" 2>"$folder/stderr" <<'END'
import os, pty, subprocess, sys
master, slave = pty.openpty()
run = subprocess.Popen([sys.argv[1], "run", "--attach", "0", "--report", "json:" + sys.argv[2],
                        "connect/plain"], stdin=slave, stderr=subprocess.PIPE)
for line in run.stderr:
    if b"Enter: this case is over" in line:
        os.write(master, b"\n")
sys.exit(run.wait())
END
status=$?
check "Enter ends a case" is 3
check "and is told apart" report 12.json '"Enter" in cases["connect/plain"]["reason"]'

run --attach 0 connect/plain -- "$client"
check "a command and --attach do not go together" is 2
run --on-case /bin/true connect/plain
check "--on-case goes with --attach" is 2
run --attach 0 --sent "$folder/nowhere" connect/plain
check "--sent wants a folder" is 2

echo "1..$number"
exit "$failed"
