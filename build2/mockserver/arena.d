build2/mockserver/arena.o: mockserver/arena.c mockserver/arena.h \
 wire/octets.h
mockserver/arena.h:
wire/octets.h:
