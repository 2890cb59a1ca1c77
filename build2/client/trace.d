build2/client/trace.o: client/trace.c client/trace.h client/client.h \
 client/outcome.h client/limits.h wire/time.h wire/conn.h wire/endpoint.h \
 wire/loop.h wire/problem.h wire/timer.h wire/octets.h wire/line.h \
 wire/buf.h
client/trace.h:
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
wire/line.h:
wire/buf.h:
