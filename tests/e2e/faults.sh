#!/bin/sh
# What the machine and the peers do wrong, against naccs-mockserver as a process (faults.py).
#
#     tests/e2e/faults.sh BUILD
#
# Prints a line "ok" or "not ok" for each test, "skipped" for what this machine can't do; exit status 1
# where one failed.
exec env PYTHONDONTWRITEBYTECODE=1 python3 "$(dirname "$0")/faults.py" "${1:?usage: $0 BUILD}"
