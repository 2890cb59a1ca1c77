build2/mockserver/workers.o: mockserver/workers.c mockserver/workers.h \
 mockserver/centre.h mockserver/dns.h mockserver/play.h \
 mockserver/scenario.h wire/command.h wire/buf.h wire/octets.h \
 wire/time.h wire/random.h mockserver/transcript.h wire/endpoint.h \
 wire/loop.h wire/problem.h wire/timer.h mockserver/receiver.h \
 mockserver/spool.h wire/conn.h
mockserver/workers.h:
mockserver/centre.h:
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
mockserver/receiver.h:
mockserver/spool.h:
wire/conn.h:
