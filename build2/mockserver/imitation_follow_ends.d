build2/mockserver/imitation_follow_ends.o: \
 mockserver/imitation_follow_ends.c mockserver/imitation_follow.h \
 mockserver/imitation_private.h mockserver/imitation.h mockserver/field.h \
 mockserver/arena.h wire/octets.h wire/time.h wire/problem.h \
 mockserver/scenario.h wire/command.h wire/buf.h mockserver/session.h \
 mockserver/mask.h mockserver/play.h wire/random.h mockserver/receiver.h \
 mockserver/spool.h mockserver/transcript.h wire/conn.h wire/endpoint.h \
 wire/loop.h wire/timer.h wire/dot.h wire/ehlo.h wire/line.h
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
