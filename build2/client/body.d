build2/client/body.o: client/body.c client/body.h wire/dot.h wire/octets.h
client/body.h:
wire/dot.h:
wire/octets.h:
