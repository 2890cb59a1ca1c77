build2/wire/buf.o: wire/buf.c wire/buf.h wire/octets.h
wire/buf.h:
wire/octets.h:
