# The three programs, their tests and their suite.
#
#   make run            sets up, builds, runs the conformance suite with the reference client
#   make test           sets up, builds, runs every test
#   make                builds build/naccs-mockserver, build/naccs-client, build/naccs-harness
#   make check T=…      builds and runs the unit tests whose name matches the pattern
#   make fuzz T=… TIME=…  fuzzes with clang's libFuzzer (all in turn, 60 s each, where not told)
#   make fuzz-replay    runs the fuzzers over their seeds alone
#   make mutants        proves that explore finds bugs that are put into the programs (T=… for some)
#   make line-coverage  says which lines of the programs no test reaches (wants gcovr)
#   make defects        proves that the harness finds each defect of tests/defects (T=… for some)
#   make worlds         proves that it speaks against no sound sender in worlds that are drawn
#   make roundtrip      judges captures of live runs, of every case (needs the right to capture)
#   make interop        drives senders and servers that others wrote
#   make bench          measures beside servers and senders that others wrote (docs/performance.md)
#   make install        PREFIX=/usr/local LIBDIR=$PREFIX/lib DESTDIR=; make uninstall
#   make library man completions deb   what packaging/rules.mk builds besides
#   SANITIZE=address,undefined   CC=clang   WERROR=1   V=1   DEPS=skip   BUILD=build

BUILD  ?= build
PREFIX ?= /usr/local
CC     ?= cc
PACKAGES := gcc libc6-dev libev-dev libjansson-dev libxml2-dev libldns-dev libc-ares-dev libpcap-dev
TEST_PACKAGES := libcunit1-dev python3 python3-jsonschema bind9-dnsutils ldnsutils faketime tcpdump \
                 libxml2-utils scdoc mandoc man-db g++ pkg-config python3-yaml python3-pytest
BENCH_PACKAGES := postfix python3-aiosmtpd valgrind strace libphp-phpmailer php-net-smtp php-cli
VERSION := 0.1.0

CFLAGS ?= -O2 -g
STANDARD := -std=c17 -D_GNU_SOURCE
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
            -Wswitch-enum -Wvla -Wformat=2 -Wundef -Wpointer-arith -Wwrite-strings
ifdef WERROR
WARNINGS += -Werror
endif
ifdef SANITIZE
SANITIZERS := -fsanitize=$(SANITIZE) -fno-omit-frame-pointer -fno-sanitize-recover=all
endif
DEFINES := -DNACCS_VERSION='"$(VERSION)"'
XML_CFLAGS := $(shell xml2-config --cflags 2>/dev/null)
XML_LIBS := $(shell xml2-config --libs 2>/dev/null || echo -lxml2)
COMPILE = $(CC) $(STANDARD) $(WARNINGS) $(CPPFLAGS) $(CFLAGS) $(SANITIZERS) $(DEFINES) -I. $(XML_CFLAGS)
LINK = $(CC) $(CFLAGS) $(SANITIZERS) $(LDFLAGS)
LIBS := -lev -ljansson -lcares -lldns -lpcap $(XML_LIBS) -lm

ifdef V
say = @:
Q :=
else
say = @printf '  %-8s %s\n'
Q := @
endif

sources = $(filter-out %/main.c,$(wildcard $(1)/*.c))
objects = $(patsubst %.c,$(BUILD)/%.o,$(1))

WIRE_OBJECTS       := $(call objects,$(call sources,wire))
MOCKSERVER_OBJECTS := $(call objects,$(call sources,mockserver))
CLIENT_OBJECTS     := $(call objects,$(call sources,client))
HARNESS_OBJECTS    := $(call objects,$(call sources,harness))
PROGRAMS := $(BUILD)/naccs-mockserver $(BUILD)/naccs-client $(BUILD)/naccs-harness

UNIT_SOURCES := $(wildcard tests/unit/*_test.c)
UNIT_TESTS   := $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%,$(UNIT_SOURCES))
T ?=

FUZZ_SOURCES := $(wildcard tests/fuzz/*_fuzz.c)
FUZZERS      := $(patsubst tests/fuzz/%.c,$(BUILD)/tests/fuzz/%,$(FUZZ_SOURCES))
REPLAYS      := $(FUZZERS:_fuzz=_replay)
TIME ?= 60

.PHONY: all run test check unit defects worlds mutants line-coverage tools roundtrip interop bench deps clean format fuzz fuzz-run \
        fuzz-replay fuzz-replays
.DELETE_ON_ERROR:
.SECONDARY:

all: $(PROGRAMS)

# The build is a make of its own: what it asks of the machine (xml2-config) may only just have come.
# Where nobody said how many jobs, all processors help.
JOBS = $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(shell nproc 2>/dev/null || echo 1))
BUILD_IT = $(Q)$(MAKE) --no-print-directory $(JOBS)

run:
	$(Q)tests/setup $(PACKAGES)
	$(BUILD_IT) all
	$(Q)'$(BUILD)/naccs-harness' run

deps:
	$(Q)tests/setup $(PACKAGES) $(TEST_PACKAGES)

test: deps
	$(BUILD_IT) all unit $(REPLAYS) $(BUILD)/tests/defects/sender $(BENCHES) library man completions
	$(Q)tests/run-all '$(BUILD)'

clean:
	rm -rf '$(BUILD)'

# In the style of .clang-format.
format:
	clang-format -i wire/*.[ch] mockserver/*.[ch] client/*.[ch] harness/*.[ch] tests/*/*.[ch]

$(BUILD)/naccs-mockserver: $(BUILD)/mockserver/main.o $(BUILD)/libmockserver.a $(BUILD)/libwire.a
$(BUILD)/naccs-client: $(BUILD)/client/main.o $(BUILD)/libclient.a $(BUILD)/libwire.a
$(BUILD)/naccs-harness: $(BUILD)/harness/main.o $(BUILD)/libharness.a $(BUILD)/libmockserver.a \
                        $(BUILD)/libclient.a $(BUILD)/libwire.a
$(PROGRAMS):
	$(say) LINK $@
	$(Q)$(LINK) -o $@ $^ $(LIBS)

$(BUILD)/libwire.a: $(WIRE_OBJECTS)
$(BUILD)/libmockserver.a: $(MOCKSERVER_OBJECTS)
$(BUILD)/libclient.a: $(CLIENT_OBJECTS)
$(BUILD)/libharness.a: $(HARNESS_OBJECTS)
$(BUILD)/lib%.a:
	$(say) AR $@
	$(Q)rm -f $@ && ar rcs $@ $^

$(BUILD)/%.o: %.c $(BUILD)/flags
	$(say) CC $<
	$(Q)mkdir -p $(@D)
	$(Q)$(COMPILE) -MMD -MP -c -o $@ $<

# The style sheet and the script of the HTML report are taken in by the assembler.
$(BUILD)/harness/report_assets.o: harness/report.css harness/report.js

# Rebuilds everything when the way of compiling changes.
.PHONY: force
$(BUILD)/flags: force
	$(Q)mkdir -p $(BUILD)
	$(Q)printf '%s\n' '$(subst ','\'',$(COMPILE))' | cmp -s - $@ || printf '%s\n' '$(subst ','\'',$(COMPILE))' > $@

# One file knows where the suite will be: another PREFIX compiles it alone.
DATA := $(PREFIX)/share/naccs/scenarios
%/mockserver/scenario_root.o: private DEFINES += -DNACCS_DATA='"$(DATA)"'
$(BUILD)/mockserver/scenario_root.o $(BUILD)/pic/mockserver/scenario_root.o: $(BUILD)/prefix
$(BUILD)/prefix: force
	$(Q)mkdir -p $(BUILD)
	$(Q)printf '%s\n' '$(DATA)' | cmp -s - $@ || printf '%s\n' '$(DATA)' > $@

# A unit test is one file, tests/unit/<module>_test.c, linked with everything.
UNIT_HELPERS := $(call objects,$(filter-out %_test.c tests/unit/memory.c,$(wildcard tests/unit/*.c)))
# Those of them in which memory runs out take the place of malloc.
$(filter $(BUILD)/tests/unit/memory_%,$(UNIT_TESTS)): $(BUILD)/tests/unit/memory.o
$(BUILD)/tests/unit/%_test: $(BUILD)/tests/unit/%_test.o $(UNIT_HELPERS) $(BUILD)/libharness.a \
                            $(BUILD)/libmockserver.a $(BUILD)/libclient.a $(BUILD)/libwire.a
	$(say) LINK $@
	$(Q)$(LINK) -o $@ $^ -lcunit $(LIBS)

unit: $(UNIT_TESTS)

check: $(PROGRAMS) $(UNIT_TESTS)
	$(Q)tests/run-unit '$(BUILD)' '$(T)'

# A small sender with defects to be switched on: does the harness find each?
DEFECTS_OBJECTS := $(call objects,$(wildcard tests/defects/*.c))
$(BUILD)/tests/defects/sender: $(DEFECTS_OBJECTS)
	$(say) LINK $@
	$(Q)$(LINK) -o $@ $^ -lresolv

defects: $(BUILD)/naccs-harness $(BUILD)/tests/defects/sender
	$(Q)tests/defects/run '$(BUILD)' $(T)

worlds: $(BUILD)/naccs-harness $(BUILD)/tests/defects/sender
	$(Q)tests/defects/worlds '$(BUILD)' $(T)

# What no test reaches, line by line.
line-coverage:
	$(Q)tests/line-coverage

# Bugs put back one at a time: does `explore` find each?
mutants:
	$(Q)tests/mutants/run $(T)

roundtrip: all $(BUILD)/tests/defects/sender
	$(Q)ROUNDTRIP=all tests/e2e/capture.sh '$(BUILD)'

# Tools for the tests of captures.
$(BUILD)/tests/tools/%: $(BUILD)/tests/tools/%.o $(BUILD)/libharness.a $(BUILD)/libmockserver.a \
                        $(BUILD)/libclient.a $(BUILD)/libwire.a
	$(say) LINK $@
	$(Q)$(LINK) -o $@ $^ $(LIBS)

tools: $(BUILD)/tests/tools/capture-dump $(BUILD)/tests/tools/capture-make

# Senders and servers that others wrote; what is not installed is skipped.
interop: all
	$(Q)tests/interop/run '$(BUILD)'

# Side by side with others, in one run; what is not installed is skipped.
BENCHES := $(addprefix $(BUILD)/tests/bench/,bare sessions virtual)
$(BUILD)/tests/bench/bare: $(BUILD)/tests/bench/bare.o
$(BUILD)/tests/bench/sessions: $(BUILD)/tests/bench/sessions.o $(BUILD)/libclient.a \
                               $(BUILD)/libwire.a
$(BUILD)/tests/bench/virtual: $(BUILD)/tests/bench/virtual.o $(BUILD)/libharness.a \
                              $(BUILD)/libmockserver.a $(BUILD)/libclient.a $(BUILD)/libwire.a
$(BENCHES):
	$(say) LINK $@
	$(Q)$(LINK) -o $@ $^ $(LIBS)

bench:
	$(Q)tests/setup $(PACKAGES) $(BENCH_PACKAGES)
	$(BUILD_IT) all $(BENCHES)
	$(Q)tests/bench/run '$(BUILD)' $(T)

# A fuzzer is one file too, linked with everything: with libFuzzer (for that, all is built once more,
# by clang, in a folder of its own), or to run over the files that it is given.
FUZZ_PARTS = $(BUILD)/tests/fuzz/%_fuzz.o $(BUILD)/tests/fuzz/fuzz.o $(BUILD)/tests/fuzz/field.o \
             $(BUILD)/libharness.a \
             $(BUILD)/libmockserver.a $(BUILD)/libclient.a $(BUILD)/libwire.a
$(BUILD)/tests/fuzz/%_fuzz: $(FUZZ_PARTS)
	$(say) LINK $@
	$(Q)$(LINK) -fsanitize=fuzzer -o $@ $^ $(LIBS)

$(BUILD)/tests/fuzz/%_replay: $(BUILD)/tests/fuzz/replay.o $(FUZZ_PARTS)
	$(say) LINK $@
	$(Q)$(LINK) -o $@ $^ $(LIBS)

fuzz:
	$(Q)$(MAKE) --no-print-directory CC=clang BUILD='$(BUILD)/fuzz' \
	    SANITIZE=fuzzer-no-link,address,undefined fuzz-run

fuzz-run: $(if $(T),$(BUILD)/tests/fuzz/$(T)_fuzz,$(FUZZERS))
	$(Q)tests/run-fuzz '$(BUILD)' '$(T)' '$(TIME)'

fuzz-replays: $(REPLAYS)

fuzz-replay: $(REPLAYS)
	$(Q)tests/run-fuzz '$(BUILD)'

include packaging/rules.mk

-include $(shell find $(BUILD) '(' -path $(BUILD)/deb -o -path '*/interop' ')' -prune -o -type f -name '*.d' -print 2>/dev/null)
