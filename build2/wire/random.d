build2/wire/random.o: wire/random.c wire/random.h
wire/random.h:
