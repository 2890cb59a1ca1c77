build2/wire/conn_live_listener.o: wire/conn_live_listener.c wire/address.h \
 wire/endpoint.h wire/loop_live_private.h wire/buf.h wire/octets.h \
 wire/loop_private.h wire/conn.h wire/loop.h wire/problem.h wire/timer.h \
 wire/time.h
wire/address.h:
wire/endpoint.h:
wire/loop_live_private.h:
wire/buf.h:
wire/octets.h:
wire/loop_private.h:
wire/conn.h:
wire/loop.h:
wire/problem.h:
wire/timer.h:
wire/time.h:
