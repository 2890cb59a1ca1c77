build2/harness/field_stream_tell.o: harness/field_stream_tell.c \
 harness/field_stream.h wire/buf.h wire/octets.h wire/time.h
harness/field_stream.h:
wire/buf.h:
wire/octets.h:
wire/time.h:
