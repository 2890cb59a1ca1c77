build2/mockserver/imitation_mask.o: mockserver/imitation_mask.c \
 mockserver/imitation_private.h mockserver/imitation.h mockserver/field.h \
 mockserver/arena.h wire/octets.h wire/time.h wire/problem.h \
 mockserver/scenario.h wire/command.h wire/buf.h mockserver/mask.h
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
mockserver/mask.h:
