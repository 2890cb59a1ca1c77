build2/harness/suite_defects.o: harness/suite_defects.c \
 harness/suite_defects.h harness/suite.h harness/check.h \
 mockserver/transcript.h mockserver/scenario.h wire/command.h wire/buf.h \
 wire/octets.h wire/time.h mockserver/scenario_load.h wire/problem.h \
 harness/select.h harness/known.h
harness/suite_defects.h:
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
harness/select.h:
harness/known.h:
