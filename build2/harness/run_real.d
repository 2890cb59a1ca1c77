build2/harness/run_real.o: harness/run_real.c harness/run_job.h \
 harness/run.h harness/sender_trace.h mockserver/transcript.h \
 mockserver/scenario.h wire/command.h wire/buf.h wire/octets.h \
 wire/time.h wire/problem.h harness/invocation.h harness/known.h \
 harness/check.h harness/suite.h mockserver/scenario_load.h \
 wire/endpoint.h mockserver/dns.h mockserver/play.h wire/random.h \
 wire/loop.h wire/timer.h harness/accelerate.h harness/real_case.h \
 harness/real_shared.h harness/sut.h harness/watch.h harness/patience.h \
 harness/sighting.h mockserver/centre.h mockserver/receiver.h \
 mockserver/spool.h wire/conn.h
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
harness/accelerate.h:
harness/real_case.h:
harness/real_shared.h:
harness/sut.h:
harness/watch.h:
harness/patience.h:
harness/sighting.h:
mockserver/centre.h:
mockserver/receiver.h:
mockserver/spool.h:
wire/conn.h:
