build2/client/files.o: client/files.c client/files.h client/client.h \
 client/outcome.h client/limits.h wire/time.h wire/conn.h wire/endpoint.h \
 wire/loop.h wire/problem.h wire/timer.h wire/octets.h wire/buf.h
client/files.h:
client/client.h:
client/outcome.h:
client/limits.h:
wire/time.h:
wire/conn.h:
wire/endpoint.h:
wire/loop.h:
wire/problem.h:
wire/timer.h:
wire/octets.h:
wire/buf.h:
