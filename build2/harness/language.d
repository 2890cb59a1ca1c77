build2/harness/language.o: harness/language.c harness/language.h \
 mockserver/scenario.h wire/command.h wire/buf.h wire/octets.h \
 wire/time.h
harness/language.h:
mockserver/scenario.h:
wire/command.h:
wire/buf.h:
wire/octets.h:
wire/time.h:
