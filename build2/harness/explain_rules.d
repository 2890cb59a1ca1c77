build2/harness/explain_rules.o: harness/explain_rules.c harness/explain.h \
 harness/suite.h harness/check.h mockserver/transcript.h \
 mockserver/scenario.h wire/command.h wire/buf.h wire/octets.h \
 wire/time.h mockserver/scenario_load.h wire/problem.h harness/words.h \
 harness/language.h
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
