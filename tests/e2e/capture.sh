#!/bin/sh
# Live runs under tcpdump: the capture alone is judged as the run was.
#
#     tests/e2e/capture.sh BUILD
#
# A handful of cases, with the reference client and with senders that have defects; with ROUNDTRIP=all
# every case. Needs the right to capture; what can't be done is skipped, and says why. Where it may, it
# runs in a network of its own, so that nobody else's packets are in the capture.
#
# Prints a line "ok" or "not ok" for each case; exit status 1 where one failed.
set -u

build=$(cd "$1" && pwd) || exit 1
script=$(cd "$(dirname "$0")" && pwd)/capture.sh
cd "$(dirname "$0")/../.." || exit 1
if ! command -v tcpdump >/dev/null; then
    echo "skipped: tcpdump is not installed (apt-get install tcpdump)"
    exit 0
fi
if [ -z "${CAPTURE_INSIDE-}" ] && unshare --net true 2>/dev/null; then
    CAPTURE_INSIDE=1 exec unshare --net -- sh "$script" "$build"
fi
harness=$build/naccs-harness
folder=$(mktemp -d) || exit 1
tcpdump=
stop() {
    [ -n "$tcpdump" ] && kill -INT "$tcpdump" 2>/dev/null && wait "$tcpdump"
    tcpdump=
}
trap 'stop; [ -n "${KEEP-}" ] && cp -r "$folder" "$KEEP"; rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM
unset NACCS_SCENARIOS NO_COLOR
failed=0

# A network of its own has a loopback that is down.
[ -z "${CAPTURE_INSIDE-}" ] || python3 - <<'PYTHON' || exit 1
import fcntl, socket, struct
IFF_UP, SIOCGIFFLAGS, SIOCSIFFLAGS = 1, 0x8913, 0x8914
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
    request = struct.pack("16sh", b"lo", 0)
    flags = struct.unpack("16sh", fcntl.ioctl(any_socket, SIOCGIFFLAGS, request)[:18])[1]
    fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh", b"lo", flags | IFF_UP))
PYTHON

# capture NAME: from now on into $folder/NAME.pcap. tcpdump says when it listens. Not in its immediate
# mode, in which each packet takes a quarter of a megabyte of its buffer, so that a busy machine loses some.
capture() {
    mkfifo "$folder/$1.said" || return 1
    tcpdump -U -B 65536 -i lo -w "$folder/$1.pcap" \
        tcp or udp port 9 2>"$folder/$1.said" &
    tcpdump=$!
    while IFS= read -r line; do
        case $line in
        *"listening on"*)
            cat >"$folder/$1.words" &
            return 0
            ;;
        esac
        echo "$line"
    done <"$folder/$1.said"
    wait "$tcpdump"
    tcpdump=
    return 1
}

# wrap COMMAND…: a command that notes who it was run for. It has the name of the real one: the harness
# knows that naccs-client asks the name server that it is told of.
wrap() {
    wrapper=$folder/$run.bin/$(basename "$1")
    mkdir -p "$folder/$run.bin"
    {
        echo '#!/bin/sh'
        echo "printf '%s\t%s\t%s\t%s\t%s\t%s\n' \"\$NACCS_CASE\" \"\$NACCS_PORT\" \"\$NACCS_HELO\" \\"
        echo "    \"\$NACCS_FROM\" \"\$NACCS_TO\" \"\$(printf %s \"\$NACCS_MESSAGES\" | tr '\n' ,)\" >>'$folder/$run.map'"
        printf 'exec'
        printf " '%s'" "$@"
        echo ' "$@"'
    } >"$wrapper"
    chmod +x "$wrapper"
}

# round NAME TIMEOUT PATTERNS COMMAND…: the run that is captured, and its capture, side by side. No
# patterns: every case.
round() {
    run=$1 timeout=$2 patterns=$3
    shift 3
    wrap "$@"
    only=
    set -f
    for pattern in $patterns; do
        only="$only --only $pattern"
    done
    mkdir "$folder/$run.messages"
    capture "$run" || return 1
    # shellcheck disable=SC2086
    "$harness" run --quiet --timeout "$timeout" --pace 20 $only --report "json:$folder/$run.json" \
        --keep-messages "$folder/$run.messages" \
        -- "$wrapper" 2>"$folder/$run.err" </dev/null
    set +f
    python3 tests/e2e/lib/captured.py "$folder/$run.pcap" || failed=1
    stop
    wait # for its last words
    grep '^[1-9][0-9]* packets\{0,1\} dropped by kernel' "$folder/$run.words" | sed "s/^/# $run: /"
    python3 tests/e2e/capture.py "$run" "$harness" "$folder/$run.json" "$folder/$run.map" \
        "$folder/$run.pcap" --timeout "$timeout" --pace 20 | sed "s/^\(not \)\{0,1\}ok - /&$run: /" \
        >"$folder/$run.judged"
    if [ "$run" = client ]; then
        python3 tests/e2e/replay.py "$harness" "$build/naccs-client" "$folder/$run.json" \
            "$folder/$run.map" "$folder/$run.pcap" "$timeout" >>"$folder/$run.judged"
    fi
    cat "$folder/$run.judged"
    ! grep -q '^not ok' "$folder/$run.judged" && grep -q '^# [1-9][0-9]* cases' "$folder/$run.judged" ||
        failed=1
}

# Senders with defects, by name: what was held against them live is held against them again.
defects() {
    while read -r kind name _ cases; do
        case " $1 " in
        *" $name "* | " all ") [ "$kind" = defect ] || continue ;;
        *) continue ;;
        esac
        limit=1s chosen=
        set -f
        for pattern in ${cases%%#*}; do
            case $pattern in
            timeout=*) limit=${pattern#timeout=} ;;
            all | *=*) ;;
            lookup/*) ;; # the field has no word of the name server
            *) chosen="$chosen $pattern" ;;
            esac
        done
        set +f
        case "$cases" in *lookup/*) [ "$chosen" ] || continue ;; esac
        round "$name" "$limit" "$chosen" "$build/tests/defects/sender" --defect "$name"
    done <scenarios/defects.txt
}

if [ "${ROUNDTRIP-}" = all ]; then
    some='' names=all
else
    some='connect/plain body/messages/dots sequence/two cuts/fin/DATA losses/221/fin mail/slow-reply/MAIL'
    names='no-stuffing bare-lf-commands data-any pipelines no-quit no-limit-mail'
fi
if ! round client 2s "${CASES-$some}" "$build/naccs-client"; then
    echo "skipped: tcpdump may not capture here"
    exit 0
fi
defects "${DEFECTS-$names}"
exit $failed
