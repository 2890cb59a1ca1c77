build2/wire/loop.o: wire/loop.c wire/loop.h wire/problem.h wire/timer.h \
 wire/time.h wire/loop_private.h wire/conn.h wire/endpoint.h \
 wire/octets.h
wire/loop.h:
wire/problem.h:
wire/timer.h:
wire/time.h:
wire/loop_private.h:
wire/conn.h:
wire/endpoint.h:
wire/octets.h:
