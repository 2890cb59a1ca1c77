build2/harness/explore_tell.o: harness/explore_tell.c \
 harness/explore_private.h harness/explore.h harness/run.h \
 harness/sender_trace.h mockserver/transcript.h mockserver/scenario.h \
 wire/command.h wire/buf.h wire/octets.h wire/time.h wire/problem.h \
 harness/invocation.h harness/known.h harness/check.h harness/suite.h \
 mockserver/scenario_load.h wire/endpoint.h harness/world.h \
 mockserver/arena.h harness/report_parts.h harness/report_groups.h \
 harness/report_common.h harness/report.h harness/language.h
harness/explore_private.h:
harness/explore.h:
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
harness/world.h:
mockserver/arena.h:
harness/report_parts.h:
harness/report_groups.h:
harness/report_common.h:
harness/report.h:
harness/language.h:
