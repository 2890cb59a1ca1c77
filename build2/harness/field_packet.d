build2/harness/field_packet.o: harness/field_packet.c \
 harness/field_packet.h wire/octets.h
harness/field_packet.h:
wire/octets.h:
