build2/wire/datagram.o: wire/datagram.c wire/datagram.h wire/endpoint.h \
 wire/loop.h wire/problem.h wire/timer.h wire/time.h wire/octets.h \
 wire/address.h
wire/datagram.h:
wire/endpoint.h:
wire/loop.h:
wire/problem.h:
wire/timer.h:
wire/time.h:
wire/octets.h:
wire/address.h:
