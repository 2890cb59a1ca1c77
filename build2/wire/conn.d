build2/wire/conn.o: wire/conn.c wire/conn.h wire/endpoint.h wire/loop.h \
 wire/problem.h wire/timer.h wire/time.h wire/octets.h \
 wire/loop_private.h
wire/conn.h:
wire/endpoint.h:
wire/loop.h:
wire/problem.h:
wire/timer.h:
wire/time.h:
wire/octets.h:
wire/loop_private.h:
