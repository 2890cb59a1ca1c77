#!/bin/sh
# What docs/security.md says of the programs as they are built and run (security.py).
#
#     tests/e2e/security.sh BUILD
#
# Prints a line "ok" or "not ok" for each test, "skipped" for what this machine can't do; exit status 1
# where one failed.
exec env PYTHONDONTWRITEBYTECODE=1 python3 "$(dirname "$0")/security.py" "${1:?usage: $0 BUILD}"
