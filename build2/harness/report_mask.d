build2/harness/report_mask.o: harness/report_mask.c harness/report_mask.h \
 harness/report.h harness/language.h mockserver/scenario.h wire/command.h \
 wire/buf.h wire/octets.h wire/time.h harness/run.h \
 harness/sender_trace.h mockserver/transcript.h wire/problem.h \
 harness/invocation.h harness/known.h harness/check.h harness/suite.h \
 mockserver/scenario_load.h wire/endpoint.h mockserver/arena.h
harness/report_mask.h:
harness/report.h:
harness/language.h:
mockserver/scenario.h:
wire/command.h:
wire/buf.h:
wire/octets.h:
wire/time.h:
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
mockserver/arena.h:
