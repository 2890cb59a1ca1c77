build2/mockserver/imitation.o: mockserver/imitation.c \
 mockserver/imitation.h mockserver/field.h mockserver/arena.h \
 wire/octets.h wire/time.h wire/problem.h mockserver/imitation_private.h \
 mockserver/scenario.h wire/command.h wire/buf.h
mockserver/imitation.h:
mockserver/field.h:
mockserver/arena.h:
wire/octets.h:
wire/time.h:
wire/problem.h:
mockserver/imitation_private.h:
mockserver/scenario.h:
wire/command.h:
wire/buf.h:
