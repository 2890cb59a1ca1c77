build2/client/policy.o: client/policy.c client/policy.h client/limits.h \
 wire/time.h
client/policy.h:
client/limits.h:
wire/time.h:
