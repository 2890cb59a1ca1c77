#include "harness/help.h"

#include <string.h>

static const char program_page[] =
    "usage: naccs-harness COMMAND [ARGUMENT]...\n"
    "Takes a sender through the suite and says, requirement by requirement, what it\n"
    "does right, what it does wrong, and where in the octets.\n"
    "\n"
    "  run [OPTION]... [SCENARIO|FOLDER]... [-- COMMAND ARG...]   judges a sender\n"
    "  list [SCENARIO|FOLDER]...   the cases; --requirements: what tests which\n"
    "  validate FILE...            says what is wrong with scenario files\n"
    "  explain ID [FILE]           a case or a requirement, in words\n"
    "  import FILE... -o FILE      makes a scenario of what was seen in the field\n"
    "  check FILE...               judges what was seen in the field\n"
    "  explore [-- COMMAND ARG...] random centres, messages and networks\n"
    "  report FILE...              shows, merges and compares JSON reports\n"
    "  schema                      prints the JSON Schema of scenario files\n"
    "\n"
    "naccs-harness COMMAND --help tells the options; --version the version.\n"
    "Example: naccs-harness run --timeout 5s -- your-sender --port {port} {message}\n";

static const char run_page[] =
    "usage: naccs-harness run [OPTION]... [SCENARIO|FOLDER]... [-- COMMAND ARG...]\n"
    "Judges COMMAND over TCP, once per case; else naccs-client, in virtual time.\n"
    "ARG may hold {host} {port} {helo} {from} {to} {timeout} {message} {messages};\n"
    "the same stands in NACCS_HOST, NACCS_PORT, ... man naccs-harness tells more.\n"
    "cases:   --only PATTERN, --skip PATTERN (ids), --shard I/N, --list, --language L\n"
    "         --known-failing FILE, --strict (should counts as must), --client-trace\n"
    "sender:  --each (one message per run), --stdin (message there), --adds-headers,\n"
    "         --one-per-connection, --one-recipient, --ehlo, --helo DOMAIN,\n"
    "         --from ADDRESS, --profile FILE (all of this, as JSON)\n"
    "time:    --timeout DURATION (its limit for each wait: 5s), --tolerance PERCENT,\n"
    "         --tolerance-scale X (slow machine), --pace X (the centre's durations\n"
    "         pass X times as fast), --accelerate X (the command's clocks too)\n"
    "service: --attach [ADDR:]PORT (no command: it connects there), --on-case PROGRAM\n"
    "         (makes it send), --sent FOLDER, --settle DURATION, --wait DURATION,\n"
    "         --resume FILE (keep results, go on where they end)\n"
    "run:     -j, --jobs N (32), --seed N, --centre FILE|NAME, --keep-messages FOLDER\n"
    "virtual: --latency DURATION, --segments [random:]N, --window N (its network),\n"
    "         --sleep [timers:]AT,LENGTH, --wall-steps DURATION (its clocks)\n"
    "report:  --report FORMAT:FILE (html, text, json, junit, tap, markdown; - is\n"
    "         stdout), --sender-name TEXT, --sender-version TEXT, --mask-addresses,\n"
    "         --unmasked, -v, --verbose (every case), -q, --quiet (no text report)\n"
    "Exit status: 0 conforms; 1 a must failed, or passed though known to fail;\n"
    "2 usage, invalid input, nothing selected; 3 the harness could not do its work.\n"
    "Example: naccs-harness run --only 'body/*' -- your-sender -p {port} {message}\n";

static const char list_page[] =
    "usage: naccs-harness list [OPTION]... [SCENARIO|FOLDER]...\n"
    "Lists the cases of the suite, or of these files: id and title, one a line.\n"
    "\n"
    "  --requirements       which case and which known defect tests which requirement\n"
    "  --strict             with it: exit status 1 where one is tested by none\n"
    "  --language en|ja     of the titles (as LC_ALL, LC_MESSAGES or LANG say)\n"
    "\n"
    "Example: naccs-harness list --requirements\n";

static const char validate_page[] =
    "usage: naccs-harness validate FILE...\n"
    "Says what is wrong with scenario files: file, line, column, JSON pointer, what\n"
    "was found, what is allowed. Exit status 2 where something is.\n"
    "\n"
    "Example: naccs-harness validate my-scenarios/*.json\n";

static const char explain_page[] =
    "usage: naccs-harness explain [--language en|ja] ID [SCENARIO|FOLDER]\n"
    "       naccs-harness explain [--language en|ja] SCENARIO\n"
    "Tells in words what a case plays or what a requirement asks, why, and how to\n"
    "mend a sender that fails it. Cases are the suite's, or those of this file or\n"
    "folder; a file with one case needs no ID.\n"
    "\n"
    "  --language en|ja     (as LC_ALL, LC_MESSAGES or LANG say)\n"
    "\n"
    "Example: naccs-harness explain BODY-3\n";

static const char explore_page[] =
    "usage: naccs-harness explore [OPTION]... [-- COMMAND ARG...]\n"
    "Random centres, messages and networks, and all checks on what the sender does\n"
    "there. What is found is made as small as it still shows, and written down as a\n"
    "scenario. Without COMMAND: naccs-client, in virtual time. All of it follows\n"
    "from the seed.\n"
    "\n"
    "  --runs N             so many worlds (100000; with COMMAND 200)\n"
    "  --time DURATION      no longer than that, in real time\n"
    "  --seed N             of everything (1)\n"
    "  --world N            the one with this number alone\n"
    "  --out FOLDER         where findings are written, as drawn-N.json (.)\n"
    "\n"
    "and what run takes about a sender.\n"
    "Exit status: 0 nothing was found; 1 something was; 2 usage; 3 the harness could\n"
    "not do its work.\n"
    "Example: naccs-harness explore --runs 1000000 --seed 7\n";

static const char report_page[] =
    "usage: naccs-harness report [OPTION]... FILE...\n"
    "FILEs are JSON reports of naccs-harness run. One is shown in other formats; the\n"
    "parts of one run (shards) are merged into one; an older and a newer run are\n"
    "compared; several senders are put side by side.\n"
    "\n"
    "  --report FORMAT:FILE text, json, junit, tap, html or markdown (of comparisons:\n"
    "                       text, html or markdown); - is standard output; repeatable\n"
    "  --merge              they are parts of one run,\n"
    "  --compare            an older and a newer run,\n"
    "  --grid               or several senders\n"
    "  --mask-addresses     mail addresses are made unreadable\n"
    "  --unmasked           passwords are shown, where FILE has them\n"
    "  --language en|ja     of text and markdown (as LC_ALL, LC_MESSAGES or LANG say)\n"
    "  -v, --verbose        every case in the text report\n"
    "  -q, --quiet          no text report\n"
    "\n"
    "Exit status: 0; 1 does not conform, or something got worse; 2 usage, a FILE that\n"
    "can't be read, parts that don't belong together; 3 a report can't be written.\n"
    "Example: naccs-harness report old.json new.json --report html:changes.html\n";

static const char import_page[] =
    "usage: naccs-harness import [OPTION]... FILE... -o SCENARIO.json\n"
    "Makes a scenario in which the centre behaves as it did in the files: packet\n"
    "captures, journals of naccs-mockserver, transcripts of swaks and others, and\n"
    "dialogues as people paste them. Beside it come SCENARIO-1.eml, ... (what was\n"
    "sent, un-stuffed) and SCENARIO.trace.jsonl (what passed then).\n"
    "\n"
    "  -o, --output FILE    the scenario\n"
    "  --connection LIST    only these connections, by number: 1,3,7-9\n"
    "  --host ADDRESS       only those in which this address takes part\n"
    "  --port PORT          the centre's port (found out where it is not given)\n"
    "  --time FROM..UNTIL   only those that began in between; either may be missing\n"
    "  --min-delay DURATION what comes sooner came at once (5ms)\n"
    "  --mask-addresses     addresses are masked (they are); --keep-addresses: not\n"
    "  --unmasked           nothing is masked; the files are for their owner alone\n"
    "  -q, --quiet          no summary\n"
    "\n"
    "Exit status: 0 written; 2 usage, or no such file; 3 it can't be written.\n"
    "Example: naccs-harness import last-night.pcap -o last-night.json\n";

static const char check_page[] =
    "usage: naccs-harness check [OPTION]... FILE...\n"
    "Judges what was seen in the field (files as for import) as a run is judged. What\n"
    "a file can't show is skipped; what may lie in a gap is held against nobody.\n"
    "\n"
    "  --connection N,...   these connections alone, by their numbers (1,4-7)\n"
    "  --host ADDR          those with this address at either end\n"
    "  --port N             those to this port (found out, where it is not told)\n"
    "  --time FROM..UNTIL   those that began in between (2026-11-25T09:00..)\n"
    "  --timeout DURATION   the sender's limit; without it no wait is judged\n"
    "  --tolerance PERCENT  how much more is granted (25); --tolerance-scale X\n"
    "  --pace X             the centre was naccs-mockserver --pace X (1)\n"
    "  --helo DOMAIN, --from ADDR, --to ADDR   what it had to say\n"
    "  --message FILE       a message as it was to be sent; repeatable\n"
    "  --profile FILE, --ehlo, --adds-headers, --strict   as for run\n"
    "  --report FORMAT:FILE as for run; --unmasked\n"
    "  -v, --verbose        every case in the text report\n"
    "  -q, --quiet          no text report\n"
    "\n"
    "Exit status: 0 nothing against the sender; 1 a must failed; 2 usage, a file that\n"
    "can't be read, no connection to judge; 3 the harness could not do its work.\n"
    "Example: naccs-harness check --timeout 60s last-night.pcap\n";

static const char schema_page[] =
    "usage: naccs-harness schema\n"
    "Prints the JSON Schema of scenario files, which editors understand.\n"
    "\n"
    "Example: naccs-harness schema > scenario.schema.json\n";

static const struct help_page {
    const char *command, *text;
} pages[] = {
    {"", program_page},          {"run", run_page},         {"list", list_page},
    {"validate", validate_page}, {"explain", explain_page}, {"schema", schema_page},
    {"explore", explore_page},   {"report", report_page},   {"import", import_page},
    {"check", check_page},
};

static const struct help_page *find(const char *command)
{
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        if (strcmp(pages[i].command, command) == 0)
            return &pages[i];
    return NULL;
}

bool help_has(const char *command)
{
    return find(command) != NULL;
}

bool help_write(FILE *stream, const char *command)
{
    const struct help_page *page = find(command);
    return page && fputs(page->text, stream) >= 0 && fflush(stream) == 0;
}
