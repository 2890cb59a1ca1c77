build2/harness/main.o: harness/main.c harness/arguments.h \
 harness/language.h mockserver/scenario.h wire/command.h wire/buf.h \
 wire/octets.h wire/time.h harness/profile.h harness/run.h \
 harness/sender_trace.h mockserver/transcript.h wire/problem.h \
 harness/invocation.h harness/known.h harness/check.h harness/suite.h \
 mockserver/scenario_load.h wire/endpoint.h harness/repeat.h \
 harness/select.h harness/coverage.h harness/suite_defects.h \
 harness/explore_command.h harness/explore.h harness/field_command.h \
 harness/finish.h harness/report.h harness/help.h harness/import.h \
 harness/field.h mockserver/field.h mockserver/arena.h harness/pages.h \
 harness/explain.h harness/words.h harness/progress.h \
 harness/report_command.h harness/report_resume.h \
 harness/report_secrets.h
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
harness/coverage.h:
harness/suite_defects.h:
harness/explore_command.h:
harness/explore.h:
harness/field_command.h:
harness/finish.h:
harness/report.h:
harness/help.h:
harness/import.h:
harness/field.h:
mockserver/field.h:
mockserver/arena.h:
harness/pages.h:
harness/explain.h:
harness/words.h:
harness/progress.h:
harness/report_command.h:
harness/report_resume.h:
harness/report_secrets.h:
