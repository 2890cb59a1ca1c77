build2/mockserver/imitation_message.o: mockserver/imitation_message.c \
 mockserver/imitation_private.h mockserver/imitation.h mockserver/field.h \
 mockserver/arena.h wire/octets.h wire/time.h wire/problem.h \
 mockserver/scenario.h wire/command.h wire/buf.h
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
