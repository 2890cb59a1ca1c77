#include "mockserver/scenario.h"

#include <stdio.h>

#include "mockserver/arena.h"

static const char *const stage_names[STAGE_COUNT] = {
    [STAGE_CONNECT] = "connect", [STAGE_BANNER] = "banner",
    [STAGE_HELO] = "HELO",       [STAGE_EHLO] = "EHLO",
    [STAGE_MAIL] = "MAIL",       [STAGE_RCPT] = "RCPT",
    [STAGE_DATA] = "DATA",       [STAGE_BODY] = "body",
    [STAGE_RSET] = "RSET",       [STAGE_END_OF_DATA] = "end-of-data",
    [STAGE_NOOP] = "NOOP",       [STAGE_QUIT] = "QUIT",
    [STAGE_VRFY] = "VRFY",       [STAGE_EXPN] = "EXPN",
    [STAGE_HELP] = "HELP",       [STAGE_UNKNOWN] = "unknown",
    [STAGE_IDLE] = "idle",
};

const char *stage_name(enum stage stage)
{
    return stage_names[stage];
}

bool stage_of(const char *name, enum stage *stage)
{
    for (int i = 0; i < STAGE_COUNT; i++) {
        if (strcmp(name, stage_names[i]) == 0) {
            *stage = (enum stage)i;
            return true;
        }
    }
    return false;
}

enum stage stage_of_command(enum command_verb verb)
{
    switch (verb) {
    case COMMAND_HELO:
        return STAGE_HELO;
    case COMMAND_EHLO:
        return STAGE_EHLO;
    case COMMAND_MAIL:
        return STAGE_MAIL;
    case COMMAND_RCPT:
        return STAGE_RCPT;
    case COMMAND_DATA:
        return STAGE_DATA;
    case COMMAND_RSET:
        return STAGE_RSET;
    case COMMAND_NOOP:
        return STAGE_NOOP;
    case COMMAND_QUIT:
        return STAGE_QUIT;
    case COMMAND_VRFY:
        return STAGE_VRFY;
    case COMMAND_EXPN:
        return STAGE_EXPN;
    case COMMAND_HELP:
        return STAGE_HELP;
    case COMMAND_SEND:
    case COMMAND_SOML:
    case COMMAND_SAML:
    case COMMAND_TURN:
    case COMMAND_BDAT:
    case COMMAND_UNKNOWN:
        return STAGE_UNKNOWN;
    }
    return STAGE_UNKNOWN;
}

bool ranges_hold(const struct ranges *ranges, uint32_t number)
{
    for (size_t i = 0; i < ranges->count; i++)
        if (number >= ranges->at[i].first && number <= ranges->at[i].last)
            return true;
    return ranges->count == 0;
}

const char *dns_type_name(enum dns_type type)
{
    switch (type) {
    case DNS_TYPE_A:
        return "A";
    case DNS_TYPE_AAAA:
        return "AAAA";
    case DNS_TYPE_MX:
        return "MX";
    }
    return "";
}

const char *outcome_name(enum outcome_bit outcome)
{
    switch (outcome) {
    case OUTCOME_ACCEPTED:
        return "accepted";
    case OUTCOME_REFUSED:
        return "refused";
    case OUTCOME_DEFERRED:
        return "deferred";
    case OUTCOME_UNKNOWN:
        return "unknown";
    case OUTCOME_UNSENT:
        return "unsent";
    }
    return NULL;
}

static const char default_domain[] = "MAIL.PROD.NACCS6";

/* NACCS@domain, in a list of one. */
static const char *const *default_recipients(struct arena *arena, const char *domain)
{
    size_t size = sizeof "NACCS@" + strlen(domain);
    char *mailbox = arena_take(arena, size);
    const char **list = arena_take(arena, sizeof *list);
    if (!mailbox || !list)
        return NULL;
    snprintf(mailbox, size, "NACCS@%s", domain);
    list[0] = mailbox;
    return list;
}

bool expectation_names(const struct expectation *expect, uint32_t message)
{
    for (size_t i = 0; i < expect->accepted_count; i++)
        if (expect->accepted[i] == message)
            return true;
    for (size_t i = 0; i < expect->outcome_count; i++)
        if (expect->outcomes[i].message == message)
            return true;
    return false;
}

const char *message_kind_name(enum message_kind kind)
{
    switch (kind) {
    case MESSAGE_DOTS:
        return "dots";
    case MESSAGE_OCTETS:
        return "octets";
    }
    return "";
}

struct scenario *scenario_new(const char *domain)
{
    struct arena *arena = arena_new();
    struct scenario *scenario = arena ? arena_take(arena, sizeof *scenario) : NULL;
    if (!scenario) {
        arena_free(arena);
        return NULL;
    }
    scenario->arena = arena;
    scenario->id = "";
    struct centre_settings *centre = &scenario->centre;
    *centre = (struct centre_settings){
        .domain = arena_string(arena, domain ? domain : default_domain),
        .recipient_count = 1,
        .idle_limit = {.duration = 120 * USEC_PER_SEC},
        .idle_close = SCENARIO_CLOSE_FIN,
        .command_limit = 512,
        .line_limit = 1000,
        .message_limit = 700000,
        .header_limit = 65536,
        .recipient_limit = 100,
        .error_limit = 100,
        .bare = BARE_KEEP,
    };
    if (centre->domain)
        centre->recipients = default_recipients(arena, centre->domain);
    if (!centre->recipients) {
        arena_free(arena);
        return NULL;
    }
    return scenario;
}

void scenario_free(struct scenario *scenario)
{
    if (scenario)
        arena_free(scenario->arena);
}
