build2/mockserver/scenario_root.o: mockserver/scenario_root.c \
 mockserver/scenario_load.h mockserver/scenario.h wire/command.h \
 wire/buf.h wire/octets.h wire/time.h wire/problem.h
mockserver/scenario_load.h:
mockserver/scenario.h:
wire/command.h:
wire/buf.h:
wire/octets.h:
wire/time.h:
wire/problem.h:
