build2/client/main.o: client/main.c client/files.h client/client.h \
 client/outcome.h client/limits.h wire/time.h wire/conn.h wire/endpoint.h \
 wire/loop.h wire/problem.h wire/timer.h wire/octets.h client/lookup.h \
 client/message.h client/options.h client/policy_load.h client/policy.h
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
client/lookup.h:
client/message.h:
client/options.h:
client/policy_load.h:
client/policy.h:
