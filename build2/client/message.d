build2/client/message.o: client/message.c client/message.h client/client.h \
 client/outcome.h client/limits.h wire/time.h wire/conn.h wire/endpoint.h \
 wire/loop.h wire/problem.h wire/timer.h wire/octets.h wire/scan.h
client/message.h:
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
wire/scan.h:
