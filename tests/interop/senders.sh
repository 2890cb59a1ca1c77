#!/bin/bash
# Senders that others wrote, to the mock server: what it spools is compared octet for octet with what
# was sent, and the journal must show the commands that table 4-3-2 wants, in their order.
#
#   tests/interop/senders.sh [BUILD]
# shellcheck source=tests/interop/library.sh
. "$(dirname "$0")/library.sh"

export NODE_PATH=${NODE_PATH-/usr/share/nodejs} NACCS_HOST=127.0.0.1 NACCS_HELO=GW01.USER.NACCS6 NACCS_FROM=USER01@GW01.USER.NACCS6 \
    NACCS_TO=NACCS@MAIL.PROD.NACCS6 NACCS_TIMEOUT=20

# commands JOURNAL: the verbs that were received, one line a connection.
commands() {
    python3 -c 'import json, sys
said = {}
for line in open(sys.argv[1]):
    event = json.loads(line)
    if event["event"] == "received" and not event.get("body"):
        said[event["connection"]] = said.get(event["connection"], "") + event["octets"]
for text in said.values():
    print(" ".join(line.split()[0].upper() for line in text.split("\r\n") if line))' "$1"
}

# held SPOOL MESSAGE…: the spool holds these and no others, octet for octet.
held() {
    local spool=$1 message
    shift
    [ "$(find "$spool/new" -type f | wc -l)" -eq $# ] ||
        { echo "the spool does not hold $# messages" && return 1; }
    for message; do
        find "$spool/new" -type f -exec cmp -s {} "$message" \; -print | grep -q . ||
            { echo "$message is not in the spool as it is" && return 1; }
    done
}

# sends NAME COMMANDS MESSAGE…: a run of wrappers/NAME each; COMMANDS is what the journal must show.
sends() {
    local name=$1 expected=$2 message
    shift 2
    start_centre "$name" || { not_ok "$name: the centre starts" && return; }
    export NACCS_PORT=$port
    for message; do
        judge "$name sends ${message##*/}" timeout 60 "$here/wrappers/$name" "$message"
    done
    end_all
    judge "$name's messages are held octet for octet" held "$work/$name/spool" "$@"
    commands "$work/$name/journal" | sort -u >"$work/$name/said"
    judge "$name says $expected" same_octets "$work/$name/said" <(echo "$expected")
}

# All but those that arrive with a CRLF more than the file has, as they must.
messages=()
for message in scenarios/messages/*.eml; do
    case ${message##*/} in
    no-final-crlf* | dot-alone*) ;;
    folded-header*) ;; # msmtp takes its Bcc out
    *) messages+=("$message") ;;
    esac
done
HELO='HELO MAIL RCPT DATA QUIT'
EHLO='EHLO HELO MAIL RCPT DATA QUIT'

# s-nail composes mail of its own: that it arrives at all is what can be looked at.
s_nail() {
    start_centre s-nail || { not_ok "s-nail: the centre starts" && return; }
    export NACCS_PORT=$port
    judge "s-nail sends" timeout 60 "$here/wrappers/s-nail" scenarios/messages/plain.eml
    end_all
    judge "s-nail's message is held" grep -rq '^Subject: declaration' "$work/s-nail/spool/new"
}

# Load: many sessions at once; every message that smtp-source counts is held.
load() {
    start_centre load || { not_ok "load: the centre starts" && return; }
    judge "smtp-source sends 2000 messages in 50 sessions at once" \
        timeout 120 smtp-source -s 50 -m 2000 -l 1000 -M "$NACCS_HELO" -f "$NACCS_FROM" \
        -t "$NACCS_TO" "127.0.0.1:$port"
    end_all
    judge "2000 messages are held" \
        test "$(find "$work/load/spool/new" -type f -size +999c | wc -l)" -eq 2000
}

if has curl; then sends curl "$EHLO" "${messages[@]}"; else skip "curl (is not installed)"; fi
if has msmtp; then sends msmtp "$EHLO" "${messages[@]}"; else skip "msmtp (is not installed)"; fi
sends smtplib "$HELO" "${messages[@]}"
if perl -MNet::SMTP -e 1 2>/dev/null; then
    sends net-smtp "$EHLO" "${messages[@]}"
else
    skip "Net::SMTP (is not installed)"
fi
if node -e 'require("nodemailer")' 2>/dev/null; then
    sends nodemailer "EHLO HELO MAIL RCPT DATA" "${messages[@]}" # never QUIT
else
    skip "nodemailer (is not installed)"
fi
# These two end what they send with an empty line more: judged.sh says so.
for name in swaks swaks-esmtp; do
    if ! has swaks; then
        skip "$name (is not installed)"
        continue
    fi
    cp scenarios/messages/plain.eml "$work/plain"
    printf '\r\n' >>"$work/plain"
    start_centre $name || not_ok "$name: the centre starts"
    export NACCS_PORT=$port
    judge "$name sends" timeout 60 "$here/wrappers/$name" scenarios/messages/plain.eml
    end_all
    judge "$name's message is held octet for octet" held "$work/$name/spool" "$work/plain"
    [ $name = swaks ] && expected=$HELO || expected=$EHLO
    commands "$work/$name/journal" >"$work/$name/said"
    judge "$name says $expected" same_octets "$work/$name/said" <(echo "$expected")
done
if has smtp-source; then load; else skip "smtp-source (is not installed)"; fi
if has s-nail; then s_nail; else skip "s-nail (is not installed)"; fi
finish
