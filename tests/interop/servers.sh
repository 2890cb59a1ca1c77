#!/bin/bash
# The reference client against servers that others wrote: smtp-sink, aiosmtpd, and a whole Postfix.
# Every message file of the suite goes through each; what arrives is compared octet for octet.
#
#   tests/interop/servers.sh [BUILD]
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${1:-$here/../../build}" && pwd) || exit 2
work=$(mktemp -d)
. "$here/library.sh"
trap 'end_all; rm -rf "$work"' EXIT
cd "$here/../.." || exit 2
messages=(scenarios/messages/*.eml)
domain=MAIL.PROD.NACCS6

# The octets that a server must have received: the file, with CRLF at its end.
expected() {
    cat "$1"
    [ -s "$1" ] && [ "$(tail -c 2 "$1" | od -An -tx1 | tr -d ' \n')" != 0d0a ] && printf '\r\n'
    return 0
}

send() {
    "$build/naccs-client" --server "127.0.0.1:$port" --timeout 20s --to "NACCS@$domain" "$@"
}

aiosmtpd_test() {
    if ! /usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null; then
        skip "aiosmtpd (python3-aiosmtpd is not installed)"
        return
    fi
    mkfifo "$work/ready"
    mkdir "$work/aiosmtpd"
    /usr/bin/python3 "$here/aiosmtpd_server.py" "$work/aiosmtpd" >"$work/ready" &
    started $!
    read -r port <"$work/ready"
    judge "aiosmtpd takes ${#messages[@]} messages on one connection" send "${messages[@]}"
    local number=0 message
    for message in "${messages[@]}"; do
        number=$((number + 1))
        expected "$message" >"$work/expected"
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
    port=$(free_port)
    mkdir "$work/sink"
    chmod 777 "$work" "$work/sink"
    (cd "$work/sink" && exec smtp-sink -u nobody -d "$work/sink/%M." "127.0.0.1:$port" 100) &
    started $!
    judge "smtp-sink takes ${#messages[@]} messages" send --retry 10 "${messages[@]}"
    judge "smtp-sink holds ${#messages[@]} files" \
        test "$(find "$work/sink" -type f | wc -l)" -eq "${#messages[@]}"
    end_all
}

# What Postfix delivers has its own headers on top and LF for CRLF.
postfix_has() {
    local file
    file=$(grep -lF -e "$1" -r "$work/postfix/mail/naccs/new" | head -n 1)
    [ -n "$file" ] || return 1
    sed '1,/^Received: from /d' "$file" | sed '1,/^[^[:blank:]]/{/^[[:blank:]]/d}' >"$work/got"
    tr -d '\r' <"$2" >"$work/expected"
    same_octets "$work/expected" "$work/got"
}

postfix_test() {
    if ! has postfix || [ "$(id -u)" -ne 0 ] || ! has inotifywait; then
        skip "Postfix (wants root, postfix and inotify-tools)"
        return
    fi
    port=$(free_port)
    local sent=() message
    for message in "${messages[@]}"; do
        grep -qai '^message-id:' "$message" && sent+=("$message")
    done
    bash "$here/postfix.sh" "$work/postfix" "$port" || {
        not_ok "Postfix starts"
        return
    }
    mkdir -p "$work/postfix/mail/naccs/new"
    chown -R nobody "$work/postfix/mail"
    mkfifo "$work/delivered"
    inotifywait -q -m -e moved_to -e create --format %f "$work/postfix/mail/naccs/new" \
        >"$work/delivered" 2>/dev/null &
    started $!
    exec 3<"$work/delivered"
    judge "Postfix takes ${#sent[@]} messages on one connection" send "${sent[@]}"
    local count=0 line
    while [ "$count" -lt "${#sent[@]}" ] && read -r -t 60 line <&3; do
        count=$((count + 1))
    done
    exec 3<&-
    for message in "${sent[@]}"; do
        local id
        id=$(grep -ai -m 1 '^message-id:' "$message" | tr -d '\r')
        judge "Postfix delivered ${message##*/} octet for octet" postfix_has "$id" "$message"
    done
    postfix -c "$work/postfix/conf" stop >/dev/null 2>&1
    end_all
}

aiosmtpd_test
smtp_sink_test
postfix_test
finish
