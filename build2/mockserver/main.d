build2/mockserver/main.o: mockserver/main.c mockserver/centre.h \
 mockserver/dns.h mockserver/play.h mockserver/scenario.h wire/command.h \
 wire/buf.h wire/octets.h wire/time.h wire/random.h \
 mockserver/transcript.h wire/endpoint.h wire/loop.h wire/problem.h \
 wire/timer.h mockserver/receiver.h mockserver/spool.h wire/conn.h \
 mockserver/journal.h mockserver/probe.h mockserver/record.h \
 mockserver/field.h mockserver/arena.h mockserver/record_scenario.h \
 mockserver/imitation.h mockserver/server_options.h \
 mockserver/server_scenario.h mockserver/workers.h
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
mockserver/journal.h:
mockserver/probe.h:
mockserver/record.h:
mockserver/field.h:
mockserver/arena.h:
mockserver/record_scenario.h:
mockserver/imitation.h:
mockserver/server_options.h:
mockserver/server_scenario.h:
mockserver/workers.h:
