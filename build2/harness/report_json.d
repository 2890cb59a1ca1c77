build2/harness/report_json.o: harness/report_json.c \
 harness/report_groups.h harness/report_common.h harness/report.h \
 harness/language.h mockserver/scenario.h wire/command.h wire/buf.h \
 wire/octets.h wire/time.h harness/run.h harness/sender_trace.h \
 mockserver/transcript.h wire/problem.h harness/invocation.h \
 harness/known.h harness/check.h harness/suite.h \
 mockserver/scenario_load.h wire/endpoint.h harness/report_secrets.h \
 harness/report_story.h harness/run_job.h mockserver/dns.h \
 mockserver/play.h wire/random.h wire/loop.h wire/timer.h
harness/report_groups.h:
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
harness/report_secrets.h:
harness/report_story.h:
harness/run_job.h:
mockserver/dns.h:
mockserver/play.h:
wire/random.h:
wire/loop.h:
wire/timer.h:
