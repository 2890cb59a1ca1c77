build2/mockserver/imitation_write.o: mockserver/imitation_write.c \
 mockserver/imitation_form.h mockserver/imitation_private.h \
 mockserver/imitation.h mockserver/field.h mockserver/arena.h \
 wire/octets.h wire/time.h wire/problem.h mockserver/scenario.h \
 wire/command.h wire/buf.h
mockserver/imitation_form.h:
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
