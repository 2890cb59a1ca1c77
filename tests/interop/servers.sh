#!/bin/bash
# The reference client against servers that others wrote: aiosmtpd, Postfix's smtp-sink, and three
# whole mail systems, Postfix, Exim and OpenSMTPD. Every message file of the suite goes through each;
# what arrives is compared octet for octet.
#
#   tests/interop/servers.sh [BUILD]
# shellcheck source=tests/interop/library.sh
. "$(dirname "$0")/library.sh"
chmod 755 "$work"
# All but the one whose fields mail systems write anew (trace fields, empty ones, odd folding).
messages=()
for message in scenarios/messages/*.eml; do
    [ "${message##*/}" = folded-header.eml ] || messages+=("$message")
done

send() {
    timeout 120 "$build/naccs-client" --server "127.0.0.1:$port" --timeout 20s \
        --to NACCS@MAIL.PROD.NACCS6 "$@"
}

# all_arrived SERVER FOLDER FILE…
all_arrived() {
    local server=$1 folder=$2 message
    shift 2
    for message; do
        judge "$server has ${message##*/} octet for octet" "$here/arrived" "$folder" "$message"
    done
}

aiosmtpd_test() {
    if ! /usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null; then
        skip "aiosmtpd (python3-aiosmtpd is not installed)"
        return
    fi
    mkfifo "$work/ready"
    mkdir "$work/aiosmtpd"
    /usr/bin/python3 "$here/servers/aiosmtpd" "$work/aiosmtpd" >"$work/ready" &
    started $!
    read -r port <"$work/ready"
    judge "aiosmtpd takes ${#messages[@]} messages on one connection" send "${messages[@]}"
    local number=0 message
    for message in "${messages[@]}"; do
        number=$((number + 1))
        # Here nothing is changed: CRLF stays CRLF.
        cat "$message" >"$work/expected"
        [ "$(tail -c 2 "$message" | od -A n -t x1)" = ' 0d 0a' ] || printf '\r\n' >>"$work/expected"
        judge "aiosmtpd has ${message##*/} octet for octet" \
            same_octets "$work/expected" "$work/aiosmtpd/$number"
    done
    end_all
}

smtp_sink_test() {
    if ! has smtp-sink; then
        skip "smtp-sink (postfix is not installed)"
        return
    fi
    local user=()
    port=$(free_port)
    mkdir -m 777 "$work/sink"
    [ "$(id -u)" -eq 0 ] && user=(-u nobody)
    (cd "$work/sink" && exec smtp-sink "${user[@]}" -d "$work/sink/%M." "127.0.0.1:$port" 100) &
    started $!
    listens $!
    judge "smtp-sink takes ${#messages[@]} messages on one connection" send "${messages[@]}"
    all_arrived smtp-sink "$work/sink" "${messages[@]}"
    end_all
}

# delivered FOLDER N: waits until N files have come into a folder that inotifywait watches on
# descriptor 3.
delivered() {
    local count=0
    while [ "$count" -lt "$2" ] && read -r -t 60 _ <&3; do
        count=$((count + 1))
    done
    [ "$(find "$1" -type f | wc -l)" -eq "$2" ]
}

# mail_system NAME SCRIPT FILE…: a whole mail system, which delivers to a Maildir in its own time.
mail_system() {
    local name=$1 script=$2 home=$work/$2 line
    shift 2
    if [ "$(id -u)" -ne 0 ] || ! has inotifywait; then
        skip "$name (wants root and inotify-tools)"
        return
    fi
    mkdir -p "$home/mail/new" "$home/mail/cur" "$home/mail/tmp"
    chmod 755 "$home"
    chown -R nobody: "$home/mail"
    mkfifo "$home/watch"
    inotifywait -m -e moved_to -e create --format %f "$home/mail/new" >"$home/watch" 2>&1 &
    started $!
    exec 3<"$home/watch"
    while read -r line <&3 && [ "$line" != "Watches established." ]; do :; done
    port=$(free_port)
    "$here/servers/$script" "$home" "$port" >"$home/output" 2>&1 &
    started $!
    local server=$!
    if listens $server; then
        judge "$name takes $# messages on one connection" send "$@"
        judge "$name delivers $# files" delivered "$home/mail/new" $#
        all_arrived "$name" "$home/mail/new" "$@"
    elif kill -0 $server 2>/dev/null; then
        not_ok "$name listens" "$(cat "$home/output")"
    else
        wait $server
        if [ $? -eq 77 ]; then
            skip "$name ($(tail -n 1 "$home/output"))"
        else
            not_ok "$name starts" "$(cat "$home/output")"
        fi
    fi
    exec 3<&-
    end_all
}

with_header=()
for message in "${messages[@]}"; do
    head -n 1 "$message" | grep -qa '^[A-Za-z-]*:' && with_header+=("$message")
done

aiosmtpd_test
smtp_sink_test
if has postfix; then
    mail_system Postfix postfix "${messages[@]}"
else
    skip "Postfix (is not installed)"
fi
mail_system Exim exim "${messages[@]}"
# OpenSMTPD refuses what has no header.
mail_system OpenSMTPD opensmtpd "${with_header[@]}"
finish
