/* Finding the centre: CONN-2. */
#include "harness/check_judge.h"

#include <strings.h>

/* The query types that say where the centre is. */
enum { TYPE_A, TYPE_AAAA, TYPE_MX, TYPES };

struct tally {
    unsigned asked[TYPES]; /* queries about the centre so far */
    unsigned all;
};

static bool ends_with(struct octets name, const char *suffix)
{
    size_t count = strlen(suffix);
    return name.count >= count &&
           strncasecmp((const char *)name.at + name.count - count, suffix, count) == 0;
}

/* MX of the domain that the centre stands in asks for the centre too. */
static bool about_centre(struct octets name, int type, const char *centre)
{
    if (name.count == strlen(centre) && ends_with(name, centre))
        return true;
    const char *dot = strchr(centre, '.');
    return type == TYPE_MX && dot && name.count == strlen(dot + 1) && ends_with(name, dot + 1);
}

/* "A mail.prod.naccs6" */
static void count_query(struct tally *tally, struct octets words, const char *centre)
{
    static const char *const names[TYPES] = {"A ", "AAAA ", "MX "};
    for (int type = 0; type < TYPES; type++) {
        size_t count = strlen(names[type]);
        if (words.count < count || memcmp(words.at, names[type], count) != 0)
            continue;
        if (!about_centre(octets_from(words, count), type, centre))
            continue;
        tally->asked[type]++;
        tally->all++;
    }
}

static unsigned most_asked(const struct tally *tally)
{
    unsigned most = 0;
    for (int type = 0; type < TYPES; type++)
        most = tally->asked[type] > most ? tally->asked[type] : most;
    return most;
}

/* Has another connection been open all along, so that its questions may have been put before? */
static bool overlaps(const struct judge *judge, const struct link *link)
{
    for (size_t i = 0; i < judge->dialogue.count; i++) {
        const struct link *other = &judge->dialogue.links[i];
        bool before = other->opened_event < link->opened_event;
        bool gone =
            other->sender_ended_event < link->opened_event && other->sender_ended_at != USEC_NEVER;
        gone |=
            other->centre_ended_event < link->opened_event && other->centre_ended_at != USEC_NEVER;
        if (before && !gone)
            return true;
    }
    return false;
}

static const struct link *link_opened_by(const struct judge *judge, size_t event)
{
    for (size_t i = 0; i < judge->dialogue.count; i++)
        if (judge->dialogue.links[i].opened_event == event)
            return &judge->dialogue.links[i];
    return NULL;
}

/* An answer with an address begins with a digit, or holds a colon (IPv6). */
bool lookup_failed(const struct transcript *transcript)
{
    bool asked = false;
    for (size_t i = 0; i < transcript->count; i++) {
        const struct transcript_event *event = &transcript->events[i];
        asked |= event->kind == TRANSCRIPT_QUERY;
        if (event->kind == TRANSCRIPT_ANSWER && event->octets.count > 0 &&
            ((event->octets.at[0] >= '0' && event->octets.at[0] <= '9') ||
             memchr(event->octets.at, ':', event->octets.count)))
            return false;
    }
    return asked;
}

static bool has_name_server(const struct scenario *scenario)
{
    for (size_t i = 0; i < scenario->requirement_count; i++)
        if (strcmp(scenario->requirements[i], "CONN-2") == 0)
            return true;
    return scenario->dns_rule_count > 0;
}

static void check_connection(struct judge *judge, const struct link *link,
                             const struct tally *before, const struct tally *now, unsigned number)
{
    const struct place place = {.link = link, .step = link->steps};
    if (now->all > before->all || (overlaps(judge, link) && most_asked(now) >= number))
        return;
    if (now->all == 0)
        judge_against(judge, CONN_2, place, "to ask the name server for the centre's address",
                      "it connected without having asked");
    else
        judge_against(
            judge, CONN_2, place,
            "to ask the name server again for each connection (the centre may have moved)",
            "connection %u was opened with the address of an earlier one", link->number);
}

void check_lookup(struct judge *judge)
{
    const struct transcript *transcript = judge->input->transcript;
    const struct scenario *scenario = judge->input->scenario;
    struct tally tally = {.all = 0}, before = {.all = 0};
    unsigned connections = 0;
    if (!has_name_server(scenario))
        return;
    for (size_t i = 0; i < transcript->count; i++) {
        const struct transcript_event *event = &transcript->events[i];
        if (event->kind == TRANSCRIPT_QUERY)
            count_query(&tally, event->octets, scenario->centre.domain);
        if (event->kind != TRANSCRIPT_OPENED)
            continue;
        const struct link *link = link_opened_by(judge, i);
        if (link)
            check_connection(judge, link, &before, &tally, ++connections);
        before = tally;
    }
    judge_saw(judge, CONN_2);
    if (tally.all == 0 && connections == 0)
        judge_against(judge, CONN_2, (struct place){.link = NULL},
                      "to ask the name server for the centre's address", "it asked nothing");
}
