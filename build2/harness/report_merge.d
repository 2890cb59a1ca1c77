build2/harness/report_merge.o: harness/report_merge.c \
 harness/report_case.h harness/run.h harness/sender_trace.h \
 mockserver/transcript.h mockserver/scenario.h wire/command.h wire/buf.h \
 wire/octets.h wire/time.h wire/problem.h harness/invocation.h \
 harness/known.h harness/check.h harness/suite.h \
 mockserver/scenario_load.h wire/endpoint.h harness/report_read.h \
 harness/report.h harness/language.h
harness/report_case.h:
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
harness/report_read.h:
harness/report.h:
harness/language.h:
