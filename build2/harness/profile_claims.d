build2/harness/profile_claims.o: harness/profile_claims.c \
 harness/profile_claims.h harness/run.h harness/sender_trace.h \
 mockserver/transcript.h mockserver/scenario.h wire/command.h wire/buf.h \
 wire/octets.h wire/time.h wire/problem.h harness/invocation.h \
 harness/known.h harness/check.h harness/suite.h \
 mockserver/scenario_load.h wire/endpoint.h
harness/profile_claims.h:
harness/run.h:
harness/sender_trace.h:
mockserver/transcript.h:
mockserver/scenario.h:
wire/command.h:
wire/buf.h:
wire/octets.h:
wire/time.h:
wire/problem.h:
harness/invocation.h:
harness/known.h:
harness/check.h:
harness/suite.h:
mockserver/scenario_load.h:
wire/endpoint.h:
