build2/wire/conn_live_quiet.o: wire/conn_live_quiet.c \
 wire/loop_live_private.h wire/buf.h wire/octets.h wire/loop_private.h \
 wire/conn.h wire/endpoint.h wire/loop.h wire/problem.h wire/timer.h \
 wire/time.h
wire/loop_live_private.h:
wire/buf.h:
wire/octets.h:
wire/loop_private.h:
wire/conn.h:
wire/endpoint.h:
wire/loop.h:
wire/problem.h:
wire/timer.h:
wire/time.h:
