build2/wire/address.o: wire/address.c wire/address.h wire/endpoint.h
wire/address.h:
wire/endpoint.h:
