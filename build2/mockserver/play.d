build2/mockserver/play.o: mockserver/play.c mockserver/play.h \
 mockserver/scenario.h wire/command.h wire/buf.h wire/octets.h \
 wire/time.h wire/random.h mockserver/glob.h
mockserver/play.h:
mockserver/scenario.h:
wire/command.h:
wire/buf.h:
wire/octets.h:
wire/time.h:
wire/random.h:
mockserver/glob.h:
