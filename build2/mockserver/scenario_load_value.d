build2/mockserver/scenario_load_value.o: mockserver/scenario_load_value.c \
 mockserver/scenario_load_value.h mockserver/arena.h wire/octets.h \
 mockserver/scenario_load_fault.h mockserver/scenario_load.h \
 mockserver/scenario.h wire/command.h wire/buf.h wire/time.h \
 wire/problem.h
mockserver/scenario_load_value.h:
mockserver/arena.h:
wire/octets.h:
mockserver/scenario_load_fault.h:
mockserver/scenario_load.h:
mockserver/scenario.h:
wire/command.h:
wire/buf.h:
wire/time.h:
wire/problem.h:
