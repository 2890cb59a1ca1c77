build2/harness/invocation.o: harness/invocation.c harness/invocation.h \
 wire/problem.h wire/time.h wire/buf.h wire/octets.h
harness/invocation.h:
wire/problem.h:
wire/time.h:
wire/buf.h:
wire/octets.h:
