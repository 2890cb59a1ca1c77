#!/bin/sh
# What is declared: by profiles of the centre and of senders, and by the options that weigh verdicts.
#
#     tests/e2e/profiles.sh BUILD
#
# Prints a line "ok" or "not ok" for each test; exit status 1 where one failed.
set -u

# shellcheck source=tests/e2e/lib/harness.sh
. "$(dirname "$0")/lib/harness.sh"
profiles=scenarios/profiles
PATH=$build:$PATH
export PATH

# Centres.
for file in "$profiles"/centre/*.json; do
    name=$(basename "$file" .json)
    run run --centre "$name"
    check "the reference client conforms with the centre $name" is 0
done
run run connect/plain --centre naccs7-test --report "json:$folder/centre.json" --quiet
check "the centre has the profile's name" grep -q 'NACCS@MAIL.TEST.NACCS7' "$folder/centre.json"
run run --centre naccs7-tset
check "a profile that there is not is refused" is 2
check "and the nearest is named" complains 'did you mean "naccs7-test"'
echo '{"idle_limit": "2 minutes"}' >"$folder/wrong.json"
run run --centre "$folder/wrong.json"
check "a profile with a fault is refused" is 2
check "with the place of the fault" complains 'wrong.json:1:16: /idle_limit: '
"$build/naccs-mockserver" --centre "$folder/wrong.json" >"$folder/stdout" 2>"$folder/stderr"
status=$?
check "by the mock server too" is 2
check "which says the same" complains 'wrong.json:1:16: /idle_limit: '

# Senders.
for file in "$profiles"/senders/*.json; do
    run run --profile "$file" --list
    check "the sender profile $(basename "$file" .json) can be read" is 0
done
run run --profile "$profiles/senders/reference.json" connect/plain rcpt/several reset
check "the reference client conforms as a command, by its profile" is 0

# The action table.
run run --timeout 2s --pace 20 connect/plain refusals -- naccs-client --actions "$PWD/$profiles/actions-rfc.json"
check "the reference client conforms by the action table" is 0
sed 's/"next": "close-again"/"next": "go-on"/' "$profiles/actions-rfc.json" >"$folder/actions.json"
NACCS_ACTIONS=$folder/actions.json naccs-client /dev/null >"$folder/stdout" 2>"$folder/stderr"
status=$?
check "an action table that no sender could follow is refused" is 78
check "with the place of the fault" complains 'actions.json: /stages/lookup/actions/'

# What a sender declares that it can't do is skipped, with the reason, and is never a pass.
# skipped FILE CASE REASON: the case was skipped for that reason, and nothing of it was played.
skipped() {
    python3 - "$folder/$1" "$2" "$3" <<'PYTHON'
import json, sys
case = [case for case in json.load(open(sys.argv[1]))["cases"] if case["id"] == sys.argv[2]][0]
assert case["verdict"] == "skip" and sys.argv[3] in case["reason"], case
assert not case["transcript"], case
PYTHON
}
cat >"$folder/single.json" <<PROFILE
{"command": ["$sender", "{message}"], "timeout": "2s", "pace": 20, "recipients": false}
PROFILE
run run --profile "$folder/single.json" sequence rcpt/several ehlo --report "json:$folder/single"
check "one recipient at a time: skipped" skipped single rcpt/several "takes one"
check "one message per run: skipped" skipped single sequence/two "one message per run"
check "EHLO is not its way: skipped" skipped single ehlo/refused/502 "opens with HELO"
check "a requirement of skipped cases alone is no pass" says '^SEQ-1 *must *skip'
cat >"$folder/once.json" <<PROFILE
{"command": ["$sender"], "timeout": "2s", "pace": 20, "retries": false, "resolver": true}
PROFILE
run run --profile "$folder/once.json" lookup/asks-again --report "json:$folder/once"
check "no second try: skipped" skipped once lookup/asks-again "does not try again"

# Header lines of its own.
cat >"$folder/stamp" <<'SCRIPT'
#!/bin/sh
{ printf 'Received: by gateway;\r\n\tnow\r\n'; cat "$2"; } >"$3/$$"
exec "$1" "$3/$$"
SCRIPT
chmod +x "$folder/stamp"
mkdir "$folder/stamped"
run run connect/plain -- "$folder/stamp" "$sender" {message} "$folder/stamped"
check "header lines that are added fail BODY-4" says '^BODY-4 *must *fail'
run run connect/plain --adds-headers -- "$folder/stamp" "$sender" {message} "$folder/stamped"
check "but not those of a sender that declares them" says '^BODY-4 *must *pass'

# Weighing.
run run --help
for option in --known-failing --strict --tolerance-scale --accelerate --centre; do
    check "--help explains $option" says " $option "
done
warned="--timeout 1s --pace 20 --only refusals/5yz/MAIL/*"
# shellcheck disable=SC2086
run run $warned -- "$sender" --defect no-quit-after-refusal
check "should warns" is 0
check "and says so" says '^WARN QUIT-4'
# shellcheck disable=SC2086
run run $warned --strict -- "$sender" --defect no-quit-after-refusal
check "with --strict it fails" is 1
check "and the report says so" says '^QUIT-4 *should *fail'
run run --timeout 1s --only time-limits/silence/MAIL -- "$sender" --defect triple-limit
check "three times the limit is too long" is 1
run run --timeout 1s --tolerance-scale 12 --only time-limits/silence/MAIL -- "$sender" --defect triple-limit
check "--tolerance-scale widens what is granted" is 0
run run --timeout 1s --tolerance 250 --only time-limits/silence/MAIL -- "$sender" --defect triple-limit
check "so does --tolerance" is 0
echo 'body/messages/dots-last stuffs nothing so far' >"$folder/known"
run run --only body/messages/dots-last --known-failing "$folder/known" -- "$sender" --defect no-stuffing
check "a failure that is known does not fail the run" is 0
check "and is counted apart" says '1 known to fail'
run run --only body/messages/dots-last --known-failing "$folder/known" -- "$sender"
check "to pass unexpectedly does" is 1
check "and is said" says 'though it is listed as known to fail'
echo 'body/messages/dots-last BODY-3 stuffs nothing so far' >"$folder/known"
run run --only body/messages/dots-last --known-failing "$folder/known" -- "$sender" --defect no-stuffing
check "a failure for the reason that is listed does not fail the run" is 0
run run --only body/messages/dots-last --known-failing "$folder/known" -- "$sender" --defect no-quit
check "one for another reason does" is 1
check "and is said" says 'fails at QUIT-1, for which it is not listed'
echo 'body/messages/dots-last BODY-3 QUIT-1' >"$folder/known"
run run --only body/messages/dots-last --known-failing "$folder/known" -- "$sender" --defect no-quit
check "a reason that is gone fails the run" is 1
check "and is said, too" says 'no longer fails at BODY-3'
run run connect/plain --known-failing "$folder/none"
check "a list that can't be read is refused" is 2

exit $failed
