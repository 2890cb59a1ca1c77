build2/mockserver/dns.o: mockserver/dns.c mockserver/dns_private.h \
 mockserver/dns.h mockserver/play.h mockserver/scenario.h wire/command.h \
 wire/buf.h wire/octets.h wire/time.h wire/random.h \
 mockserver/transcript.h wire/endpoint.h wire/loop.h wire/problem.h \
 wire/timer.h
mockserver/dns_private.h:
mockserver/dns.h:
mockserver/play.h:
mockserver/scenario.h:
wire/command.h:
wire/buf.h:
wire/octets.h:
wire/time.h:
wire/random.h:
mockserver/transcript.h:
wire/endpoint.h:
wire/loop.h:
wire/problem.h:
wire/timer.h:
