build2/client/session.o: client/session.c client/session.h client/client.h \
 client/outcome.h client/limits.h wire/time.h wire/conn.h wire/endpoint.h \
 wire/loop.h wire/problem.h wire/timer.h wire/octets.h client/sender.h \
 client/policy.h wire/command.h wire/buf.h client/body.h wire/dot.h \
 client/trace.h wire/line.h wire/reply.h
client/session.h:
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
client/sender.h:
client/policy.h:
wire/command.h:
wire/buf.h:
client/body.h:
wire/dot.h:
client/trace.h:
wire/line.h:
wire/reply.h:
