build2/mockserver/probe.o: mockserver/probe.c mockserver/probe.h \
 wire/endpoint.h wire/problem.h wire/time.h wire/conn.h wire/loop.h \
 wire/timer.h wire/octets.h
mockserver/probe.h:
wire/endpoint.h:
wire/problem.h:
wire/time.h:
wire/conn.h:
wire/loop.h:
wire/timer.h:
wire/octets.h:
