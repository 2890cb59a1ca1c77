build2/mockserver/record.o: mockserver/record.c mockserver/record.h \
 mockserver/field.h mockserver/arena.h wire/octets.h wire/time.h \
 mockserver/transcript.h mockserver/scenario.h wire/command.h wire/buf.h \
 wire/conn.h wire/endpoint.h wire/loop.h wire/problem.h wire/timer.h \
 mockserver/mask.h
mockserver/record.h:
mockserver/field.h:
mockserver/arena.h:
wire/octets.h:
wire/time.h:
mockserver/transcript.h:
mockserver/scenario.h:
wire/command.h:
wire/buf.h:
wire/conn.h:
wire/endpoint.h:
wire/loop.h:
wire/problem.h:
wire/timer.h:
mockserver/mask.h:
