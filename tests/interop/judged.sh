#!/bin/bash
# What the harness says of senders that others wrote, against what is true of them.
#
#   tests/interop/judged.sh [BUILD [SENDER…]]
#
# Each sender (senders/NAME.json, started by wrappers/NAME) goes through the suite over TCP. What the
# report holds against it must be what expected/NAME says, no more and no less: a list that was
# checked in the octets, by hand; and it must stand in the report's transcripts.
#
# REPORTS=FOLDER keeps the JSON reports. CASES=all takes every case, CASES=most all but the hostile
# texts, of which it takes one a stage; otherwise one of each scenario is taken (or of each folder,
# where the sender is slow to start), with all that the list names. LANES=N: so many senders at once
# (5). SLOW=N on a machine that is too slow or busy: everything takes N times as long.
# shellcheck source=tests/interop/library.sh
. "$(dirname "$0")/library.sh"
reports=${REPORTS:-$work}
mkdir -p "$reports"
shift $(($# > 0))
export PYTHONDONTWRITEBYTECODE=1

"$build/naccs-harness" run --list 2>/dev/null | sed -n '/ /s/ .*//p' >"$work/cases"

# chosen NAME: what of the suite the sender plays.
chosen() {
    case ${CASES-} in
    all) cat "$work/cases" ;;
    most) grep -Ev '^code-only/' "$work/cases" &&
        grep -E '^code-only/(no-text/.*|.*/error-word)$' "$work/cases" ;;
    *) "$here/cases" "$work/cases" "$here/expected/$1" "$(of_each "$1")" ;;
    esac
}

# of_each NAME: folder where every run costs an interpreter's start, or a whole mail system's.
of_each() {
    case $1 in
    aiosmtplib | commons-net | dma | jakarta-mail | net-smtp | nodemailer | postfix | ruby | sendemail | \
        smtplib | swaks | swaks-esmtp) echo folder ;;
    *) echo scenario ;;
    esac
}

# run NAME: a report.
run() {
    local name=$1 slow=${SLOW:-1} options case acceleration
    mkdir -p "$reports/$name.messages"
    options=(--timeout "$((2 * slow))s" --pace $((20 / slow)))
    # Limits that can't be set are what the profile says, in accelerated time.
    acceleration=$(sed -n 's/.*"accelerate": \([0-9]*\).*/\1/p' "$here/senders/$name.json")
    [ -n "$acceleration" ] && options=(--accelerate $((acceleration / slow)))
    while read -r case; do
        options+=(--only "$case")
    done < <(chosen "$name")
    # What is said of a NAME-esmtp is said where the centre takes EHLO.
    [[ $name == *-esmtp && $name != swaks-esmtp ]] && options+=(--centre "$here/centres/esmtp.json")
    SENDER_FILES=$build/interop/$name "$build/naccs-harness" run --quiet -j "${JOBS:-6}" \
        "${options[@]}" --keep-messages "$reports/$name.messages" --profile "$here/senders/$name.json" --report "json:$reports/$name.json"
}

judged() {
    local name=$1 reason
    if ! reason=$("$here/prepare" "$build/interop/$name" "$name" 2>&1); then
        skip "the harness on $name ($(tail -n 1 <<<"$reason"))"
        return
    fi
    local try
    for try in 1 2; do
        run "$name" >"$work/$name.output" 2>&1
        if [ $? -gt 1 ]; then
            not_ok "the harness on $name" "$(cat "$work/$name.output")"
            return
        fi
        # Interpreters by the dozen can outrun a small machine: a list that does not hold is looked at
        # once more.
        [ "$try" = 1 ] || break
        "$here/compare" "$here/expected/$name" "$reports/$name.json" "$reports/$name.messages" \
            >/dev/null 2>&1 && break
    done
    judge "the harness on $name says what is true" \
        "$here/compare" "$here/expected/$name" "$reports/$name.json" "$reports/$name.messages"
}

if [ $# -eq 0 ]; then
    # Those whose limits are long first: they take the longest.
    while read -r profile; do
        name=${profile##*/}
        set -- "$@" "${name%.json}"
    done < <(grep -l accelerate "$here"/senders/*.json && grep -L accelerate "$here"/senders/*.json)
fi
for name; do
    while [ "$(jobs -r | wc -l)" -ge "${LANES:-5}" ]; do
        wait -n
    done
    judged "$name" >"$work/$name.result" &
done
wait
for name; do
    cat "$work/$name.result"
    passed=$((passed + $(grep -c '^ok - ' "$work/$name.result")))
    failed=$((failed + $(grep -c '^not ok - ' "$work/$name.result")))
    skipped=$((skipped + $(grep -c '^skip - ' "$work/$name.result")))
done
finish
