build2/wire/endpoint.o: wire/endpoint.c wire/endpoint.h
wire/endpoint.h:
