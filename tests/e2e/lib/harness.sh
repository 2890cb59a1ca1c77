# What the tests of naccs-harness share; sourced with BUILD as $1, from whatever folder. Afterwards the
# current folder is the root of the tree, and:
#   $build, $harness, $sender   the folder of what was built, and programs in it
#   $folder                     of this test's own, removed at the end
#   run ARGUMENT…               runs the harness; $status, $folder/stdout and $folder/stderr tell of it
#   check NAME COMMAND…         a line "ok" or "not ok"; $failed is 1 from the first "not ok" on
#   is, says, complains, holds, lacks, same   what is checked
# shellcheck shell=sh disable=SC2034

build=$(cd "$1" && pwd) || exit 1
cd "$(dirname "$0")/../.." || exit 1
harness=$build/naccs-harness
sender=$build/tests/defects/sender
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
number=0
failed=0
status=0
unset NACCS_SCENARIOS NACCS_FAKETIME NO_COLOR LC_ALL LC_MESSAGES LANG

check() {
    number=$((number + 1))
    name=$1
    shift
    if "$@"; then
        echo "ok $number - $name"
    else
        echo "not ok $number - $name"
        sed 's/^/    | /' "$folder/stdout" "$folder/stderr" 2>/dev/null | tail -40
        failed=1
    fi
}

run() {
    "$harness" "$@" >"$folder/stdout" 2>"$folder/stderr" </dev/null
    status=$?
}

is() { [ "$status" -eq "$1" ]; }
says() { grep -q -e "$1" "$folder/stdout"; }
complains() { grep -q -e "$1" "$folder/stderr"; }
# holds FILE PATTERN, lacks FILE PATTERN: of a file in $folder.
holds() { grep -q -e "$2" "$folder/$1"; }
lacks() { ! grep -q -e "$2" "$folder/$1"; }
same() { [ "$1" = "$2" ]; }
