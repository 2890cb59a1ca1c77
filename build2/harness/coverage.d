build2/harness/coverage.o: harness/coverage.c harness/coverage.h \
 harness/language.h mockserver/scenario.h wire/command.h wire/buf.h \
 wire/octets.h wire/time.h harness/suite_defects.h harness/suite.h \
 harness/check.h mockserver/transcript.h mockserver/scenario_load.h \
 wire/problem.h
harness/coverage.h:
harness/language.h:
mockserver/scenario.h:
wire/command.h:
wire/buf.h:
wire/octets.h:
wire/time.h:
harness/suite_defects.h:
harness/suite.h:
harness/check.h:
mockserver/transcript.h:
mockserver/scenario_load.h:
wire/problem.h:
