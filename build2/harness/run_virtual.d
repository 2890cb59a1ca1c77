build2/harness/run_virtual.o: harness/run_virtual.c harness/run_job.h \
 harness/run.h harness/sender_trace.h mockserver/transcript.h \
 mockserver/scenario.h wire/command.h wire/buf.h wire/octets.h \
 wire/time.h wire/problem.h harness/invocation.h harness/known.h \
 harness/check.h harness/suite.h mockserver/scenario_load.h \
 wire/endpoint.h mockserver/dns.h mockserver/play.h wire/random.h \
 wire/loop.h wire/timer.h client/client.h client/outcome.h \
 client/limits.h wire/conn.h harness/lookup_virtual.h client/lookup.h \
 mockserver/centre.h mockserver/receiver.h mockserver/spool.h
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
client/client.h:
client/outcome.h:
client/limits.h:
wire/conn.h:
harness/lookup_virtual.h:
client/lookup.h:
mockserver/centre.h:
mockserver/receiver.h:
mockserver/spool.h:
