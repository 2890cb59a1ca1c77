build2/harness/explore_command.o: harness/explore_command.c \
 harness/explore_command.h harness/arguments.h harness/language.h \
 mockserver/scenario.h wire/command.h wire/buf.h wire/octets.h \
 wire/time.h harness/profile.h harness/run.h harness/sender_trace.h \
 mockserver/transcript.h wire/problem.h harness/invocation.h \
 harness/known.h harness/check.h harness/suite.h \
 mockserver/scenario_load.h wire/endpoint.h harness/repeat.h \
 harness/select.h harness/explore.h harness/stopwatch.h
harness/explore_command.h:
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
harness/explore.h:
harness/stopwatch.h:
