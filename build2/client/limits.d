build2/client/limits.o: client/limits.c client/limits.h wire/time.h
client/limits.h:
wire/time.h:
