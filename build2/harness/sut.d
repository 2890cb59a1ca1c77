build2/harness/sut.o: harness/sut.c harness/sut.h harness/invocation.h \
 wire/problem.h wire/time.h wire/loop.h wire/timer.h
harness/sut.h:
harness/invocation.h:
wire/problem.h:
wire/time.h:
wire/loop.h:
wire/timer.h:
