build2/mockserver/server_options.o: mockserver/server_options.c \
 mockserver/server_options.h wire/endpoint.h wire/problem.h wire/time.h \
 mockserver/scenario_load.h mockserver/scenario.h wire/command.h \
 wire/buf.h wire/octets.h mockserver/workers.h mockserver/centre.h \
 mockserver/dns.h mockserver/play.h wire/random.h mockserver/transcript.h \
 wire/loop.h wire/timer.h mockserver/receiver.h mockserver/spool.h \
 wire/conn.h
mockserver/server_options.h:
wire/endpoint.h:
wire/problem.h:
wire/time.h:
mockserver/scenario_load.h:
mockserver/scenario.h:
wire/command.h:
wire/buf.h:
wire/octets.h:
mockserver/workers.h:
mockserver/centre.h:
mockserver/dns.h:
mockserver/play.h:
wire/random.h:
mockserver/transcript.h:
wire/loop.h:
wire/timer.h:
mockserver/receiver.h:
mockserver/spool.h:
wire/conn.h:
