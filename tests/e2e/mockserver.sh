#!/bin/sh
# naccs-mockserver over real TCP, against senders that share no code with it (centre.py).
#
#     tests/e2e/mockserver.sh BUILD
#
# Prints a line "ok" or "not ok" for each test; exit status 1 where one failed.
exec env PYTHONDONTWRITEBYTECODE=1 python3 "$(dirname "$0")/mockserver.py" "${1:?usage: $0 BUILD}"
