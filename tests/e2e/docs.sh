#!/bin/sh
# The documents: their commands print what they show, their options and links are there, and the reference
# of scenarios is what the loader's table says.
#
#     tests/e2e/docs.sh BUILD [PAGE…]     PAGE: docs/scenarios.md, … instead of all
exec env PYTHONDONTWRITEBYTECODE=1 python3 "$(dirname "$0")/docs.py" "${@:?usage: $0 BUILD [PAGE…]}"
