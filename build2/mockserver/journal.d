build2/mockserver/journal.o: mockserver/journal.c mockserver/journal.h \
 mockserver/transcript.h mockserver/scenario.h wire/command.h wire/buf.h \
 wire/octets.h wire/time.h wire/loop.h wire/problem.h wire/timer.h \
 mockserver/journal_text.h
mockserver/journal.h:
mockserver/transcript.h:
mockserver/scenario.h:
wire/command.h:
wire/buf.h:
wire/octets.h:
wire/time.h:
wire/loop.h:
wire/problem.h:
wire/timer.h:
mockserver/journal_text.h:
