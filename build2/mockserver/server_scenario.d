build2/mockserver/server_scenario.o: mockserver/server_scenario.c \
 mockserver/server_scenario.h mockserver/scenario.h wire/command.h \
 wire/buf.h wire/octets.h wire/time.h mockserver/server_options.h \
 wire/endpoint.h wire/problem.h mockserver/arena.h \
 mockserver/scenario_load.h
mockserver/server_scenario.h:
mockserver/scenario.h:
wire/command.h:
wire/buf.h:
wire/octets.h:
wire/time.h:
mockserver/server_options.h:
wire/endpoint.h:
wire/problem.h:
mockserver/arena.h:
mockserver/scenario_load.h:
