build2/harness/report_story.o: harness/report_story.c \
 harness/report_story.h harness/suite.h harness/check.h \
 mockserver/transcript.h mockserver/scenario.h wire/command.h wire/buf.h \
 wire/octets.h wire/time.h mockserver/scenario_load.h wire/problem.h \
 harness/explain.h harness/words.h harness/language.h
harness/report_story.h:
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
harness/explain.h:
harness/words.h:
harness/language.h:
