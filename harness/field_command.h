/* `naccs-harness check FILE...`: what was seen in the field, judged as a run is. */
#ifndef HARNESS_FIELD_COMMAND_H
#define HARNESS_FIELD_COMMAND_H

/* Returns the exit status. argv[0] is the subcommand's name. */
int field_command_check(const char *program, int argc, char **argv);

#endif
