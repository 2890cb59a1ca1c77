#!/bin/sh
# The message files in the tree are what tests/tools/make-messages makes.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
"$root/tests/tools/make-messages" "$made"
diff -r "$made" "$root/scenarios/messages"
