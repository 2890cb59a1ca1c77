build2/harness/suite.o: harness/suite.c harness/suite.h harness/check.h \
 mockserver/transcript.h mockserver/scenario.h wire/command.h wire/buf.h \
 wire/octets.h wire/time.h mockserver/scenario_load.h wire/problem.h \
 harness/suite_data.h mockserver/arena.h
harness/suite.h:
harness/check.h:
mockserver/transcript.h:
mockserver/scenario.h:
wire/command.h:
wire/buf.h:
wire/octets.h:
wire/time.h:
mockserver/scenario_load.h:
wire/problem.h:
harness/suite_data.h:
mockserver/arena.h:
