build2/mockserver/glob.o: mockserver/glob.c mockserver/glob.h \
 wire/octets.h
mockserver/glob.h:
wire/octets.h:
