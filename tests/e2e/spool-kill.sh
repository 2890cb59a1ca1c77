#!/bin/sh
# kill -9 of naccs-mockserver while messages come: each that was answered 250 is in the spool, whole.
#
#     tests/e2e/spool-kill.sh BUILD
#
# Prints a line "ok" or "not ok" for each test; exit status 1 where one failed.
exec env PYTHONDONTWRITEBYTECODE=1 python3 "$(dirname "$0")/spool-kill.py" "${1:?usage: $0 BUILD}"
