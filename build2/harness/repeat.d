build2/harness/repeat.o: harness/repeat.c harness/repeat.h
harness/repeat.h:
