build2/mockserver/mask.o: mockserver/mask.c mockserver/mask.h \
 wire/octets.h wire/scan.h
mockserver/mask.h:
wire/octets.h:
wire/scan.h:
