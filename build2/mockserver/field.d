build2/mockserver/field.o: mockserver/field.c mockserver/field.h \
 mockserver/arena.h wire/octets.h wire/time.h
mockserver/field.h:
mockserver/arena.h:
wire/octets.h:
wire/time.h:
