build2/harness/compare_markdown.o: harness/compare_markdown.c \
 harness/compare.h harness/report_common.h harness/report.h \
 harness/language.h mockserver/scenario.h wire/command.h wire/buf.h \
 wire/octets.h wire/time.h harness/run.h harness/sender_trace.h \
 mockserver/transcript.h wire/problem.h harness/invocation.h \
 harness/known.h harness/check.h harness/suite.h \
 mockserver/scenario_load.h wire/endpoint.h harness/report_read.h \
 harness/report_markdown.h
harness/compare.h:
harness/report_common.h:
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
harness/report_read.h:
harness/report_markdown.h:
