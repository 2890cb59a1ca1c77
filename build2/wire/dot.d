build2/wire/dot.o: wire/dot.c wire/dot.h wire/octets.h wire/scan.h
wire/dot.h:
wire/octets.h:
wire/scan.h:
