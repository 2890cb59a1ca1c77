#include "harness/arguments.h"

bool arguments_help(FILE *stream)
{
    static const char *const lines[] = {
        "naccs-harness run [OPTION...] [SCENARIO|FOLDER...] [-- COMMAND ARG...]",
        "",
        "Without a command: the reference client, in virtual time. With one: that sender,",
        "over TCP, once per case. Its arguments may hold {host} {port} {helo} {from} {to}",
        "{timeout} {message} {messages} {case}; without {message} or {messages} the files",
        "are appended; {message} alone means one message per run. NACCS_HOST, NACCS_PORT,",
        "NACCS_HELO, NACCS_FROM, NACCS_TO, NACCS_TIMEOUT and NACCS_CASE stand in its",
        "environment; it may tell what became of each message in the file NACCS_OUTCOME.",
        "",
        "  --each                 the command sends one message per run",
        "  --stdin                the message is given on standard input, one per run",
        "  --one-per-connection   it sends one message per connection",
        "  --one-recipient        it takes one recipient for a message",
        "  --ehlo                 it opens with EHLO",
        "  --adds-headers         it puts header lines (Received) before the message's own",
        "  --helo DOMAIN, --from ADDRESS   what it is told to say",
        "  --timeout DURATION     the limit that it declares for each wait (5s)",
        "  --tolerance PERCENT    how much more than that is granted (25)",
        "  --tolerance-scale X    for slow machines: X times the tolerance (1)",
        "  --pace X               the centre's own durations pass X times as fast (1)",
        "  --accelerate X         the command's own clocks pass X times as fast, and the centre's",
        "                         with them (libfaketime): --timeout 300s --accelerate 100 judges",
        "                         a limit of 300 s in 3 s",
        "  -j, --jobs N           cases at once (32)",
        "  --seed N               of everything random (1)",
        "  --profile FILE         all of this as JSON",
        "  --centre FILE|NAME     settings of the centre that hold under every scenario, as in its",
        "                         \"centre\"; or the name of one of scenarios/profiles/centre",
        "  --attach [ADDR:]PORT   no command: the sender is a service, and connects there; one",
        "                         case after the other (docs/attach.md). ADDR is 127.0.0.1",
        "  --on-case PROGRAM      is run for each case, and makes the sender send NACCS_MESSAGES",
        "                         (one file per line); the path of a program, no arguments",
        "  --sent FOLDER          where CASE.json (/ as _) tells what became of the messages",
        "  --settle DURATION      quiet for so long, a case is over (twice the limit; 3s at least)",
        "  --wait DURATION        for a sender that does not come, or not again (120s)",
        "  --resume FILE          keeps the results as JSON, and goes on where they end",
        "  --only PATTERN, --skip PATTERN   case ids or requirement ids; repeatable",
        "  --shard I/N            the I-th of N parts",
        "  --list                 prints what is selected, runs nothing",
        "  --language en|ja       of the titles in --list (as LC_ALL, LC_MESSAGES or LANG say)",
        "  --known-failing FILE   one case id per line; an unexpected pass fails the run",
        "  --strict               should counts as must",
        "  --report FORMAT:FILE   text, json, junit or tap; - is standard output; repeatable",
        "  --unmasked             passwords are shown in reports",
        "  --client-trace         for imported scenarios: where the sender now does something else\n"
        "                         than it did then, the first difference, side by side",
        "  -v, --verbose          every case in the text report; -q, --quiet: no text report",
        "",
        "Exit status: 0 conforms; 1 a must failed, or passed though known to fail;",
        "2 usage, invalid input, nothing selected; 3 the harness could not do its work.",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (fprintf(stream, "%s\n", lines[i]) < 0)
            return false;
    return true;
}
