build2/wire/line.o: wire/line.c wire/line.h wire/buf.h wire/octets.h
wire/line.h:
wire/buf.h:
wire/octets.h:
