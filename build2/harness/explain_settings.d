build2/harness/explain_settings.o: harness/explain_settings.c \
 harness/explain.h harness/suite.h harness/check.h \
 mockserver/transcript.h mockserver/scenario.h wire/command.h wire/buf.h \
 wire/octets.h wire/time.h mockserver/scenario_load.h wire/problem.h \
 harness/words.h harness/language.h wire/ehlo.h
harness/explain.h:
harness/suite.h:
harness/check.h:
mockserver/transcript.h:
mockserver/scenario.h:
wire/command.h:
wire/buf.h:
wire/octets.h:
wire/time.h:
mockserver/scenario_load.h:
wire/problem.h:
harness/words.h:
harness/language.h:
wire/ehlo.h:
