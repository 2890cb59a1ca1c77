build2/harness/field_capture.o: harness/field_capture.c harness/field.h \
 mockserver/field.h mockserver/arena.h wire/octets.h wire/time.h \
 wire/problem.h harness/field_capture.h harness/field_flows.h \
 harness/field_packet.h
harness/field.h:
mockserver/field.h:
mockserver/arena.h:
wire/octets.h:
wire/time.h:
wire/problem.h:
harness/field_capture.h:
harness/field_flows.h:
harness/field_packet.h:
