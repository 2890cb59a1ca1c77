#!/bin/sh
# Ten thousand connections at once to naccs-mockserver.
#
#     tests/e2e/many-connections.sh BUILD [COUNT]
#
# Prints a line "ok" or "not ok" for each test; exit status 1 where one failed. Where the system
# allows fewer descriptors, there are fewer connections.
exec env PYTHONDONTWRITEBYTECODE=1 python3 "$(dirname "$0")/many-connections.py" \
    "${1:?usage: $0 BUILD [COUNT]}" "${2:-10000}"
