#!/bin/sh
# NACCS's name server, asked by tools that others wrote (dig, drill), and by naccs-client.
#
#     tests/e2e/dns.sh BUILD
#
# Prints a line "ok" or "not ok" for each test; exit status 1 where one failed. What is not installed
# is left out, and said so.
set -u

build=$(cd "$1" && pwd) || exit 1
cd "$(dirname "$0")/../.." || exit 1
folder=$(mktemp -d) || exit 1
server=
number=0
failed=0

stop() {
    [ -n "$server" ] && kill "$server" 2>/dev/null && wait "$server" 2>/dev/null
    server=
}
trap 'stop; rm -rf "$folder"' EXIT

# serve DNS-RULES [OTHER-KEYS]: the ready line comes through a pipe, so nothing is waited for.
serve() {
    stop
    rm -f "$folder/ready"
    mkfifo "$folder/ready"
    printf '{"version":1,"dns":[%s]%s}' "$1" "${2:+,$2}" >"$folder/scenario.json"
    cp scenarios/messages/plain.eml "$folder/plain.eml"
    "$build/naccs-mockserver" --listen 127.0.0.1:0 --dns 127.0.0.1:0 --quiet \
        --scenario "$folder/scenario.json" >"$folder/ready" &
    server=$!
    read -r line <"$folder/ready"
    port=$(printf '%s' "$line" | sed 's/.*"port":\([0-9]*\).*/\1/')
    dns=$(printf '%s' "$line" | sed 's/.*"dns_port":\([0-9]*\).*/\1/')
}

# check NAME EXPECTED ACTUAL
check() {
    number=$((number + 1))
    if [ "$2" = "$3" ]; then
        echo "ok $number - $1"
    else
        failed=$((failed + 1))
        echo "not ok $number - $1"
        printf '%s\n' "expected: $2" "actual:   $3" | sed 's/^/    /'
    fi
}

ask() { dig @127.0.0.1 -p "$dns" +tries=1 +time=5 "$@"; }
status() { ask "$@" | sed -n 's/.*status: \([A-Z]*\),.*/\1/p'; }

if command -v dig >/dev/null; then
    serve ''
    check "dig: A" 127.0.0.1 "$(ask +short mail.prod.naccs6 A)"
    check "dig: A over TCP" 127.0.0.1 "$(ask +short +tcp mail.prod.naccs6 A)"
    check "dig: A without EDNS" 127.0.0.1 "$(ask +short +noedns mail.prod.naccs6 A)"
    check "dig: MX of the domain" "10 MAIL.PROD.NACCS6." "$(ask +short prod.naccs6 MX | tr a-z A-Z)"
    check "dig: no AAAA" "NOERROR" "$(status mail.prod.naccs6 AAAA)"
    check "dig: another name" NXDOMAIN "$(status www.prod.naccs6)"
    check "dig: another class" REFUSED "$(status version.bind CH TXT)"
    check "dig: a transfer" "; Transfer failed." "$(ask prod.naccs6 AXFR | grep Transfer)"
    check "dig: another operation" NOTIMP "$(status +opcode=NOTIFY prod.naccs6 SOA)"
    check "dig: EDNS of a later version" BADVERS "$(status +edns=1 +noednsnegotiation mail.prod.naccs6)"
    check "dig: nothing malformed in any answer" "" \
        "$(for type in A AAAA MX SOA ANY TXT; do ask mail.prod.naccs6 $type; done |
            grep -iE 'malformed|extra bytes|mismatch|unexpected')"
    serve '{"answer":"truncated"}'
    check "dig: over TCP where the answer is cut short" 127.0.0.1 "$(ask +short mail.prod.naccs6)"
    check "dig: told so" ";; Truncated, retrying in TCP mode." \
        "$(ask mail.prod.naccs6 | grep Truncated)"
    serve '{"answer":"servfail"}'
    check "dig: SERVFAIL" SERVFAIL "$(status mail.prod.naccs6)"
    serve '{"query":1,"answer":{"addresses":["dead","backup","10.0.0.1"]}},{"answer":"nxdomain"}'
    check "dig: several addresses" "127.0.0.3 127.0.0.2 10.0.0.1" \
        "$(ask +short mail.prod.naccs6 | tr '\n' ' ' | sed 's/ $//')"
    check "dig: and then none" NXDOMAIN "$(status mail.prod.naccs6)"
else
    echo "skipped: dig is not installed (bind9-dnsutils)"
fi

if command -v drill >/dev/null; then
    serve ''
    check "drill: A" 127.0.0.1 \
        "$(drill -p "$dns" mail.prod.naccs6 @127.0.0.1 A | awk '$4 == "A" && $1 !~ /^;/ {print $5; exit}')"
    check "drill: MX with its address" "10 MAIL.prod.naccs6. 127.0.0.1" \
        "$(drill -p "$dns" prod.naccs6 @127.0.0.1 MX |
            awk '$4 == "MX" {mx = $5 " " $6} $4 == "A" && $1 !~ /^;/ {print mx, $5}')"
    check "drill: over TCP" 127.0.0.1 \
        "$(drill -t -p "$dns" mail.prod.naccs6 @127.0.0.1 A | awk '$4 == "A" && $1 !~ /^;/ {print $5; exit}')"
else
    echo "skipped: drill is not installed (ldnsutils)"
fi

# send STATUS: naccs-client to the centre by its name.
send() {
    timeout 60 "$build/naccs-client" --server "mail.prod.naccs6:$port" \
        --resolver "127.0.0.1:$dns" --timeout 3s "$folder/plain.eml" 2>"$folder/words"
    echo $?
}

serve ''
check "naccs-client finds the centre" 0 "$(send)"
serve '{"answer":{"addresses":["dead","centre"]}}'
check "naccs-client tries the next address" 0 "$(send)"
serve '{"after_connections":1,"answer":"backup"}' \
    '"rules":[{"at":"MAIL","connection":1,"close":"rst"}]'
check "naccs-client follows the centre to its backup site" 0 "$(send)"
serve '{"answer":"nxdomain"}'
check "naccs-client without a centre: 68" 68 "$(send)"

[ "$failed" -eq 0 ]
