build2/harness/field_transcript_order.o: harness/field_transcript_order.c \
 harness/field_transcript.h mockserver/field.h mockserver/arena.h \
 wire/octets.h wire/time.h mockserver/transcript.h mockserver/scenario.h \
 wire/command.h wire/buf.h
harness/field_transcript.h:
mockserver/field.h:
mockserver/arena.h:
wire/octets.h:
wire/time.h:
mockserver/transcript.h:
mockserver/scenario.h:
wire/command.h:
wire/buf.h:
