/* Trying again: how soon, and how often. STORM-1. */
#include "harness/check_judge.h"

enum { TRIES_LIMIT = 12 };

/* Connections that follow a failed one sooner than this were not waited for. */
static const usec retry_wait_least = 400 * USEC_PER_MSEC;

/* A pause before a retry that is none, as it shows on the wire. */
static usec hasty_pause(const struct judge *judge)
{
    double acceleration = judge->input->acceleration;
    return acceleration > 1 ? (usec)((double)retry_wait_least / acceleration) : retry_wait_least;
}

static usec link_end(const struct judge *judge, const struct link *link)
{
    usec end = link->sender_ended_at < link->centre_ended_at ? link->sender_ended_at
                                                             : link->centre_ended_at;
    return end == USEC_NEVER ? judge->over : end;
}

bool judge_probe(const struct judge *judge, const struct link *link)
{
    const struct link *next = link + 1;
    return link->sender.count == 0 && link->centre_ended_at == USEC_NEVER &&
           link->sender_ended_at - link->opened_at < judge->early &&
           next < judge->dialogue.links + judge->dialogue.count &&
           judge_process(judge, next) == judge_process(judge, link) &&
           next->opened_at - link->sender_ended_at < hasty_pause(judge);
}

/* What a connection was good for. */
enum progress { PROGRESS_NONE, PROGRESS_SETTLED, PROGRESS_MADE };

/* Transactions stand in the order of their links. */
static size_t first_transaction_of(const struct judge *judge, const struct link *link)
{
    size_t low = 0, high = judge->transaction_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (judge->transactions[middle].link < link)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static enum progress progress_of(const struct judge *judge, const struct link *link)
{
    enum progress progress = PROGRESS_NONE;
    for (size_t i = first_transaction_of(judge, link);
         i < judge->transaction_count && judge->transactions[i].link == link; i++) {
        enum fate fate = judge->transactions[i].fate;
        if (fate == FATE_ACCEPTED)
            return PROGRESS_MADE;
        if (fate == FATE_REFUSED || fate == FATE_DEFERRED)
            progress = PROGRESS_SETTLED;
    }
    return progress;
}

/* How often it connected again at once. */
struct haste {
    size_t row, longest; /* behind failures, one right behind the other */
    size_t all, settled; /* behind failures; behind messages that were refused */
    const struct link *first;
};

static void note_haste(struct haste *haste, enum progress progress, const struct link *link)
{
    haste->row++;
    haste->longest = haste->row > haste->longest ? haste->row : haste->longest;
    haste->all += progress == PROGRESS_NONE;
    haste->settled += progress == PROGRESS_SETTLED;
    haste->first = haste->first ? haste->first : link;
}

/* In the field connections of one sender may overlap, or one be that of another program. */
static bool is_follow_up(const struct judge *judge, const struct link *before,
                         const struct link *link)
{
    return before && !before->tailless && !link->headless &&
           link->opened_at >= link_end(judge, before);
}

static void check_connections(struct judge *judge)
{
    size_t tries = 0, messages = judge->input->message_count;
    struct haste haste = {0};
    const struct link *before = NULL;
    for (size_t i = 0; i < judge->dialogue.count; i++) {
        const struct link *link = &judge->dialogue.links[i];
        if (judge_probe(judge, link))
            continue;
        if (judge->input->field && !is_follow_up(judge, before, link)) {
            before = link->headless ? before : link;
            tries = 0;
            continue;
        }
        /* A connection beside another one is no try after it. */
        bool follows = before && link_end(judge, before) <= link->opened_at &&
                       judge_process(judge, before) == judge_process(judge, link);
        enum progress progress = before ? progress_of(judge, before) : PROGRESS_NONE;
        bool hasty = false;
        if (follows && progress != PROGRESS_MADE) {
            tries++;
            judge_saw(judge, STORM_1);
            hasty = link->opened_at - link_end(judge, before) < hasty_pause(judge) &&
                    !ended_unseen(before);
        } else {
            tries = 0;
        }
        if (hasty)
            note_haste(&haste, progress, link);
        else
            haste.row = 0;
        before = link;
    }
    /* One more try at once is what a cut between two messages asks for, and each further message
     * may have a connection of its own; what goes beyond that is a habit. */
    if (haste.settled > messages && !judge->input->field)
        haste.all += haste.settled;
    if (haste.all >= 2 && haste.longest >= 2 && haste.longest >= messages)
        judge_against(judge, STORM_1, (struct place){.link = haste.first},
                      "to wait before trying again",
                      "%zu times it connected again within %d ms of a failure", haste.all,
                      (int)(hasty_pause(judge) / USEC_PER_MSEC));
    if (tries > TRIES_LIMIT)
        judge_against(judge, STORM_1, (struct place){0}, "a bounded number of tries",
                      "%zu connections one after the other without getting anywhere", tries + 1);
}

/* More transactions than there are messages, one behind the other on one connection: what was
 * refused for now was tried again, without waiting, or without end. */
static void check_repeats_on_connection(struct judge *judge)
{
    size_t copies = judge->input->to_count > 1 ? judge->input->to_count : 1;
    size_t in_a_row = 1, at_once = 1, most = judge->input->message_count * copies;
    for (size_t i = 1; i < judge->transaction_count; i++) {
        const struct transaction *before = &judge->transactions[i - 1];
        const struct transaction *transaction = &judge->transactions[i];
        bool again = before->fate == FATE_DEFERRED && before->link == transaction->link;
        bool hasty = again && transaction->mail->first_at - before->decided->answer.last_at <
                                  hasty_pause(judge);
        in_a_row = again ? in_a_row + 1 : 1;
        at_once = hasty ? at_once + 1 : 1;
        if (at_once < most + 2 && in_a_row <= most * (TRIES_LIMIT + 1))
            continue;
        bool storm = at_once >= most + 2;
        judge_against(judge, STORM_1,
                      (struct place){.link = transaction->link, .step = transaction->mail},
                      storm ? "to wait before trying again" : "a bounded number of tries",
                      "%zu transactions for %zu message%s on this connection, each %sbehind a 4yz",
                      storm ? at_once : in_a_row, judge->input->message_count,
                      judge->input->message_count == 1 ? "" : "s", storm ? "right " : "");
        return;
    }
}

void check_storm(struct judge *judge)
{
    check_connections(judge);
    if (!judge->input->field)
        check_repeats_on_connection(judge);
}
