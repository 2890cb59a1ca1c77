build2/harness/accelerate.o: harness/accelerate.c harness/accelerate.h \
 harness/invocation.h wire/problem.h wire/time.h harness/sut.h \
 wire/loop.h wire/timer.h
harness/accelerate.h:
harness/invocation.h:
wire/problem.h:
wire/time.h:
harness/sut.h:
wire/loop.h:
wire/timer.h:
