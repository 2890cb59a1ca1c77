#!/bin/sh
# Does `make bench` work at all? Each part once, small; the counts that repeat are held to their bars.
#
#     tests/e2e/bench.sh BUILD
exec "$(dirname "$0")/../bench/run" "${1:?usage: $0 BUILD}" smoke counts idle cut client virtual captures
