build2/harness/suite_messages.o: harness/suite_messages.c \
 harness/message_make.h mockserver/scenario.h wire/command.h wire/buf.h \
 wire/octets.h wire/time.h harness/suite.h harness/check.h \
 mockserver/transcript.h mockserver/scenario_load.h wire/problem.h \
 harness/suite_data.h mockserver/arena.h
harness/message_make.h:
mockserver/scenario.h:
wire/command.h:
wire/buf.h:
wire/octets.h:
wire/time.h:
harness/suite.h:
harness/check.h:
mockserver/transcript.h:
mockserver/scenario_load.h:
wire/problem.h:
harness/suite_data.h:
mockserver/arena.h:
