#!/bin/sh
# Senders whose clocks are made to pass faster: limits of five minutes, judged in seconds.
#
#     tests/e2e/accelerate.sh BUILD
#
# Prints a line "ok" or "not ok" for each test; exit status 1 where one failed.
set -u

# shellcheck source=tests/e2e/lib/harness.sh
. "$(dirname "$0")/lib/harness.sh"

# What can't be: told before anything is run.
env NACCS_FAKETIME=/nowhere/lib.so "$harness" run --accelerate 100 connect/plain -- "$sender" \
    >"$folder/stdout" 2>"$folder/stderr"
status=$?
check "without libfaketime the harness can't do its work" is 3
check "and says what is missing" complains 'needs libfaketime.*apt-get install faketime'
run run --accelerate 100 connect/plain
check "the reference client needs no acceleration" is 2

library=
for file in /usr/lib/*/faketime/libfaketimeMT.so.1 /usr/lib64/faketime/libfaketimeMT.so.1 \
    /usr/lib/faketime/libfaketimeMT.so.1; do
    [ -e "$file" ] && library=$file
done
if [ -z "$library" ]; then
    echo "skipped: libfaketime is not installed (apt-get install faketime)"
    exit $failed
fi
if ! LD_PRELOAD=$library "$sender" --list >/dev/null 2>&1; then
    echo "skipped: a sender with a sanitizer takes no preloaded library"
    exit $failed
fi

if printf 'int main(void)\n{\n    return 0;\n}\n' | ${CC:-cc} -static -x c -o "$folder/static" - 2>/dev/null; then
    run run --accelerate 100 connect/plain -- "$folder/static"
    check "a program that is linked statically is refused" is 3
    check "with the reason" complains 'static is linked statically'
fi

cases="--only connect/plain --only connect/silent --only time-limits/silence/MAIL \
    --only time-limits/silence/banner --only time-limits/late/RCPT --only time-limits/window/65536 \
    --only losses/time-out-at-end --only quit/idle-limit/10s/fin"
five_minutes="--timeout 300s --accelerate 100"

# shellcheck disable=SC2086
run run $five_minutes $cases --report "json:$folder/sound.json" --report "junit:$folder/sound.xml" \
    --report "tap:$folder/sound.tap" -- "$sender"
check "a sound sender with a limit of five minutes conforms" is 0
check "nothing is passed over" says ' 8 pass, 0 fail, 0 warn, 0 skip, 0 error '
check "the report says that it was accelerated" says 'passed 100 times as fast.*its limit of 300 s'
check "so does the JSON report" holds sound.json '"accelerate":100'
check "so does the JUnit report" holds sound.xml 'name="accelerate" value="100"'
check "so does the TAP report" holds sound.tap '^# .*100 times as fast'
check "the limits were judged in their hundredth" python3 - "$folder/sound.json" <<'PYTHON'
import json, sys
durations = {case["id"]: case["duration_s"] for case in json.load(open(sys.argv[1]))["cases"]}
assert 2.5 < durations["time-limits/silence/MAIL"] < 60, durations
PYTHON

run run --timeout 300s --accelerate 100 --only time-limits/silence/MAIL -- "$sender" --defect no-limit
check "a sender without a limit is found" is 1
check "by its endless wait" says 'its limit of 3.000 s (300.000 s of its own, accelerated)'
run run --timeout 100s --accelerate 100 --only time-limits/silence/MAIL -- "$sender" --defect triple-limit
check "so is one that waits longer than it declares" is 1
run run --timeout 300s --accelerate 100 --only time-limits/silence/MAIL -- sh -c \
    'NACCS_TIMEOUT=30 exec "$0" "$@"' "$sender" {messages}
check "and one that gives up much sooner is warned" says '^WARN TIME-2'
run run --timeout 300s --accelerate 100 connect/plain -- sh -c \
    'echo "$NACCS_TIMEOUT" >"$0"; exec "$1" "$2"' "$folder/told" "$sender" {messages}
check "the limit is handed over as the sender counts it" holds told '^300$'

# A library that others wrote.
cat >"$folder/send.py" <<'PYTHON'
import os, smtplib, sys
with smtplib.SMTP(os.environ["NACCS_HOST"], int(os.environ["NACCS_PORT"]), timeout=300,
                  local_hostname=os.environ["NACCS_HELO"]) as server:
    server.helo()
    with open(sys.argv[1], "rb") as message:
        server.sendmail(os.environ["NACCS_FROM"], [os.environ["NACCS_TO"]], message.read())
PYTHON
# shellcheck disable=SC2086
run run $five_minutes --only connect/plain --only time-limits/silence/MAIL --only time-limits/late/RCPT \
    -- python3 "$folder/send.py" {message}
check "smtplib keeps the limit that it is given" says '^TIME-1 *must *pass'
check "and does not give up before it" says '^TIME-2 *should *pass'
sed 's/timeout=300,/timeout=None,/' "$folder/send.py" >"$folder/endless.py"
# shellcheck disable=SC2086
run run $five_minutes --only time-limits/silence/MAIL -- python3 "$folder/endless.py" {message}
check "as it comes it has none" says '^TIME-1 *must *fail'

exit $failed
