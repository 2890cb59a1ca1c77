build2/harness/field_choice.o: harness/field_choice.c harness/field.h \
 mockserver/field.h mockserver/arena.h wire/octets.h wire/time.h \
 wire/problem.h
harness/field.h:
mockserver/field.h:
mockserver/arena.h:
wire/octets.h:
wire/time.h:
wire/problem.h:
