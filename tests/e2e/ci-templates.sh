#!/bin/sh
# The CI templates of examples/ci: valid YAML, and their commands do what they say.
#
#     tests/e2e/ci-templates.sh BUILD
exec env PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$(dirname "$0")/ci-templates.py" "${1:?usage: $0 BUILD}"
