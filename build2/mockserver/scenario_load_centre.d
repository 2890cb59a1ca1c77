build2/mockserver/scenario_load_centre.o: \
 mockserver/scenario_load_centre.c mockserver/scenario_load_centre.h \
 mockserver/scenario_load_shape.h mockserver/scenario_load_fault.h \
 mockserver/scenario_load.h mockserver/scenario.h wire/command.h \
 wire/buf.h wire/octets.h wire/time.h wire/problem.h \
 mockserver/scenario_load_value.h mockserver/arena.h \
 mockserver/scenario_load_place.h
mockserver/scenario_load_centre.h:
mockserver/scenario_load_shape.h:
mockserver/scenario_load_fault.h:
mockserver/scenario_load.h:
mockserver/scenario.h:
wire/command.h:
wire/buf.h:
wire/octets.h:
wire/time.h:
wire/problem.h:
mockserver/scenario_load_value.h:
mockserver/arena.h:
mockserver/scenario_load_place.h:
