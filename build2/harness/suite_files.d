build2/harness/suite_files.o: harness/suite_files.c harness/suite_data.h \
 harness/suite.h harness/check.h mockserver/transcript.h \
 mockserver/scenario.h wire/command.h wire/buf.h wire/octets.h \
 wire/time.h mockserver/scenario_load.h wire/problem.h mockserver/arena.h
harness/suite_data.h:
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
mockserver/arena.h:
