build2/harness/run_jobs.o: harness/run_jobs.c harness/run_job.h \
 harness/run.h harness/sender_trace.h mockserver/transcript.h \
 mockserver/scenario.h wire/command.h wire/buf.h wire/octets.h \
 wire/time.h wire/problem.h harness/invocation.h harness/known.h \
 harness/check.h harness/suite.h mockserver/scenario_load.h \
 wire/endpoint.h mockserver/dns.h mockserver/play.h wire/random.h \
 wire/loop.h wire/timer.h
harness/run_job.h:
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
mockserver/dns.h:
mockserver/play.h:
wire/random.h:
wire/loop.h:
wire/timer.h:
