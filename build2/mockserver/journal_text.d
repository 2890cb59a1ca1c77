build2/mockserver/journal_text.o: mockserver/journal_text.c \
 mockserver/journal_text.h wire/octets.h wire/scan.h
mockserver/journal_text.h:
wire/octets.h:
wire/scan.h:
