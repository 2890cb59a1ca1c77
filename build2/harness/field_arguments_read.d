build2/harness/field_arguments_read.o: harness/field_arguments_read.c \
 harness/field_arguments.h harness/arguments.h harness/language.h \
 mockserver/scenario.h wire/command.h wire/buf.h wire/octets.h \
 wire/time.h harness/profile.h harness/run.h harness/sender_trace.h \
 mockserver/transcript.h wire/problem.h harness/invocation.h \
 harness/known.h harness/check.h harness/suite.h \
 mockserver/scenario_load.h wire/endpoint.h harness/repeat.h \
 harness/select.h harness/field.h mockserver/field.h mockserver/arena.h
harness/field_arguments.h:
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
harness/field.h:
mockserver/field.h:
mockserver/arena.h:
