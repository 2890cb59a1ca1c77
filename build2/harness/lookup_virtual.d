build2/harness/lookup_virtual.o: harness/lookup_virtual.c \
 harness/lookup_virtual.h client/lookup.h wire/endpoint.h wire/loop.h \
 wire/problem.h wire/timer.h wire/time.h mockserver/dns.h \
 mockserver/play.h mockserver/scenario.h wire/command.h wire/buf.h \
 wire/octets.h wire/random.h mockserver/transcript.h
harness/lookup_virtual.h:
client/lookup.h:
wire/endpoint.h:
wire/loop.h:
wire/problem.h:
wire/timer.h:
wire/time.h:
mockserver/dns.h:
mockserver/play.h:
mockserver/scenario.h:
wire/command.h:
wire/buf.h:
wire/octets.h:
wire/random.h:
mockserver/transcript.h:
