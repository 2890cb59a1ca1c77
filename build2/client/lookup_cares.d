build2/client/lookup_cares.o: client/lookup_cares.c client/lookup.h \
 wire/endpoint.h wire/loop.h wire/problem.h wire/timer.h wire/time.h
client/lookup.h:
wire/endpoint.h:
wire/loop.h:
wire/problem.h:
wire/timer.h:
wire/time.h:
