build2/client/duration.o: client/duration.c client/duration.h wire/time.h
client/duration.h:
wire/time.h:
