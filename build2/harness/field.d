build2/harness/field.o: harness/field.c harness/field.h mockserver/field.h \
 mockserver/arena.h wire/octets.h wire/time.h wire/problem.h
harness/field.h:
mockserver/field.h:
mockserver/arena.h:
wire/octets.h:
wire/time.h:
wire/problem.h:
