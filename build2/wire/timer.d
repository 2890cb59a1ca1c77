build2/wire/timer.o: wire/timer.c wire/timer.h wire/time.h
wire/timer.h:
wire/time.h:
