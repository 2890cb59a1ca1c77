build2/harness/import.o: harness/import.c harness/import.h \
 harness/field.h mockserver/field.h mockserver/arena.h wire/octets.h \
 wire/time.h wire/problem.h harness/finish.h harness/arguments.h \
 harness/language.h mockserver/scenario.h wire/command.h wire/buf.h \
 harness/profile.h harness/run.h harness/sender_trace.h \
 mockserver/transcript.h harness/invocation.h harness/known.h \
 harness/check.h harness/suite.h mockserver/scenario_load.h \
 wire/endpoint.h harness/repeat.h harness/select.h harness/report.h \
 harness/help.h mockserver/imitation.h
harness/import.h:
harness/field.h:
mockserver/field.h:
mockserver/arena.h:
wire/octets.h:
wire/time.h:
wire/problem.h:
harness/finish.h:
harness/arguments.h:
harness/language.h:
mockserver/scenario.h:
wire/command.h:
wire/buf.h:
harness/profile.h:
harness/run.h:
harness/sender_trace.h:
mockserver/transcript.h:
harness/invocation.h:
harness/known.h:
harness/check.h:
harness/suite.h:
mockserver/scenario_load.h:
wire/endpoint.h:
harness/repeat.h:
harness/select.h:
harness/report.h:
harness/help.h:
mockserver/imitation.h:
