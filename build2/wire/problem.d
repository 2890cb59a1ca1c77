build2/wire/problem.o: wire/problem.c wire/problem.h
wire/problem.h:
