#!/bin/sh
# The completions of bash, zsh and fish, really loaded, and asked.
#
#     tests/e2e/completion.sh BUILD
exec env PYTHONDONTWRITEBYTECODE=1 python3 "$(dirname "$0")/completion.py" "${1:?usage: $0 BUILD}"
