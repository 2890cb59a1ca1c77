build2/harness/explore_workers.o: harness/explore_workers.c \
 harness/explore_private.h harness/explore.h harness/run.h \
 harness/sender_trace.h mockserver/transcript.h mockserver/scenario.h \
 wire/command.h wire/buf.h wire/octets.h wire/time.h wire/problem.h \
 harness/invocation.h harness/known.h harness/check.h harness/suite.h \
 mockserver/scenario_load.h wire/endpoint.h harness/world.h \
 mockserver/arena.h harness/run_job.h mockserver/dns.h mockserver/play.h \
 wire/random.h wire/loop.h wire/timer.h harness/stopwatch.h
harness/explore_private.h:
harness/explore.h:
harness/run.h:
harness/sender_trace.h:
mockserver/transcript.h:
mockserver/scenario.h:
wire/command.h:
wire/buf.h:
wire/octets.h:
wire/time.h:
wire/problem.h:
harness/invocation.h:
harness/known.h:
harness/check.h:
harness/suite.h:
mockserver/scenario_load.h:
wire/endpoint.h:
harness/world.h:
mockserver/arena.h:
harness/run_job.h:
mockserver/dns.h:
mockserver/play.h:
wire/random.h:
wire/loop.h:
wire/timer.h:
harness/stopwatch.h:
