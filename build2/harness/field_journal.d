build2/harness/field_journal.o: harness/field_journal.c harness/field.h \
 mockserver/field.h mockserver/arena.h wire/octets.h wire/time.h \
 wire/problem.h mockserver/transcript.h mockserver/scenario.h \
 wire/command.h wire/buf.h
harness/field.h:
mockserver/field.h:
mockserver/arena.h:
wire/octets.h:
wire/time.h:
wire/problem.h:
mockserver/transcript.h:
mockserver/scenario.h:
wire/command.h:
wire/buf.h:
