build2/harness/field_flow_tell.o: harness/field_flow_tell.c \
 harness/field_flows_private.h harness/field_flows.h harness/field.h \
 mockserver/field.h mockserver/arena.h wire/octets.h wire/time.h \
 wire/problem.h harness/field_packet.h harness/field_stream.h wire/buf.h \
 wire/endpoint.h
harness/field_flows_private.h:
harness/field_flows.h:
harness/field.h:
mockserver/field.h:
mockserver/arena.h:
wire/octets.h:
wire/time.h:
wire/problem.h:
harness/field_packet.h:
harness/field_stream.h:
wire/buf.h:
wire/endpoint.h:
