#!/bin/sh
# Installing, and libnaccsmock as others see it: the examples are compiled against what was installed,
# through pkg-config, and run.
#
#     tests/e2e/embedding.sh BUILD
set -u
build=$(cd "${1:?usage: $0 BUILD}" && pwd) || exit 2
cd "$(dirname "$0")/../.." || exit 2
place=$(mktemp -d) || exit 2
trap 'rm -rf "$place"' EXIT
trap 'exit 130' INT TERM
failed=0

# check NAME COMMAND…
check() {
    name=$1
    shift
    if "$@" >"$place/output" 2>&1; then
        echo "ok - $name"
    else
        failed=1
        echo "not ok - $name"
        sed 's/^/    /' "$place/output"
    fi
}

# What the library was compiled with has to be in the program, too.
sanitizers=$(grep -o -e '-fsanitize=[a-z,]*' "$build/flags" | head -n 1)
prefix=$place/opt
put() {
    PREFIX=$prefix DESTDIR='' packaging/install "$build" "$@"
}
if [ ! -e "$build/libnaccsmock.so.0" ]; then
    echo "not ok - the library was built (make library)"
    exit 1
fi
check "it installs" put
check "the library's names are naccsmock_ alone" sh -c '
    nm -D --defined-only "$1"/lib/libnaccsmock.so.0 | awk "{print \$3}" | grep -v ^naccsmock_ |
        grep -vE "^(NACCSMOCK_0|_?_(asan|ubsan|sanitizer|tsan|odr)|$)" && exit 1
    nm -g --defined-only "$1"/lib/libnaccsmock.a | awk "NF == 3 {print \$3}" | grep -v ^naccsmock_ |
        grep -vE "^_?_(asan|ubsan|sanitizer|odr)" && exit 1
    test "$(nm -D --defined-only "$1"/lib/libnaccsmock.so.0 | grep -c " naccsmock_")" -gt 20' \
    sh "$prefix"
check "its soname" sh -c 'objdump -p "$1" | grep -q "SONAME *libnaccsmock.so.0$"' \
    sh "$prefix/lib/libnaccsmock.so.0"

check "it ends no process, installs no handler, prints nothing" sh -c '
    ! nm -D --undefined-only "$1" | grep -E " (exit|_exit|_Exit|quick_exit|abort|signal|sigaction|stdout|stderr|printf|puts|perror)(@|$)"' \
    sh "$prefix/lib/libnaccsmock.so.0"

export PKG_CONFIG_PATH="$prefix/lib/pkgconfig" LD_LIBRARY_PATH="$prefix/lib"
version=$(sed -n 's/^VERSION := //p' Makefile)
check "pkg-config knows it" test "$(pkg-config --modversion naccsmock)" = "$version"

# compile OUTPUT COMPILER SOURCE LIBRARIES…
compile() {
    output=$1 compiler=$2 source=$3
    shift 3
    # shellcheck disable=SC2046,SC2086
    $compiler $sanitizers -Wall -Wextra -Wpedantic -Werror $(pkg-config --cflags naccsmock) \
        "examples/c/$source" -o "$place/$output" "$@"
}
# shellcheck disable=SC2046
{
    check "the C example compiles" compile c "cc -std=c17 -D_GNU_SOURCE" one-message.c \
        $(pkg-config --libs naccsmock)
    check "… and passes" timeout 120 "$place/c"
    check "… linked statically, too" compile static "cc -std=c17 -D_GNU_SOURCE" one-message.c \
        "$prefix/lib/libnaccsmock.a" $(pkg-config --static --libs naccsmock | sed 's/-lnaccsmock//')
    check "… without the shared library" env LD_LIBRARY_PATH= timeout 120 "$place/static"
    if command -v c++ >/dev/null; then
        check "the C++ example compiles" compile cpp "c++ -std=c++17" several-centres.cpp \
            $(pkg-config --libs naccsmock) -pthread
        check "… and passes" timeout 120 "$place/cpp"
        check "… and told what was wrong with a scenario" \
            sh -c '"$1" | grep -q "\"RCTP\".*did you mean \"RCPT\""' sh "$place/cpp"
    else
        echo "skipped: no C++ compiler (apt-get install g++)"
    fi
}
if [ -z "$sanitizers" ] && command -v valgrind >/dev/null; then
    check "no memory errors" timeout 300 valgrind -q --error-exitcode=9 --leak-check=full "$place/c"
fi

# The programs find their suite from where they are, in any folder.
check "what is installed works from any folder" env -u NACCS_SCENARIOS sh -c '
    cd / && "$1/bin/naccs-harness" run --quiet --only "body/*" && "$1/bin/naccs-client" --version' \
    sh "$prefix"
put --remove
check "it can be taken away again" sh -c 'test -z "$(find "$1" ! -type d)"' sh "$prefix"
exit $failed
