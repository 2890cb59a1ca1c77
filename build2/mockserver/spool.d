build2/mockserver/spool.o: mockserver/spool.c mockserver/spool.h \
 wire/octets.h wire/problem.h wire/buf.h
mockserver/spool.h:
wire/octets.h:
wire/problem.h:
wire/buf.h:
