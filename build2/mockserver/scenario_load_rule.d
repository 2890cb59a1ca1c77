build2/mockserver/scenario_load_rule.o: mockserver/scenario_load_rule.c \
 mockserver/scenario_load_build.h mockserver/scenario_load_place.h \
 mockserver/scenario_load.h mockserver/scenario.h wire/command.h \
 wire/buf.h wire/octets.h wire/time.h wire/problem.h \
 mockserver/scenario_load_fault.h mockserver/scenario_load_value.h \
 mockserver/arena.h mockserver/scenario_load_words.h
mockserver/scenario_load_build.h:
mockserver/scenario_load_place.h:
mockserver/scenario_load.h:
mockserver/scenario.h:
wire/command.h:
wire/buf.h:
wire/octets.h:
wire/time.h:
wire/problem.h:
mockserver/scenario_load_fault.h:
mockserver/scenario_load_value.h:
mockserver/arena.h:
mockserver/scenario_load_words.h:
