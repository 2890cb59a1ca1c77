build2/harness/help.o: harness/help.c harness/help.h
harness/help.h:
