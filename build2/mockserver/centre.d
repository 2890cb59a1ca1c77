build2/mockserver/centre.o: mockserver/centre.c mockserver/centre.h \
 mockserver/dns.h mockserver/play.h mockserver/scenario.h wire/command.h \
 wire/buf.h wire/octets.h wire/time.h wire/random.h \
 mockserver/transcript.h wire/endpoint.h wire/loop.h wire/problem.h \
 wire/timer.h mockserver/receiver.h mockserver/spool.h wire/conn.h \
 mockserver/session.h mockserver/mask.h wire/dot.h wire/ehlo.h \
 wire/line.h
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
mockserver/session.h:
mockserver/mask.h:
wire/dot.h:
wire/ehlo.h:
wire/line.h:
