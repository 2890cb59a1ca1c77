#!/bin/sh
# naccs-mockserver in several processes on one port (--workers).
#
#     tests/e2e/workers.sh BUILD
#
# Prints a line "ok" or "not ok" for each test; exit status 1 where one failed.
exec env PYTHONDONTWRITEBYTECODE=1 python3 "$(dirname "$0")/workers.py" "${1:?usage: $0 BUILD}"
