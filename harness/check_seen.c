/* What was seen in the field, judged by the wire alone: stuffed dots without the message, the same
 * message sent twice, and what can't be seen at all. */
#include "harness/check_judge.h"

#include <stdio.h>
#include <stdlib.h>

enum { LINE_SHOWN = 48 };

/* A line that ended the message though it was meant to be in it: what follows was sent in the same
 * breath, and is no command. */
static void check_rest(struct judge *judge, struct link *link, const struct step *body)
{
    size_t next = (size_t)(body - link->steps) + 1;
    const struct step *rest = next < link->derailed ? &link->steps[next] : NULL;
    bool waited = body->answer.complete && rest && rest->first_event > body->answer.last_event;
    char text[ESCAPED_SIZE];
    if (!body->complete || !rest || waited || rest->kind != STEP_COMMAND ||
        rest->verb != VERB_OTHER)
        return;
    judge_against(judge, BODY_3, (struct place){link, body, true, body->end},
                  "one dot put before a line that begins with a dot",
                  "a line \".\" ended the message, and more of it came behind, as commands: %s",
                  step_words(link, rest, text));
    link->derailed = next;
}

/* A line of a message that is sent rightly begins with no dot, or with two. */
void check_dots(struct judge *judge, struct link *link, struct step *body)
{
    struct octets sent = link_octets(link, body->begin, body->end);
    bool begins = true, doubled = false;
    size_t number = 0;
    char text[ESCAPED_SIZE];
    for (size_t at = 0, end; at < sent.count; at = end) {
        const uint8_t *feed = memchr(sent.at + at, '\n', sent.count - at);
        end = feed ? (size_t)(feed - sent.at) + 1 : sent.count;
        struct octets line = {sent.at + at, end - at};
        bool dotted = begins && line.at[0] == '.' && line.count > 2;
        begins = feed && line.count > 1 && line.at[line.count - 2] == '\r';
        number++;
        doubled |= dotted && line.at[1] == '.';
        if (!dotted || line.at[1] == '.' || line.at[1] == '\r')
            continue;
        line.count = line.count < LINE_SHOWN ? line.count : LINE_SHOWN;
        judge_against(judge, BODY_3, (struct place){link, body, true, body->begin + at},
                      "a dot put before every line that begins with one, and before no other",
                      "line %zu begins with one dot, \"%s\": the message's own, without another "
                      "before it, or one that does not belong there",
                      number, escaped(line, text));
    }
    check_rest(judge, link, body);
    judge->doubled_dots |= doubled;
    if (body->complete && !doubled)
        judge_saw(judge, BODY_3);
}

/* A message as it was sent, and to whom. */
struct sending {
    const struct transaction *transaction;
    uint64_t hash;
};

static uint64_t add_to_hash(uint64_t hash, struct octets octets)
{
    for (size_t i = 0; i < octets.count; i++)
        hash = (hash ^ octets.at[i]) * 0x100000001b3;
    return hash;
}

static struct octets body_of(const struct transaction *transaction)
{
    return link_octets(transaction->link, transaction->body->begin, transaction->body->end);
}

static uint64_t hash_of(const struct transaction *transaction)
{
    uint64_t hash = add_to_hash(0xcbf29ce484222325, body_of(transaction));
    for (const struct step *step = transaction->mail; step != transaction->body; step++)
        if (step->kind == STEP_COMMAND && step->verb == VERB_RCPT)
            hash = add_to_hash(hash, link_octets(transaction->link, step->begin, step->end));
    return hash;
}

static int by_hash(const void *a, const void *b)
{
    const struct sending *one = a, *other = b;
    if (one->hash != other->hash)
        return one->hash < other->hash ? -1 : 1;
    return one->transaction < other->transaction ? -1 : one->transaction > other->transaction;
}

static void tell_again(struct judge *judge, const struct transaction *first,
                       const struct transaction *again)
{
    struct place place = {.link = again->link, .step = again->body};
    uint32_t before = first->link->number;
    bool refused = first->fate == FATE_REFUSED;
    bool surely = first->fate == FATE_ACCEPTED && first->certain;
    if (refused)
        judge_against(judge, CODE_3, place,
                      "no repeat of a message that was refused for good (5yz)",
                      "the same octets, to the same recipients, as on connection %u, where they "
                      "were refused",
                      before);
    else if (surely)
        judge_against(judge, LOSS_2, place, "no repeat of a message that was accepted",
                      "the same octets, to the same recipients, as on connection %u, where they "
                      "were answered 250: a declaration filed twice",
                      before);
    else
        judge_against(judge, LOSS_3, place, "no repeat of a message that the centre may hold",
                      "the same octets, to the same recipients, as on connection %u, where the end "
                      "of data had gone out and only the reply was missing: a declaration filed "
                      "twice",
                      before);
}

void check_same_again(struct judge *judge)
{
    struct sending *sendings = calloc(judge->transaction_count + 1, sizeof *sendings);
    size_t count = 0;
    if (!sendings) {
        judge->findings->no_memory = true;
        return;
    }
    for (size_t i = 0; i < judge->transaction_count; i++) {
        const struct transaction *transaction = &judge->transactions[i];
        if (transaction->fate == FATE_REFUSED || transaction->fate == FATE_DEFERRED)
            judge_saw(judge, CODE_3);
        if (transaction->body && transaction->body->complete && transaction->message == 0)
            sendings[count++] = (struct sending){transaction, hash_of(transaction)};
    }
    qsort(sendings, count, sizeof *sendings, by_hash);
    for (size_t i = 1; i < count; i++) {
        const struct transaction *first = sendings[i - 1].transaction;
        const struct transaction *again = sendings[i].transaction;
        bool decided = first->fate == FATE_ACCEPTED || first->fate == FATE_UNCERTAIN ||
                       first->fate == FATE_REFUSED;
        if (decided && sendings[i - 1].hash == sendings[i].hash &&
            octets_equal(body_of(first), body_of(again)))
            tell_again(judge, first, again);
    }
    free(sendings);
}

/* Why there was nothing to see of a requirement. */
static const char *reason_of(const struct judge *judge, enum requirement_number requirement)
{
    const struct check_input *input = judge->input;
    static const char nothing_said[] = "no command of the sender's is in it";
    static const char no_message[] = "no whole message is in it";
    switch (requirement) {
    case CONN_1:
        return "no connection is in it from its beginning on";
    case CONN_2:
        return "what the sender asked a name server is not looked at";
    case HELO_1:
    case HELO_2:
        return "no HELO is in it";
    case MAIL_1:
    case RCPT_1:
    case DATA_1:
        return "no MAIL, RCPT and DATA are in it";
    case RCPT_2:
        return "how many messages the copies are of is not known";
    case BODY_1:
    case BODY_2:
    case BODY_5:
        return no_message;
    case BODY_3:
        return judge->doubled_dots ? "lines begin with two dots: whether one of them was put there "
                                     "shows beside the message alone (--message)"
                                   : no_message;
    case BODY_4:
        return input->message_count == 0 ? "the messages as they should be are not known "
                                           "(--message)"
                                         : "none of the messages that were given is in it, whole";
    case SEQ_1:
        return "no connection in it has two messages that were accepted";
    case SEQ_2:
    case SEQ_3:
    case CODE_2:
    case QUIT_2:
        return nothing_said;
    case RSET_1:
        return "no transaction failed that the sender followed up";
    case QUIT_1:
        return "no connection is in it that the sender ended when all was well";
    case QUIT_3:
        return "what the sender had still to send is not known";
    case QUIT_4:
        return "nothing was refused that the sender left after";
    case QUIT_5:
        return "no QUIT is in it, with what followed";
    case CODE_1:
        return "it takes the same replies in other words, side by side";
    case CODE_3:
        return "no reply with 4yz or 5yz is in it";
    case TIME_1:
    case TIME_2:
        return input->sender_limit == 0 ? "the limit that the sender has for a wait is not known "
                                          "(--timeout)"
                                        : "no wait in it came to the sender's limit";
    case LOSS_1:
    case LOSS_2:
    case LOSS_3:
        return CHECK_UNTOLD_IN_FIELD;
    case STORM_1:
        return "nothing failed that was tried again";
    }
    return "";
}

/* No file shows it, however whole. */
static bool never_shows(const struct check_input *input, enum requirement_number requirement)
{
    static const uint64_t never = (uint64_t)1 << CONN_2 | (uint64_t)1 << RCPT_2 |
                                  (uint64_t)1 << QUIT_3 | (uint64_t)1 << CODE_1 |
                                  (uint64_t)1 << LOSS_1 | (uint64_t)1 << LOSS_2 |
                                  (uint64_t)1 << LOSS_3;
    bool undeclared = input->sender_limit == 0 && (requirement == TIME_1 || requirement == TIME_2);
    bool unknown = input->message_count == 0 && requirement == BODY_4;
    return never >> requirement & 1 || undeclared || unknown;
}

static size_t count_missing(const struct judge *judge)
{
    const struct transcript *transcript = judge->input->transcript;
    size_t count = 0;
    for (size_t i = 0; i < transcript->count; i++)
        count += transcript->events[i].kind == TRANSCRIPT_MISSING;
    return count;
}

void check_unseen(struct judge *judge)
{
    size_t missing = count_missing(judge);
    char places[64] = "", text[256];
    if (missing > 0)
        snprintf(places, sizeof places, "; octets are missing in %zu place%s", missing,
                 missing == 1 ? "" : "s");
    if (judge->input->transcript->incomplete)
        snprintf(places, sizeof places, "; there is more in it than was looked at");
    judge->voided &= ~(judge->untimed | judge->inexact);
    for (int i = 0; i < REQUIREMENTS; i++)
        if (judge->untimed >> i & 1)
            judge_skip(judge, (enum requirement_number)i,
                       "the file does not tell times (so finely)");
        else if (judge->inexact >> i & 1)
            judge_skip(judge, (enum requirement_number)i,
                       "the file does not hold the messages octet for octet");
    if (judge->doubled_dots && !(judge->found >> BODY_3 & 1))
        judge_skip(judge, BODY_3, reason_of(judge, BODY_3));
    for (int i = 0; i < REQUIREMENTS; i++) {
        if ((judge->touched | judge->found) >> i & 1)
            continue;
        enum requirement_number number = (enum requirement_number)i;
        snprintf(text, sizeof text, "%s%s", reason_of(judge, number),
                 never_shows(judge->input, number) ? "" : places);
        judge_skip(judge, number, text);
    }
}
