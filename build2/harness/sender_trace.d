build2/harness/sender_trace.o: harness/sender_trace.c \
 harness/sender_trace.h mockserver/transcript.h mockserver/scenario.h \
 wire/command.h wire/buf.h wire/octets.h wire/time.h wire/problem.h \
 harness/field.h mockserver/field.h mockserver/arena.h \
 harness/field_transcript.h
harness/sender_trace.h:
mockserver/transcript.h:
mockserver/scenario.h:
wire/command.h:
wire/buf.h:
wire/octets.h:
wire/time.h:
wire/problem.h:
harness/field.h:
mockserver/field.h:
mockserver/arena.h:
harness/field_transcript.h:
