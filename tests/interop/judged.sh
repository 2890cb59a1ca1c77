#!/bin/bash
# What the harness says of senders that others wrote, against what is true of them.
#
#   tests/interop/judged.sh [BUILD [SENDER…]]
#
# Each sender (senders/NAME.json, started by wrappers/NAME) goes through the suite over TCP. What the
# report holds against it must be what expected/NAME says, no more and no less: a list that was
# checked in the octets, by hand. REPORTS=FOLDER keeps the JSON reports; CASES=all takes every
# hostile text (otherwise one a stage).
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${1:-$here/../../build}" && pwd) || exit 2
work=$(mktemp -d)
# shellcheck source=tests/interop/library.sh
. "$here/library.sh"
trap 'end_all; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
cd "$here/../.." || exit 2
reports=${REPORTS:-$work}
mkdir -p "$reports"
shift $(($# > 0))

# Of the hostile texts one, for each stage.
selection=()
if [ "${CASES-}" != all ]; then
    while read -r case; do
        selection+=(--skip "$case")
    done < <("$build/naccs-harness" run --list 2>/dev/null | sed -n 's/ .*//; /^code-only\//p' |
        grep -Ev '^code-only/(no-text/.*|.*/error-word)$')
fi

# missing NAME: why the sender can't be tried here; empty where it can.
missing() {
    case $1 in
    swaks-esmtp) has swaks || echo "swaks is not installed" ;;
    smtplib) ;;
    net-smtp) perl -MNet::SMTP -e 1 2>/dev/null || echo "Perl's Net::SMTP is not installed" ;;
    nodemailer)
        # Its habits change from version to version; the list is of Debian's.
        [[ $(node -p 'require("nodemailer/package.json").version' 2>/dev/null) == 6.* ]] ||
            echo "nodemailer 6 is not installed"
        ;;
    *) has "$1" || echo "$1 is not installed" ;;
    esac
}

judged() {
    local name=$1 reason
    reason=$(missing "$name")
    if [ -n "$reason" ]; then
        skip "the harness on $name ($reason)"
        return
    fi
    local try
    for try in 1 2; do
        "$build/naccs-harness" run --quiet --timeout 2s --pace 20 -j 16 "${selection[@]}" \
            --profile "$here/senders/$name.json" --report "json:$reports/$name.json" \
            >"$work/output" 2>&1
        if [ $? -gt 1 ]; then
            not_ok "the harness on $name" "$(cat "$work/output")"
            return
        fi
        # Interpreters by the dozen can outrun a small machine: a list that does not hold is looked at
        # once more.
        [ "$try" = 1 ] || break
        "$here/compare" "$here/expected/$name" "$reports/$name.json" >/dev/null 2>&1 && break
    done
    judge "the harness on $name says what is true" \
        "$here/compare" "$here/expected/$name" "$reports/$name.json"
}

if [ $# -eq 0 ]; then
    for profile in "$here"/senders/*.json; do
        name=${profile##*/}
        set -- "$@" "${name%.json}"
    done
fi
for name; do
    judged "$name"
done
finish
