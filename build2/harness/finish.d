build2/harness/finish.o: harness/finish.c harness/finish.h \
 harness/arguments.h harness/language.h mockserver/scenario.h \
 wire/command.h wire/buf.h wire/octets.h wire/time.h harness/profile.h \
 harness/run.h harness/sender_trace.h mockserver/transcript.h \
 wire/problem.h harness/invocation.h harness/known.h harness/check.h \
 harness/suite.h mockserver/scenario_load.h wire/endpoint.h \
 harness/repeat.h harness/select.h harness/report.h harness/report_mask.h \
 harness/report_secrets.h mockserver/arena.h
harness/finish.h:
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
harness/report.h:
harness/report_mask.h:
harness/report_secrets.h:
mockserver/arena.h:
