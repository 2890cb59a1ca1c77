#!/bin/sh
# The examples for test frameworks, as they stand; they find the programs in the PATH.
#
#     tests/e2e/examples.sh BUILD
set -u
build=$(cd "${1:?usage: $0 BUILD}" && pwd) || exit 2
cd "$(dirname "$0")/../../examples" || exit 2
export PATH="$build:/usr/bin:/bin:$PATH" PYTHONDONTWRITEBYTECODE=1
NACCS_SCENARIOS=$(cd ../scenarios && pwd) || exit 2
export NACCS_SCENARIOS
output=$(mktemp) || exit 2
trap 'rm -f "$output"' EXIT
trap 'exit 130' INT TERM
failed=0

# passes NAME WORDS COMMAND…: it must succeed, and say so.
passes() {
    name=$1 words=$2
    shift 2
    if timeout 300 "$@" >"$output" 2>&1 </dev/null && grep -qE "$words" "$output"; then
        echo "ok - $name"
    else
        failed=1
        echo "not ok - $name"
        sed 's/^/    /' "$output"
    fi
}

passes "the shell example" '^conforms$' sh shell/judge.sh
# A sender that spoils the message must be found out.
printf '#!/bin/sh\ntr a b <"$2" >"$2.spoilt"; naccs-client --server "$1" "$2.spoilt"\n' >"$output.sender"
chmod +x "$output.sender"
passes "… finds out who spoils a message" 'another message has arrived' sh -c '
    sh shell/judge.sh "$1" {host}:{port} {message}; test $? -eq 1' sh "$output.sender"
rm -f "$output.sender"
if /usr/bin/python3 -c 'import pytest' 2>/dev/null; then
    passes "the pytest example" '4 passed' env -C pytest /usr/bin/python3 -m pytest -q -p no:cacheprovider
else
    echo "skipped: no pytest (apt-get install python3-pytest)"
fi
if command -v javac >/dev/null && [ -e /usr/share/java/junit-jupiter-engine.jar ]; then
    passes "the JUnit 5 example" '3 tests successful' sh junit5/run.sh
else
    echo "skipped: no JUnit 5 (apt-get install default-jdk-headless junit5)"
fi
exit $failed
