build2/mockserver/record_scenario.o: mockserver/record_scenario.c \
 mockserver/record_scenario.h mockserver/imitation.h mockserver/field.h \
 mockserver/arena.h wire/octets.h wire/time.h wire/problem.h
mockserver/record_scenario.h:
mockserver/imitation.h:
mockserver/field.h:
mockserver/arena.h:
wire/octets.h:
wire/time.h:
wire/problem.h:
