#!/bin/sh
# naccs-client over real TCP, against a receiver that shares no code with it (receiver.py).
#
#     tests/e2e/client.sh BUILD
#
# Prints a line "ok" or "not ok" for each test; exit status 1 where one failed.
set -u

client=$1/naccs-client
here=$(dirname "$0")
folder=$(mktemp -d) || exit 1
receiver=
number=0
failed=0

# The receiver lives as long as the pipe into it is open.
receive() {
    stop_receiving
    rm -rf "$folder/kept" && mkdir "$folder/kept"
    rm -f "$folder/in" "$folder/out"
    mkfifo "$folder/in" "$folder/out"
    python3 "$here/receiver.py" "$folder/kept" "$@" <"$folder/in" >"$folder/out" &
    receiver=$!
    exec 3>"$folder/in"
    read -r port <"$folder/out"
    export NACCS_HOST=127.0.0.1 NACCS_PORT="$port"
}

stop_receiving() {
    [ -z "$receiver" ] && return
    exec 3>&-
    wait "$receiver"
    receiver=
}

clean() {
    stop_receiving
    rm -rf "$folder"
}
trap clean EXIT

check() {
    number=$((number + 1))
    name=$1
    shift
    if "$@"; then
        echo "ok $number - $name"
    else
        echo "not ok $number - $name"
        failed=1
    fi
}

# Runs the client; what it says goes to files.
status=0
run() {
    "$client" --timeout 10s --retry-wait 1ms --outcome "$folder/outcome" "$@" \
        >"$folder/stdout" 2>"$folder/stderr" 3>&-
    status=$?
}

status_is() { [ "$status" -eq "$1" ] || { echo "# status $status"; cat "$folder/stderr"; false; }; }
kept() { [ "$(find "$folder/kept" -name '*.eml' | wc -l)" -eq "$1" ]; }
says() { grep -q "$1" "$folder/stderr"; }
outcome() {
    [ "$(python3 -c 'import json, sys
print(*[m["outcome"] for m in json.load(open(sys.argv[1]))["messages"]])' "$folder/outcome")" = "$1" ]
}
connections() { [ "$(grep -c ^HELO "$folder/kept/commands")" -eq "$1" ]; }
no_leftovers() { [ -z "$(find "$folder" -name '*.tmp')" ]; }

mkdir "$folder/messages" "$folder/bad"
python3 - "$folder" <<'END'
import os, sys
folder = sys.argv[1]
def put(name, octets):
    with open(os.path.join(folder, name), "wb") as file:
        file.write(octets)
put("messages/1-plain", b"Subject: 1\r\n\r\nhello\r\n")
put("messages/2-dots", b".\r\n..\r\n...\r\na.\r\n.b\r\n\r\n.\r\n")
put("messages/3-eight-bit", bytes(range(128, 256)) + b"\t \r\n")
put("messages/4-large", b"Subject: 4\r\n\r\n" + (b"." + b"\xa4\xa2" * 34 + b"\r\n") * 9859 + b"x" * 9 + b"\r\n")
put("messages/.hidden", b"no\r\n")
put("no-end", b"Subject: 5\r\n\r\n.no end")
put("bad/lf", b"one\r\ntwo\nthree\r\n")
END

receive
run "$folder/messages"
check "a folder of messages is accepted" status_is 0
check "each is kept, the hidden file left out" kept 4
same=true
n=0
for message in "$folder"/messages/*; do
    n=$((n + 1))
    cmp -s "$message" "$folder/kept/$n.eml" || same=false
done
check "octet for octet, in the order of the names" $same
check "on one connection" connections 1
check "and QUIT" grep -q '^QUIT' "$folder/kept/commands"
check "the outcome file says so" outcome "accepted accepted accepted accepted"
check "nothing is left beside it" no_leftovers

receive
run - <"$folder/no-end"
printf '\r\n' | cat "$folder/no-end" - >"$folder/expected"
check "standard input is a message; its last line is ended" \
    cmp -s "$folder/expected" "$folder/kept/1.eml"

receive
run --helo H.EXAMPLE --from F@H.EXAMPLE --to A@C,b@C --to C@C "$folder/messages/1-plain"
printf '%s\r\n' 'HELO H.EXAMPLE' 'MAIL FROM:<F@H.EXAMPLE>' 'RCPT TO:<A@C>' 'RCPT TO:<b@C>' \
    'RCPT TO:<C@C>' DATA QUIT >"$folder/expected"
check "the envelope is as it was given" cmp -s "$folder/expected" "$folder/kept/commands"

run --outcome - "$folder/messages/1-plain"
check "the outcome goes to standard output" grep -q '"exit_status": 0' "$folder/stdout"

run --verbose "$folder/messages/1-plain"
check "--verbose shows the dialogue" says '^> MAIL FROM:<USER01@GW01.USER.NACCS6>$'

receive refuse
run "$folder/messages/1-plain" "$folder/messages/2-dots"
check "refused for good: 69" status_is 69
check "both are refused" outcome "refused refused"
check "RSET stands between them" grep -q '^RSET' "$folder/kept/commands"
check "the reason is told" says 'refused (rcpt): 550 nobody here'

receive defer
run "$folder/messages/1-plain"
check "deferred: 75" status_is 75
check "and reported" outcome "deferred"

receive lost-reply
run "$folder/messages/1-plain" "$folder/messages/2-dots"
check "a lost final reply: 75" status_is 75
check "is unknown, and the next message goes on" outcome "unknown accepted"
check "nothing was sent twice" kept 2

receive closing
run "$folder/messages/1-plain" "$folder/messages/2-dots"
check "421 once: all accepted over a new connection" status_is 0
check "over two connections" connections 2

receive babble
run --verbose "$folder/messages/1-plain"
check "a broken protocol: 76" status_is 76
escape=$(printf '\033')
check "what it said is escaped" says 'x1b\[31mwhat'
check "and never raw" sh -c "! grep -q '$escape' '$folder/stderr'"

receive silent
run --timeout-data 50ms "$folder/messages/1-plain"
check "a silent centre is given up" status_is 75
check "and reported as unsent" outcome "unsent"
stop_receiving

run "$folder/messages/1-plain"
check "nobody listens: 75" status_is 75
check "and reported" outcome "unsent"

# The same folder to our own centre: its first line tells the port.
rm -f "$folder/out" && mkfifo "$folder/out"
"$1/naccs-mockserver" --listen 127.0.0.1:0 --spool "$folder/spool" --quiet >"$folder/out" &
centre=$!
exec 4<"$folder/out"
read -r ready <&4
NACCS_PORT=$(echo "$ready" | sed 's/.*"port": *\([0-9]*\).*/\1/')
run "$folder/messages"
kill "$centre"
wait "$centre"
exec 4<&-
check "our own centre accepts them" status_is 0
(cd "$folder/messages" && sha256sum -- * | cut -d' ' -f1 | sort) >"$folder/expected"
(cd "$folder/spool/new" && sha256sum -- * | cut -d' ' -f1 | sort) >"$folder/sums"
check "and holds them octet for octet" cmp -s "$folder/expected" "$folder/sums"

rm "$folder/outcome"
run "$folder/bad"
check "a bare LF is not sent: 66" status_is 66
check "and located" says 'lf: line 2: an LF without CR at offset 8'
run "$folder/nothing"
check "no such file: 66" status_is 66
check "no outcome was written" test ! -e "$folder/outcome"
run --nonsense
check "usage: 64" status_is 64
run "$(printf '%s/no\033[2Jfile' "$folder")"
check "a name that a terminal would obey is shown as octets" grep -q 'no\\x1b\[2Jfile' "$folder/stderr"
run --version
check "--version" grep -qx 'naccs-client [0-9.]*' "$folder/stdout"
run --help
check "--help" grep -q '^usage: naccs-client ' "$folder/stdout"
run --helo 'a b' "$folder/messages/1-plain"
check "configuration: 78" status_is 78
run --outcome "$folder/nowhere/outcome" "$folder/messages/1-plain"
check "an outcome file that can't be written is told before: 78" status_is 78
run --server name.invalid --retry 1 "$folder/messages/1-plain"
check "no such centre: 68" status_is 68

exit $failed
