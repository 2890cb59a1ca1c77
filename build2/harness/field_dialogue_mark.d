build2/harness/field_dialogue_mark.o: harness/field_dialogue_mark.c \
 harness/field_dialogue_private.h harness/field.h mockserver/field.h \
 mockserver/arena.h wire/octets.h wire/time.h wire/problem.h wire/buf.h
harness/field_dialogue_private.h:
harness/field.h:
mockserver/field.h:
mockserver/arena.h:
wire/octets.h:
wire/time.h:
wire/problem.h:
wire/buf.h:
