#!/bin/bash
# The limits that senders have where nothing sets them, in accelerated time, against the list "limits".
#
#   tests/interop/limits.sh [BUILD [SENDER…]]
#
# A limit holds where the harness finds it kept and not left early: TIME-1 passes, and TIME-2 does not
# warn. "none" holds where the sender has to be stopped after an hour of its own time.
# shellcheck source=tests/interop/library.sh
. "$(dirname "$0")/library.sh"
shift $(($# > 0))
export SENDER_LIMITS=default

# kept REPORT LIMIT: what each case says of TIME-1 and TIME-2.
kept() {
    python3 - "$1" "$2" <<'END'
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    cases = json.load(file)["cases"]
wrong = []
for case in cases:
    said = {(check["requirement"], check["verdict"]): check["actual"] for check in case["checks"]
            if check["requirement"] in ("TIME-1", "TIME-2")}
    if sys.argv[2] == "none":
        if ("TIME-1", "fail") not in said:
            wrong.append((case["id"], "it gave up by itself"))
    elif ("TIME-1", "pass") not in said or ("TIME-2", "warn") in said:
        wrong.append((case["id"], said))
for text in wrong:
    print(ascii(text))
sys.exit(1 if wrong or not cases else 0)
END
}

limit_of() {
    local name=$1 limit=$2 acceleration=$3 reason case options=()
    shift 3
    if ! reason=$("$here/prepare" "$build/interop/$name" "$name" 2>&1); then
        skip "$name ($(tail -n 1 <<<"$reason"))"
        return
    fi
    [ $# -gt 0 ] || set -- 'time-limits/silence/*' time-limits/silence-at-end
    for case; do
        options+=(--only "$case")
    done
    [[ $name == *-esmtp && $name != swaks-esmtp ]] && options+=(--centre "$here/centres/esmtp.json")
    local declared=$limit
    [ "$limit" = none ] && declared=3600
    SENDER_FILES=$build/interop/$name "$build/naccs-harness" run --quiet -j 8 "${options[@]}" \
        --timeout "${declared}s" --accelerate "$acceleration" --profile "$here/senders/$name.json" \
        --report "json:$work/report.json" >"$work/output" 2>&1
    if [ $? -gt 1 ]; then
        not_ok "$name: limit $limit" "$(cat "$work/output")"
        return
    fi
    judge "$name: limit $limit" kept "$work/report.json" "$limit"
}

while read -r name limit acceleration cases; do
    [[ -z $name || $name == '#'* ]] && continue
    [ $# -eq 0 ] || [[ " $* " == *" $name "* ]] || continue
    # shellcheck disable=SC2086 # one word a case
    limit_of "$name" "$limit" "$acceleration" $cases </dev/null
done <"$here/limits"
finish
