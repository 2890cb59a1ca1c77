build2/mockserver/scenario_load_words.o: mockserver/scenario_load_words.c \
 mockserver/scenario_load_words.h mockserver/arena.h wire/octets.h \
 mockserver/scenario_load.h mockserver/scenario.h wire/command.h \
 wire/buf.h wire/time.h wire/problem.h
mockserver/scenario_load_words.h:
mockserver/arena.h:
wire/octets.h:
mockserver/scenario_load.h:
mockserver/scenario.h:
wire/command.h:
wire/buf.h:
wire/time.h:
wire/problem.h:
