build2/harness/words.o: harness/words.c harness/words.h harness/language.h \
 mockserver/scenario.h wire/command.h wire/buf.h wire/octets.h \
 wire/time.h harness/report_common.h harness/report.h harness/run.h \
 harness/sender_trace.h mockserver/transcript.h wire/problem.h \
 harness/invocation.h harness/known.h harness/check.h harness/suite.h \
 mockserver/scenario_load.h wire/endpoint.h
harness/words.h:
harness/language.h:
mockserver/scenario.h:
wire/command.h:
wire/buf.h:
wire/octets.h:
wire/time.h:
harness/report_common.h:
harness/report.h:
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
