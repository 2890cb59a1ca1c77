#!/bin/sh
# From the field to a scenario and back: naccs-harness import, naccs-mockserver --record, run
# --client-trace, with senders and servers that others wrote where they are installed.
#
#     tests/e2e/import.sh BUILD
#
# Prints a line "ok" or "not ok" for each test; exit status 1 where one failed. Each case of the suite is
# played again in virtual time by the unit test of imitation.c.
exec env PYTHONDONTWRITEBYTECODE=1 python3 "$(dirname "$0")/import.py" "${1:?usage: $0 BUILD}"
