build2/mockserver/scenario.o: mockserver/scenario.c mockserver/scenario.h \
 wire/command.h wire/buf.h wire/octets.h wire/time.h mockserver/arena.h
mockserver/scenario.h:
wire/command.h:
wire/buf.h:
wire/octets.h:
wire/time.h:
mockserver/arena.h:
