#!/bin/bash
# Sessions between programs that others wrote, as a customer's machine would have them: seen by tcpdump
# and by a recording server in between, imported, and played again to the same sender.
#
#   tests/interop/field.sh [BUILD [SERVER…]]      SENDERS="exim curl" takes some of the senders
#
# Whole mail systems (postfix, exim, opensmtpd) and aiosmtpd are the centre. Of each session the capture
# and the recording must become the same scenario, the capture must be judged, and the sender must take
# the same path against the scenario as it took then. Wants root, for the mail systems and for tcpdump.
# shellcheck source=tests/interop/library.sh
. "$(dirname "$0")/library.sh"
shift $(($# > 0))
chmod 755 "$work"
export PYTHONDONTWRITEBYTECODE=1
# With "-esmtp": it says EHLO, and uses what it is offered; the other two say HELO otherwise.
read -r -a senders <<<"${SENDERS-swaks curl msmtp smtplib net-smtp exim exim-esmtp postfix-esmtp}"

cat >"$work/message.eml" <<'END'
From: GW1ABC@GW1.ABC.NACCS6
To: NACCS@MAIL.PROD.NACCS6
Subject: a declaration

.a line that begins with a dot
and one that does not
END
sed -i 's/$/\r/' "$work/message.eml"

# start_server NAME HOME: listens on $port then; its failure is a reason to skip.
start_server() {
    local name=$1 home=$2
    mkdir -p "$home/mail/new" "$home/mail/cur" "$home/mail/tmp"
    chmod 755 "$home"
    chown -R nobody: "$home/mail"
    if [ "$name" = aiosmtpd ]; then
        mkfifo "$home/ready"
        /usr/bin/python3 "$here/servers/aiosmtpd" "$home/mail" >"$home/ready" 2>"$home/output" &
        started $!
        read -r port <"$home/ready"
        return
    fi
    port=$(free_port)
    "$here/servers/$name" "$home" "$port" >"$home/output" 2>&1 &
    started $!
    listens $!
}

# capture FILE PORT: from now on; its process is $tcpdump. The buffer holds 256 packets: in immediate mode
# each takes a quarter of a megabyte.
capture() {
    local line
    mkfifo "$1.said"
    tcpdump --immediate-mode -U -B 65536 -i lo -w "$1" tcp port "$2" or udp port 9 2>"$1.said" &
    tcpdump=$!
    started $tcpdump
    exec 5<"$1.said"
    while read -r line <&5; do
        [[ $line == *"listening on"* ]] && return
    done
    return 1
}

# session SENDER FOLDER PORT: one message, as the harness would have it sent.
session() {
    local SENDER_ESMTP=no
    [[ $1 == *-esmtp ]] && SENDER_ESMTP=yes
    export SENDER_ESMTP
    NACCS_HOST=127.0.0.1 NACCS_PORT=$3 NACCS_HELO=GW1.ABC.NACCS6 NACCS_FROM=GW1ABC@GW1.ABC.NACCS6 \
        NACCS_TO=NACCS@MAIL.PROD.NACCS6 NACCS_TIMEOUT=20 SENDER_FILES=$build/interop/${1%-esmtp} \
        timeout 60 "$here/wrappers/${1%-esmtp}" "$work/message.eml" >"$2/sender.output" 2>&1
}

imported() {
    "$build/naccs-harness" import --unmasked "$1/seen.pcap" -o "$1/captured.json" >"$1/imported" 2>&1 ||
        ! cat "$1/imported"
}

# Some take CHUNKING (RFC 3030) where it is offered; NACCS has nothing of the kind.
names_chunks() {
    "$build/naccs-harness" check "$1/seen.pcap" --ehlo >"$1/judged";
    grep -q CHUNKING "$1/judged"
}

# The same rules and messages, but for times, and for who saw them.
same_scenario() {
    python3 - "$1" "$2" <<'END'
import json, sys

def told(file):
    with open(file, encoding="utf-8") as stream:
        scenario = json.load(stream)
    for key in ("title", "why", "messages"):
        scenario.pop(key, None)
    for rule in scenario.get("rules", []):
        rule.pop("delay", None)
    return scenario

one, other = told(sys.argv[1]), told(sys.argv[2])
if one != other:
    sys.exit(json.dumps(one, indent=1) + "\n" + json.dumps(other, indent=1))
END
}

judged_capture() {
    "$build/naccs-harness" check "$1" --helo GW1.ABC.NACCS6 --from GW1ABC@GW1.ABC.NACCS6 --ehlo \
        --report "json:$1.json"
    [ $? -le 1 ] && python3 - "$1.json" <<'END'
import json, sys
with open(sys.argv[1], encoding="utf-8") as stream:
    case, = json.load(stream)["cases"]
seen = {check["requirement"]: check["verdict"] for check in case["checks"]}
wrong = [id for id in ("CONN-1", "HELO-1", "MAIL-1", "SEQ-3", "BODY-1", "CODE-2") if seen.get(id) != "pass"]
sys.exit(f"not passed: {wrong} in {seen}" if wrong else 0)
END
}

# Postfix names its queue's files in the message, and the names have not all the same length: it may
# try some times.
same_path() {
    took_same_path "$@" || took_same_path "$@" || took_same_path "$@"
}

took_same_path() {
    local folder=$1 sender=${2%-esmtp} SENDER_ESMTP=no
    [ "$sender" = "$2" ] || SENDER_ESMTP=yes
    export SENDER_ESMTP
    # What it puts into a message it would put there twice: it gets what it got then.
    cp "$work/message.eml" "$folder/captured-1.eml"
    SENDER_FILES=$build/interop/$sender "$build/naccs-harness" run "$folder/captured.json" --client-trace \
        --profile "$here/senders/$sender.json" --helo GW1.ABC.NACCS6 --from GW1ABC@GW1.ABC.NACCS6 \
        --timeout 20s --report "json:$folder/again.json" >"$folder/again.output" 2>&1
    python3 - "$folder/again.json" <<'END' || { cat "$folder/again.output"; return 1; }
import json, sys
with open(sys.argv[1], encoding="utf-8") as stream:
    trace = json.load(stream)["cases"][0].get("client_trace", {})
sys.exit(0 if trace.get("same") and trace["steps"] >= 7 else str(trace))
END
}

# between SERVER SENDER: one session, and what becomes of it. The server is on $port.
between() {
    local server=$1 sender=$2 folder=$work/$1-$2 recorder line seen
    mkdir "$folder"
    if ! reason=$("$here/prepare" "$build/interop/${sender%-esmtp}" "${sender%-esmtp}" 2>&1); then
        skip "$sender to $server ($(tail -n 1 <<<"$reason"))"
        return
    fi
    mkfifo "$folder/ready"
    "$build/naccs-mockserver" --listen 127.0.0.1:0 --record "127.0.0.1:$port" --unmasked \
        --scenario-out "$folder/recorded.json" >"$folder/ready" 2>"$folder/recorder.output" &
    recorder=$!
    started $recorder
    read -r line <"$folder/ready"
    seen=$(printf '%s' "$line" | sed -n 's/.*"port": *\([0-9]*\).*/\1/p')
    if ! capture "$folder/seen.pcap" "$seen"; then
        skip "$sender to $server (tcpdump may not capture here)"
        return
    fi
    judge "$sender sends to $server" session "$sender" "$folder" "$seen"
    kill $recorder
    wait $recorder
    judge "$sender to $server: the capture is whole" \
        python3 "$here/../e2e/lib/captured.py" "$folder/seen.pcap"
    kill -INT $tcpdump
    wait $tcpdump
    judge "$sender to $server: the capture is imported" imported "$folder"
    judge "$sender to $server: the recording says the same" same_scenario "$folder/captured.json" \
        "$folder/recorded.json"
    if grep -qa '^BDAT ' "$folder/seen.pcap"; then
        judge "$sender to $server: BDAT is named as not judged" names_chunks "$folder"
    else
        judge "$sender to $server: the capture is judged" judged_capture "$folder/seen.pcap"
    fi
    judge "$sender to $server: it takes the same path again" same_path "$folder" "$sender"
}

if [ "$(id -u)" -ne 0 ] || ! has tcpdump; then
    skip "sessions of others (they want root and tcpdump)"
    finish
    exit
fi
[ $# -gt 0 ] || set -- aiosmtpd postfix exim opensmtpd
for server; do
    if ! start_server "$server" "$work/$server"; then
        skip "sessions with $server ($(tail -n 1 "$work/$server/output"))"
        end_all
        continue
    fi
    for sender in "${senders[@]}"; do
        between "$server" "$sender"
    done
    end_all
done
finish
