build2/client/outcome.o: client/outcome.c client/outcome.h client/limits.h \
 wire/time.h client/client.h wire/conn.h wire/endpoint.h wire/loop.h \
 wire/problem.h wire/timer.h wire/octets.h wire/buf.h
client/outcome.h:
client/limits.h:
wire/time.h:
client/client.h:
wire/conn.h:
wire/endpoint.h:
wire/loop.h:
wire/problem.h:
wire/timer.h:
wire/octets.h:
wire/buf.h:
