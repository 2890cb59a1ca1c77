build2/harness/report_japanese_table.o: harness/report_japanese_table.c \
 harness/report_japanese_table.h
harness/report_japanese_table.h:
