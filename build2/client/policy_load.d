build2/client/policy_load.o: client/policy_load.c client/policy_load.h \
 client/policy.h client/limits.h wire/time.h wire/problem.h
client/policy_load.h:
client/policy.h:
client/limits.h:
wire/time.h:
wire/problem.h:
