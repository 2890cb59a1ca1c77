build2/harness/report_japanese.o: harness/report_japanese.c \
 harness/report_japanese.h wire/buf.h wire/octets.h \
 harness/report_japanese_table.h
harness/report_japanese.h:
wire/buf.h:
wire/octets.h:
harness/report_japanese_table.h:
