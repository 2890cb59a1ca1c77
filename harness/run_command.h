/* `naccs-harness run`: the cases that are chosen, played and judged, and the reports of it. */
#ifndef HARNESS_RUN_COMMAND_H
#define HARNESS_RUN_COMMAND_H

/* `program` is how the harness itself was called (its suite stands beside it); argv[0] is the
 * subcommand's name. The exit status: 0 conforms, 1 does not, 2 wrong usage, 3 the harness could
 * not do its work. What goes wrong is told on standard error. */
int run_command(const char *program, int argc, char **argv);

#endif
