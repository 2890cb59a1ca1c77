build2/harness/diagram.o: harness/diagram.c harness/diagram.h \
 harness/check.h mockserver/transcript.h mockserver/scenario.h \
 wire/command.h wire/buf.h wire/octets.h wire/time.h
harness/diagram.h:
harness/check.h:
mockserver/transcript.h:
mockserver/scenario.h:
wire/command.h:
wire/buf.h:
wire/octets.h:
wire/time.h:
