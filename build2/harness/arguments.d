build2/harness/arguments.o: harness/arguments.c harness/arguments.h \
 harness/language.h mockserver/scenario.h wire/command.h wire/buf.h \
 wire/octets.h wire/time.h harness/profile.h harness/run.h \
 harness/sender_trace.h mockserver/transcript.h wire/problem.h \
 harness/invocation.h harness/known.h harness/check.h harness/suite.h \
 mockserver/scenario_load.h wire/endpoint.h harness/repeat.h \
 harness/select.h harness/accelerate.h harness/report.h
harness/arguments.h:
harness/language.h:
mockserver/scenario.h:
wire/command.h:
wire/buf.h:
wire/octets.h:
wire/time.h:
harness/profile.h:
harness/run.h:
harness/sender_trace.h:
mockserver/transcript.h:
wire/problem.h:
harness/invocation.h:
harness/known.h:
harness/check.h:
harness/suite.h:
mockserver/scenario_load.h:
wire/endpoint.h:
harness/repeat.h:
harness/select.h:
harness/accelerate.h:
harness/report.h:
