#!/bin/sh
# Tests a sender from the shell: one message to a centre of one's own, then the suite.
#
#     sh judge.sh [COMMAND ARG…]
#
# COMMAND is the sender under test, with {host} {port} {message} in its arguments; without one, the
# reference client stands for it.
set -eu
[ $# -gt 0 ] || set -- naccs-client --server '{host}:{port}' '{message}'

place=$(mktemp -d)
server=
finish() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$place"
}
trap finish EXIT
trap 'exit 130' INT TERM

printf 'Subject: test\r\n\r\n.a line that begins with a dot\r\n' >"$place/message.eml"

# The first line says which port was bound: when it has been read, the centre listens.
mkfifo "$place/ready"
naccs-mockserver --listen 127.0.0.1:0 --spool "$place/spool" --journal "$place/journal" --quiet \
    >"$place/ready" &
server=$!
read -r ready <"$place/ready"
port=${ready#*\"port\":}
port=${port%%,*}

# fill WORD…: runs it, with what stands in braces filled in.
fill() {
    for word; do
        shift
        case $word in
        *'{'*'}'*)
            word=$(printf '%s' "$word" |
                sed "s|{host}|127.0.0.1|; s|{port}|$port|; s|{message}|$place/message.eml|")
            ;;
        esac
        set -- "$@" "$word"
    done
    "$@"
}
fill "$@"
# What was answered 250 is in the Maildir, octet for octet.
arrived=$(find "$place/spool/new" -type f)
if ! cmp "$place/message.eml" "$arrived"; then
    echo "another message has arrived; what was said:" >&2
    cat "$place/journal" >&2
    exit 1
fi
echo "the message arrived as it was sent"

# The harness makes its own centres, one per case.
naccs-harness run --timeout 2s --pace 20 --only 'body/messages/*' --only 'rcpt/*' -- "$@" | tail -n 1
