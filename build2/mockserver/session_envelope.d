build2/mockserver/session_envelope.o: mockserver/session_envelope.c \
 mockserver/session.h mockserver/mask.h wire/octets.h mockserver/play.h \
 mockserver/scenario.h wire/command.h wire/buf.h wire/time.h \
 wire/random.h mockserver/receiver.h mockserver/spool.h wire/problem.h \
 mockserver/transcript.h wire/conn.h wire/endpoint.h wire/loop.h \
 wire/timer.h wire/dot.h wire/ehlo.h wire/line.h
mockserver/session.h:
mockserver/mask.h:
wire/octets.h:
mockserver/play.h:
mockserver/scenario.h:
wire/command.h:
wire/buf.h:
wire/time.h:
wire/random.h:
mockserver/receiver.h:
mockserver/spool.h:
wire/problem.h:
mockserver/transcript.h:
wire/conn.h:
wire/endpoint.h:
wire/loop.h:
wire/timer.h:
wire/dot.h:
wire/ehlo.h:
wire/line.h:
