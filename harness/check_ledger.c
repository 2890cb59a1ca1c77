/* What the centre accepted against what the sender reports, and what it does after a refusal.
 * LOSS-1 … LOSS-3, QUIT-3, CODE-3. */
#include "harness/check_judge.h"

#include <stdlib.h>

/* One message's account over all connections. */
struct account {
    const struct transaction *accepted; /* the first time; null: never */
    bool certain;                       /* the sender surely read a 250 for it */
    const struct transaction *uncertain;
    const struct transaction *refused;
    bool attempted; /* a body of it, or a part, was sent */
    bool cut;       /* a cut came before it could be accepted */
};

/* The centre ended the connection, other than behind its 221 to QUIT. */
static bool cut_off(const struct link *link)
{
    const struct step *last = link_last(link);
    return link->centre_ended_at != USEC_NEVER && !(last->verb == VERB_QUIT && answered(last, 221));
}

static struct account account_of(const struct judge *judge, uint32_t message)
{
    struct account account = {0};
    for (size_t i = 0; i < judge->transaction_count; i++) {
        const struct transaction *transaction = &judge->transactions[i];
        if (transaction->message != message)
            continue;
        account.attempted |= transaction->body != NULL;
        switch (transaction->fate) {
        case FATE_ACCEPTED:
            account.accepted = account.accepted ? account.accepted : transaction;
            account.certain |= transaction->certain;
            break;
        case FATE_UNCERTAIN:
            account.uncertain = account.uncertain ? account.uncertain : transaction;
            break;
        case FATE_REFUSED:
            account.refused = account.refused ? account.refused : transaction;
            break;
        case FATE_ABANDONED:
            account.cut |= cut_off(transaction->link);
            break;
        case FATE_DEFERRED:
        case FATE_CLOSING:
        case FATE_BROKEN:
            break;
        }
    }
    for (size_t i = 0; i < judge->dialogue.count && !account.attempted; i++)
        account.cut |= cut_off(&judge->dialogue.links[i]);
    return account;
}

static struct place place_of(const struct transaction *transaction)
{
    return (struct place){.link = transaction->link,
                          .step = transaction->body ? transaction->body : transaction->decided};
}

/* Sent again after it had been accepted, or may have been. */
static void check_repeats(struct judge *judge, size_t index)
{
    const struct transaction *first = &judge->transactions[index];
    if (first->message == 0 || !first->body)
        return;
    bool uncertain =
        first->fate == FATE_UNCERTAIN || (first->fate == FATE_ACCEPTED && !first->certain);
    if (first->fate != FATE_ACCEPTED && first->fate != FATE_UNCERTAIN &&
        first->fate != FATE_REFUSED)
        return;
    for (size_t i = index + 1; i < judge->transaction_count; i++) {
        const struct transaction *again = &judge->transactions[i];
        if (again->message != first->message || !again->body || judge->input->to_count > 1)
            continue;
        const char *name = judge->input->messages[first->message - 1].name;
        if (first->fate == FATE_REFUSED)
            judge_against(judge, CODE_3, place_of(again),
                          "no repeat of a message that was refused for good (5yz)",
                          "message %u (%s) was sent again after it had been refused",
                          first->message, name);
        else if (uncertain)
            judge_against(judge, LOSS_3, place_of(again),
                          "no repeat of a message that the centre may hold",
                          "message %u (%s) was sent again although the end of data had gone out "
                          "and only the reply was missing: a declaration filed twice",
                          first->message, name);
        else
            judge_against(judge, LOSS_2, place_of(again),
                          "no repeat of a message that was accepted",
                          "message %u (%s) was sent again after its 250: a declaration filed twice",
                          first->message, name);
        return;
    }
}

static const char *untold(const struct judge *judge)
{
    return judge->input->field ? CHECK_UNTOLD_IN_FIELD
                               : "what the sender says became of the message was not told";
}

static void check_accepted_claim(struct judge *judge, uint32_t message,
                                 const struct account *account, unsigned claim)
{
    char how[CLAIM_SOURCE_SIZE];
    judge_saw(judge, LOSS_2);
    if (account->certain && claim != 0 && !(claim & OUTCOME_ACCEPTED))
        judge_against(
            judge, LOSS_2, place_of(account->accepted), "an accepted message reported as accepted",
            "message %u was accepted with 250 and reported otherwise%s: whoever reads the "
            "report files it a second time",
            message, claim_source(judge, message, how));
}

static void check_false_claim(struct judge *judge, uint32_t message, const struct account *account)
{
    char how[CLAIM_SOURCE_SIZE];
    const char *name = judge->input->messages[message - 1].name;
    judge_against(
        judge, LOSS_1,
        account->uncertain ? place_of(account->uncertain)
        : account->refused ? place_of(account->refused)
                           : (struct place){0},
        "a message reported as sent only after the 250 to its end",
        "message %u (%s) was reported as sent%s, but no 250 ever answered its end of data", message,
        name, claim_source(judge, message, how));
    if (account->cut && !account->uncertain)
        judge_against(judge, QUIT_3, (struct place){0},
                      "unsent messages not taken for sent after the centre cut the connection",
                      "message %u (%s) was not delivered before the cut and is reported as sent",
                      message, name);
}

static void check_uncertain_claim(struct judge *judge, uint32_t message,
                                  const struct account *account, unsigned claim)
{
    unsigned fitting = OUTCOME_UNKNOWN | OUTCOME_ACCEPTED;
    if (claim == 0 || (claim & fitting && claim & (claim - 1))) {
        judge_skip(judge, LOSS_3,
                   judge->input->attached && claim == 0
                       ? untold(judge)
                       : "the exit status does not tell 'unknown' from other failures "
                         "(a profile can map it)");
        return;
    }
    judge_saw(judge, LOSS_3);
    char words[96];
    outcome_words(claim, words, sizeof words);
    if (!(claim & fitting))
        judge_against(judge, LOSS_3, place_of(account->uncertain),
                      "the outcome reported as unknown: the centre may hold the message",
                      "message %u was reported as %s, though its end of data had gone out", message,
                      words);
}

/* Something was accepted that is none of the messages: BODY-4 tells that, and it may be any of
 * them. */
static bool accepted_what_is_none(const struct judge *judge)
{
    for (size_t i = 0; i < judge->transaction_count; i++)
        if (judge->transactions[i].fate == FATE_ACCEPTED && judge->transactions[i].message == 0)
            return true;
    return false;
}

static void check_claims(struct judge *judge)
{
    const struct check_input *input = judge->input;
    for (uint32_t message = 1; message <= input->message_count; message++) {
        struct account account = account_of(judge, message);
        unsigned claim = input->claims[message - 1].outcomes;
        if (account.accepted) {
            check_accepted_claim(judge, message, &account, claim);
            judge_saw(judge, LOSS_1);
        } else if (claim == OUTCOME_ACCEPTED && !accepted_what_is_none(judge)) {
            check_false_claim(judge, message, &account);
        } else {
            judge_saw(judge, LOSS_1);
        }
        if (!account.accepted && account.uncertain)
            check_uncertain_claim(judge, message, &account, claim);
    }
}

/* Several messages, one exit status: it must be 0 where all were accepted. */
static void check_status(struct judge *judge)
{
    const struct check_input *input = judge->input;
    if (input->per_message_claims || input->message_count < 2 || input->process_count != 1 ||
        input->processes[0].killed || input->processes[0].crashed ||
        input->processes[0].status == 0)
        return;
    for (uint32_t message = 1; message <= input->message_count; message++)
        if (!account_of(judge, message).certain)
            return;
    judge_against(judge, LOSS_2, (struct place){0}, "exit status 0: every message was accepted",
                  "exit status %d, though every message was accepted with 250",
                  input->processes[0].status);
}

static void skip_unless_found(struct judge *judge, enum requirement_number requirement)
{
    if (!(judge->found >> requirement & 1))
        judge_skip(judge, requirement, untold(judge));
}

/* What only the sender knows, and nobody told: it was not judged, and must not look as if. */
void check_untold(struct judge *judge)
{
    const struct check_input *input = judge->input;
    enum requirement_number subject = judge_subject(judge);
    bool missing = input->field;
    for (size_t i = 0; i < input->message_count; i++)
        missing |= input->claims[i].outcomes == 0;
    if (!input->attached || !missing)
        return;
    skip_unless_found(judge, LOSS_1);
    skip_unless_found(judge, LOSS_2);
    if (input->scenario->expect.outcome_count > 0 && !(judge->touched >> subject & 1))
        skip_unless_found(judge, subject);
}

/* A 421 ends the dialogue: nothing but a farewell may follow it. */
static void check_closing(struct judge *judge, const struct link *link)
{
    for (size_t i = 0; i < link->step_count && i < link->derailed; i++) {
        const struct step *step = &link->steps[i];
        if (!answered(step, 421))
            continue;
        judge_saw(judge, CODE_3);
        const struct step *next = step_next(link, step);
        bool farewell =
            !next ||
            (next->kind == STEP_COMMAND &&
             (next->verb == VERB_QUIT || next->verb == VERB_RSET || next->verb == VERB_NOOP));
        char text[ESCAPED_SIZE];
        if (!farewell && (step->crossed || next->first_event > step->answer.last_event))
            judge_against(judge, CODE_3, (struct place){.link = link, .step = next},
                          "the end of the connection, or QUIT, after a 421",
                          "it went on with %s after the 421", step_words(link, next, text));
    }
}

/* A transaction refused for good before its body, and tried again? Which message it was for can't
 * be seen, but there must not be more transactions than messages and what may be repeated. */
static void check_repeated_refusals(struct judge *judge)
{
    size_t repeatable = 0;
    const struct transaction *refused = NULL;
    for (size_t i = 0; i < judge->transaction_count; i++) {
        const struct transaction *transaction = &judge->transactions[i];
        bool early = transaction->fate == FATE_REFUSED && !transaction->body;
        repeatable += transaction->fate != FATE_ACCEPTED && transaction->fate != FATE_REFUSED;
        if (early && !refused)
            refused = transaction;
        if (transaction->fate == FATE_REFUSED || transaction->fate == FATE_DEFERRED)
            judge_saw(judge, CODE_3);
    }
    size_t copies = judge->input->to_count > 1 ? judge->input->to_count : 1;
    if (refused && judge->transaction_count > judge->input->message_count * copies + repeatable)
        judge_against(judge, CODE_3, place_of(refused),
                      "no repeat of a message that was refused for good (5yz)",
                      "%zu transactions for %zu message%s: what was refused here was tried again",
                      judge->transaction_count, judge->input->message_count,
                      judge->input->message_count == 1 ? "" : "s");
}

void check_ledger(struct judge *judge)
{
    for (size_t i = 0; i < judge->transaction_count; i++)
        check_repeats(judge, i);
    for (size_t i = 0; i < judge->dialogue.count; i++)
        check_closing(judge, &judge->dialogue.links[i]);
    if (judge->input->field)
        check_same_again(judge);
    else
        check_repeated_refusals(judge);
    check_claims(judge);
    check_status(judge);
}
