build2/mockserver/imitation_gather.o: mockserver/imitation_gather.c \
 mockserver/imitation_private.h mockserver/imitation.h mockserver/field.h \
 mockserver/arena.h wire/octets.h wire/time.h wire/problem.h \
 mockserver/scenario.h wire/command.h wire/buf.h wire/reply.h wire/line.h
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
wire/reply.h:
wire/line.h:
