build2/wire/reply.o: wire/reply.c wire/reply.h wire/line.h wire/buf.h \
 wire/octets.h
wire/reply.h:
wire/line.h:
wire/buf.h:
wire/octets.h:
