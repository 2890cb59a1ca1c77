build2/harness/report_assets.o: harness/report_assets.c \
 harness/report_assets.h wire/octets.h
harness/report_assets.h:
wire/octets.h:
