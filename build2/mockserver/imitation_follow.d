build2/mockserver/imitation_follow.o: mockserver/imitation_follow.c \
 mockserver/imitation_follow.h mockserver/imitation_private.h \
 mockserver/imitation.h mockserver/field.h mockserver/arena.h \
 wire/octets.h wire/time.h wire/problem.h mockserver/scenario.h \
 wire/command.h wire/buf.h mockserver/session.h mockserver/mask.h \
 mockserver/play.h wire/random.h mockserver/receiver.h mockserver/spool.h \
 mockserver/transcript.h wire/conn.h wire/endpoint.h wire/loop.h \
 wire/timer.h wire/dot.h wire/ehlo.h wire/line.h wire/reply.h
mockserver/imitation_follow.h:
mockserver/imitation_private.h:
mockserver/imitation.h:
mockserver/field.h:
mockserver/arena.h:
wire/octets.h:
wire/time.h:
wire/problem.h:
mockserver/scenario.h:
wire/command.h:
wire/buf.h:
mockserver/session.h:
mockserver/mask.h:
mockserver/play.h:
wire/random.h:
mockserver/receiver.h:
mockserver/spool.h:
mockserver/transcript.h:
wire/conn.h:
wire/endpoint.h:
wire/loop.h:
wire/timer.h:
wire/dot.h:
wire/ehlo.h:
wire/line.h:
wire/reply.h:
