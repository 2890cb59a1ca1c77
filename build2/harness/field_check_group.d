build2/harness/field_check_group.o: harness/field_check_group.c \
 harness/field_check_private.h harness/field_check.h harness/field.h \
 mockserver/field.h mockserver/arena.h wire/octets.h wire/time.h \
 wire/problem.h harness/run.h harness/sender_trace.h \
 mockserver/transcript.h mockserver/scenario.h wire/command.h wire/buf.h \
 harness/invocation.h harness/known.h harness/check.h harness/suite.h \
 mockserver/scenario_load.h wire/endpoint.h harness/field_transcript.h
harness/field_check_private.h:
harness/field_check.h:
harness/field.h:
mockserver/field.h:
mockserver/arena.h:
wire/octets.h:
wire/time.h:
wire/problem.h:
harness/run.h:
harness/sender_trace.h:
mockserver/transcript.h:
mockserver/scenario.h:
wire/command.h:
wire/buf.h:
harness/invocation.h:
harness/known.h:
harness/check.h:
harness/suite.h:
mockserver/scenario_load.h:
wire/endpoint.h:
harness/field_transcript.h:
