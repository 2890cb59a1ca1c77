#!/bin/sh
# The man pages: lint, the options of --help, the keys of the schema, their examples.
#
#     tests/e2e/man.sh BUILD
exec env PYTHONDONTWRITEBYTECODE=1 python3 "$(dirname "$0")/man.py" "${1:?usage: $0 BUILD}"
