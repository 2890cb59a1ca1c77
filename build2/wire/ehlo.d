build2/wire/ehlo.o: wire/ehlo.c wire/ehlo.h wire/buf.h wire/octets.h
wire/ehlo.h:
wire/buf.h:
wire/octets.h:
