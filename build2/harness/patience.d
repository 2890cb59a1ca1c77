build2/harness/patience.o: harness/patience.c harness/patience.h \
 wire/time.h
harness/patience.h:
wire/time.h:
