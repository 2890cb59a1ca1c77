build2/wire/command.o: wire/command.c wire/command.h wire/buf.h \
 wire/octets.h
wire/command.h:
wire/buf.h:
wire/octets.h:
