build2/harness/select.o: harness/select.c harness/select.h harness/known.h \
 harness/check.h mockserver/transcript.h mockserver/scenario.h \
 wire/command.h wire/buf.h wire/octets.h wire/time.h wire/problem.h \
 harness/suite.h mockserver/scenario_load.h
harness/select.h:
harness/known.h:
harness/check.h:
mockserver/transcript.h:
mockserver/scenario.h:
wire/command.h:
wire/buf.h:
wire/octets.h:
wire/time.h:
wire/problem.h:
harness/suite.h:
mockserver/scenario_load.h:
