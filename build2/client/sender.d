build2/client/sender.o: client/sender.c client/sender.h client/policy.h \
 client/limits.h wire/time.h wire/command.h wire/buf.h wire/octets.h
client/sender.h:
client/policy.h:
client/limits.h:
wire/time.h:
wire/command.h:
wire/buf.h:
wire/octets.h:
