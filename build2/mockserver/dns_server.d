build2/mockserver/dns_server.o: mockserver/dns_server.c mockserver/dns.h \
 mockserver/play.h mockserver/scenario.h wire/command.h wire/buf.h \
 wire/octets.h wire/time.h wire/random.h mockserver/transcript.h \
 wire/endpoint.h wire/loop.h wire/problem.h wire/timer.h wire/conn.h \
 wire/datagram.h
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
wire/conn.h:
wire/datagram.h:
