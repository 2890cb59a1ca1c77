build2/harness/real_case.o: harness/real_case.c harness/real_case.h \
 harness/real_shared.h harness/sut.h harness/invocation.h wire/problem.h \
 wire/time.h wire/loop.h wire/timer.h harness/watch.h harness/patience.h \
 harness/run_job.h harness/run.h harness/sender_trace.h \
 mockserver/transcript.h mockserver/scenario.h wire/command.h wire/buf.h \
 wire/octets.h harness/known.h harness/check.h harness/suite.h \
 mockserver/scenario_load.h wire/endpoint.h mockserver/dns.h \
 mockserver/play.h wire/random.h harness/sighting.h mockserver/centre.h \
 mockserver/receiver.h mockserver/spool.h wire/conn.h \
 harness/profile_claims.h
harness/real_case.h:
harness/real_shared.h:
harness/sut.h:
harness/invocation.h:
wire/problem.h:
wire/time.h:
wire/loop.h:
wire/timer.h:
harness/watch.h:
harness/patience.h:
harness/run_job.h:
harness/run.h:
harness/sender_trace.h:
mockserver/transcript.h:
mockserver/scenario.h:
wire/command.h:
wire/buf.h:
wire/octets.h:
harness/known.h:
harness/check.h:
harness/suite.h:
mockserver/scenario_load.h:
wire/endpoint.h:
mockserver/dns.h:
mockserver/play.h:
wire/random.h:
harness/sighting.h:
mockserver/centre.h:
mockserver/receiver.h:
mockserver/spool.h:
wire/conn.h:
harness/profile_claims.h:
