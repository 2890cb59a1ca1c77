/* `naccs-harness report`: what was reported before, in other forms. */
#ifndef HARNESS_REPORT_COMMAND_H
#define HARNESS_REPORT_COMMAND_H

/* argv[0] is the subcommand's name. Returns the exit status: 0; 1 where the run does not conform,
 * or something got worse; 2 for wrong usage and unreadable files; 3 where a report could not be
 * written. Faults are told, one line each. */
int report_command(int argc, char **argv, void (*fault)(void *owner, const char *text),
                   void *owner);

#endif
