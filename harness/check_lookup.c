/* Finding the centre: CONN-2. */
#include "harness/check_judge.h"

#include <strings.h>

/* The query types that say where the centre is. */
enum { TYPE_A, TYPE_AAAA, TYPE_MX, TYPES };

/* The dialogue with the name server so far. */
struct inquiry {
    unsigned asked[TYPES]; /* queries about the centre */
    unsigned all;
    usec began, asked_at;                   /* the first and the last of them */
    unsigned open;                          /* those without an answer yet */
    unsigned told;                          /* answers that hold an address */
    const struct transcript_event *several; /* one that holds more than one; null: none */
    bool cut_short;                         /* one was */
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
static void take_query(struct inquiry *inquiry, const struct transcript_event *event,
                       const char *centre)
{
    struct octets words = event->octets;
    static const char *const names[TYPES] = {"A ", "AAAA ", "MX "};
    for (int type = 0; type < TYPES; type++) {
        size_t count = strlen(names[type]);
        if (words.count < count || memcmp(words.at, names[type], count) != 0)
            continue;
        if (!about_centre(octets_from(words, count), type, centre))
            continue;
        if (inquiry->all++ == 0)
            inquiry->began = event->at;
        inquiry->asked_at = event->at;
        inquiry->asked[type]++;
        inquiry->open++;
    }
}

/* "127.0.0.1, 127.0.0.2", "::1"; not "10 MAIL.PROD.NACCS6", "NXDOMAIN", "no data" */
static bool holds_address(struct octets words)
{
    const uint8_t *comma = memchr(words.at, ',', words.count);
    size_t first = comma ? (size_t)(comma - words.at) : words.count;
    return first > 0 && !memchr(words.at, ' ', first) &&
           ((words.at[0] >= '0' && words.at[0] <= '9') || memchr(words.at, ':', first));
}

/* One to MX has the addresses added to it. */
static bool holds_exchange(struct octets words)
{
    return words.count > 0 && words.at[0] >= '0' && words.at[0] <= '9' &&
           memchr(words.at, ' ', words.count);
}

static bool says(struct octets answer, const char *words)
{
    size_t count = strlen(words);
    return answer.count == count && memcmp(answer.at, words, count) == 0;
}

static void take_answer(struct inquiry *inquiry, const struct transcript_event *event)
{
    struct octets words = event->octets;
    if (says(words, "nothing"))
        return;
    inquiry->open -= inquiry->open > 0;
    inquiry->told += holds_address(words) || holds_exchange(words);
    inquiry->cut_short |= says(words, "truncated");
    if (holds_address(words) && memchr(words.at, ',', words.count))
        inquiry->several = event;
}

static unsigned most_asked(const struct inquiry *inquiry)
{
    unsigned most = 0;
    for (int type = 0; type < TYPES; type++)
        most = inquiry->asked[type] > most ? inquiry->asked[type] : most;
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

enum lookup_result lookup_result_of(const struct transcript *transcript)
{
    enum lookup_result result = LOOKUP_NONE;
    for (size_t i = 0; i < transcript->count; i++) {
        const struct transcript_event *event = &transcript->events[i];
        if (event->kind == TRANSCRIPT_QUERY && result == LOOKUP_NONE)
            result = LOOKUP_FAILED;
        if (event->kind == TRANSCRIPT_ANSWER && holds_address(event->octets))
            result = LOOKUP_TOLD;
    }
    return result;
}

static bool has_name_server(const struct scenario *scenario)
{
    for (size_t i = 0; i < scenario->requirement_count; i++)
        if (strcmp(scenario->requirements[i], "CONN-2") == 0)
            return true;
    return scenario->dns_rule_count > 0;
}

static const usec side_by_side_most = 500 * USEC_PER_MSEC;

static void check_connection(struct judge *judge, const struct link *link,
                             const struct inquiry *before, const struct inquiry *now,
                             unsigned number)
{
    const struct place place = {.link = link, .step = link->steps};
    bool asked_again = now->all > before->all;
    /* Several at once each ask, and one may be through before the other has begun. */
    bool enough = most_asked(now) >= number;
    bool just_asked = !asked_again && link->opened_at - now->asked_at < side_by_side_most;
    if (enough && (just_asked || overlaps(judge, link)))
        return;
    if (now->all == 0)
        judge_against(judge, CONN_2, place, "to ask the name server for the centre's address",
                      "it connected without having asked");
    else if (!asked_again)
        judge_against(
            judge, CONN_2, place,
            "to ask the name server again for each connection (the centre may have moved)",
            "connection %u was opened with the address of an earlier one", link->number);
    else if (now->told == before->told)
        judge_against(judge, CONN_2, place,
                      "no connection where the name server gives no address for it (the centre may "
                      "have left the one that it had)",
                      "the name server gave none, and connection %u was opened with an address "
                      "from elsewhere",
                      link->number);
}

static usec sender_ended(const struct judge *judge)
{
    usec ended = 0;
    for (size_t i = 0; i < judge->input->process_count; i++)
        if (judge->input->processes[i].ended > ended)
            ended = judge->input->processes[i].ended;
    return judge->input->process_count > 0 ? ended : judge->over;
}

/* It asked, and the name server told of the centre, or was about to: then it has to get there. */
static void check_arrival(struct judge *judge, const struct inquiry *inquiry)
{
    static const struct place nowhere = {.link = NULL};
    const struct expectation *expect = &judge->input->scenario->expect;
    usec waited = sender_ended(judge) - inquiry->began;
    char words[ESCAPED_SIZE];
    if (!expect->has_accepted || expect->accepted_count == 0 || judge->stopped)
        return;
    if (inquiry->several)
        judge_against(judge, CONN_2, nowhere,
                      "to try each address that the name server gives, until one of them accepts",
                      "it was told of %s, and never got to the centre",
                      escaped(inquiry->several->octets, words));
    else if (inquiry->cut_short && inquiry->told == 0)
        judge_against(judge, CONN_2, nowhere,
                      "to ask again over TCP where the name server's answer was cut short",
                      "it went without the address");
    else if (inquiry->open > 0 && waited < judge->early)
        judge_against(
            judge, CONN_2, nowhere, "to wait for the name server's answer as long as for a reply",
            "it gave up on it after %.3f s; its limit is %.3f s", (double)waited / USEC_PER_SEC,
            (double)judge->input->sender_limit / USEC_PER_SEC);
    else if (inquiry->open > 0)
        judge_skip(judge, CONN_2, "the sender's limit was over before the name server's answer");
}

void check_lookup(struct judge *judge)
{
    const struct transcript *transcript = judge->input->transcript;
    const struct scenario *scenario = judge->input->scenario;
    struct inquiry inquiry = {.all = 0}, before = {.all = 0};
    unsigned connections = 0;
    if (!has_name_server(scenario))
        return;
    for (size_t i = 0; i < transcript->count; i++) {
        const struct transcript_event *event = &transcript->events[i];
        if (event->kind == TRANSCRIPT_QUERY)
            take_query(&inquiry, event, scenario->centre.domain);
        if (event->kind == TRANSCRIPT_ANSWER)
            take_answer(&inquiry, event);
        if (event->kind != TRANSCRIPT_OPENED)
            continue;
        const struct link *link = link_opened_by(judge, i);
        if (link)
            check_connection(judge, link, &before, &inquiry, ++connections);
        if (!link || !judge_probe(judge, link))
            before = inquiry;
    }
    judge_saw(judge, CONN_2);
    if (connections > 0)
        return;
    if (inquiry.all > 0)
        check_arrival(judge, &inquiry);
    else
        judge_against(judge, CONN_2, (struct place){.link = NULL},
                      "to ask the name server for the centre's address", "it asked nothing");
}
