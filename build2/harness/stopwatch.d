build2/harness/stopwatch.o: harness/stopwatch.c harness/stopwatch.h \
 wire/problem.h wire/time.h wire/loop.h wire/timer.h
harness/stopwatch.h:
wire/problem.h:
wire/time.h:
wire/loop.h:
wire/timer.h:
