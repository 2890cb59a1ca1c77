# shellcheck shell=bash
# What the interop scripts share; sourced, with the script's arguments, of which the first is BUILD.
# Afterwards the current folder is the root of the tree, and:
#   $here, $build, $work      where the scripts are, what was built, a folder of the script's own
#   ok, not_ok, skip          a line "ok - NAME", "not ok - NAME" or "skip - NAME (REASON)"
#   finish                    prints the sum
# Processes that were started, and $work, are gone at the end.
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${1:-$here/../../build}" && pwd) || exit 2
work=$(mktemp -d) || exit 2
trap 'end_all; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
cd "$here/../.." || exit 2
passed=0 failed=0 skipped=0
processes=()

ok() {
    passed=$((passed + 1))
    echo "ok - $1"
}

not_ok() {
    failed=$((failed + 1))
    echo "not ok - $1"
    [ $# -gt 1 ] && printf '%s\n' "$2" | head -n 40 | sed 's/^/    /'
    return 0
}

skip() {
    skipped=$((skipped + 1))
    echo "skip - $1"
}

has() {
    command -v "$1" >/dev/null 2>&1
}

# judge NAME COMMAND…: ok where the command succeeds.
judge() {
    local name=$1 output
    shift
    if output=$("$@" 2>&1); then ok "$name"; else not_ok "$name" "$output"; fi
}

# started PID: to be ended with the script.
started() {
    processes+=("$1")
}

# Ends what was started, the last first, and waits for it.
end_all() {
    local index
    for ((index = ${#processes[@]} - 1; index >= 0; index--)); do
        kill "${processes[index]}" 2>/dev/null
        wait "${processes[index]}" 2>/dev/null
    done
    processes=()
}

# free_port: a port on which nobody listens now.
free_port() {
    python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}

# listens PID: until the server listens on $port; false where it ends instead, or after 30 seconds.
listens() {
    local until=$((SECONDS + 30))
    [ -p "$work/never" ] || mkfifo "$work/never"
    while kill -0 "$1" 2>/dev/null && [ $SECONDS -lt $until ]; do
        (exec 4<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && return
        read -r -t 0.05 _ <>"$work/never" # a fifo, from which a read waits
    done
    return 1
}

# start_centre NAME OPTION…: a mock server of our own with a spool and a journal under $work/NAME; its
# port stands in $port. The ready line is awaited on a fifo, never slept for.
start_centre() {
    local name=$1 line
    shift
    mkdir -p "$work/$name"
    mkfifo "$work/$name/ready"
    "$build/naccs-mockserver" --listen 127.0.0.1:0 --spool "$work/$name/spool" \
        --journal "$work/$name/journal" "$@" >"$work/$name/ready" 2>"$work/$name/errors" &
    started $!
    read -r line <"$work/$name/ready" || line=
    port=$(printf '%s' "$line" | sed -n 's/.*"port": *\([0-9]*\).*/\1/p')
    [ -n "$port" ]
}

# same_octets FILE FILE: compares, and shows where they differ.
same_octets() {
    cmp "$1" "$2" && return 0
    diff <(od -A d -c "$1") <(od -A d -c "$2") | head -n 6
    return 1
}

finish() {
    end_all
    rm -rf "$work"
    echo "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" -eq 0 ]
}
