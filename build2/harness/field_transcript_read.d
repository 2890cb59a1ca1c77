build2/harness/field_transcript_read.o: harness/field_transcript_read.c \
 harness/field_transcript_private.h harness/field_transcript.h \
 mockserver/field.h mockserver/arena.h wire/octets.h wire/time.h \
 mockserver/transcript.h mockserver/scenario.h wire/command.h wire/buf.h \
 mockserver/mask.h
harness/field_transcript_private.h:
harness/field_transcript.h:
mockserver/field.h:
mockserver/arena.h:
wire/octets.h:
wire/time.h:
mockserver/transcript.h:
mockserver/scenario.h:
wire/command.h:
wire/buf.h:
mockserver/mask.h:
