build2/client/client.o: client/client.c client/client.h client/outcome.h \
 client/limits.h wire/time.h wire/conn.h wire/endpoint.h wire/loop.h \
 wire/problem.h wire/timer.h wire/octets.h client/lookup.h \
 client/message.h client/session.h client/sender.h client/policy.h \
 wire/command.h wire/buf.h
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
client/lookup.h:
client/message.h:
client/session.h:
client/sender.h:
client/policy.h:
wire/command.h:
wire/buf.h:
