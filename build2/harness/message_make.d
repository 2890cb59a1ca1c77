build2/harness/message_make.o: harness/message_make.c \
 harness/message_make.h mockserver/scenario.h wire/command.h wire/buf.h \
 wire/octets.h wire/time.h wire/random.h
harness/message_make.h:
mockserver/scenario.h:
wire/command.h:
wire/buf.h:
wire/octets.h:
wire/time.h:
wire/random.h:
