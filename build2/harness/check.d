build2/harness/check.o: harness/check.c harness/check_judge.h \
 harness/check_dialogue.h harness/check.h mockserver/transcript.h \
 mockserver/scenario.h wire/command.h wire/buf.h wire/octets.h \
 wire/time.h harness/check_stream.h
harness/check_judge.h:
harness/check_dialogue.h:
harness/check.h:
mockserver/transcript.h:
mockserver/scenario.h:
wire/command.h:
wire/buf.h:
wire/octets.h:
wire/time.h:
harness/check_stream.h:
