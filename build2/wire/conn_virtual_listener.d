build2/wire/conn_virtual_listener.o: wire/conn_virtual_listener.c \
 wire/loop_virtual_private.h wire/loop_private.h wire/conn.h \
 wire/endpoint.h wire/loop.h wire/problem.h wire/timer.h wire/time.h \
 wire/octets.h wire/random.h
wire/loop_virtual_private.h:
wire/loop_private.h:
wire/conn.h:
wire/endpoint.h:
wire/loop.h:
wire/problem.h:
wire/timer.h:
wire/time.h:
wire/octets.h:
wire/random.h:
