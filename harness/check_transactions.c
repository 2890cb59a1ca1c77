/* Transactions: each MAIL, what became of it, and which message it was for. */
#include "harness/check_judge.h"

#include <stdlib.h>
#include <string.h>

static enum fate fate_of_code(const struct answer *answer)
{
    if (!answer->complete)
        return FATE_ABANDONED;
    if (answer->doubtful)
        return FATE_BROKEN; /* no reply at all to some */
    if (answer->code == 421)
        return FATE_CLOSING;
    if (answer->code >= 500)
        return FATE_REFUSED;
    if (answer->code >= 400)
        return FATE_DEFERRED;
    return FATE_BROKEN;
}

static bool takes_recipient(const struct step *step)
{
    return answered(step, 250) || answered(step, 251);
}

/* Behind an accepted message: did the sender surely read the 250? It did where it said something
 * afterwards, or closed in order and long before it could have run out of patience; a RST of the
 * centre may have overtaken the reply. */
static bool surely_read(const struct judge *judge, const struct link *link, const struct step *body)
{
    size_t replied = body->answer.last_event;
    const struct step *next = step_next(link, body);
    bool farewell =
        next && next->kind == STEP_COMMAND && (next->verb == VERB_QUIT || next->verb == VERB_RSET);
    if (next && next->first_event > replied)
        return !farewell || !may_have_missed(judge, body, next->first_at);
    if (link->centre_reset)
        return false;
    if (link->sender_ended_at == USEC_NEVER)
        return !ended_unseen(link) && !hidden_by_sleep(judge, link);
    return link->sender_ended_event > replied && link->sender_reset_at == USEC_NEVER &&
           !may_have_given_up(judge, link, body);
}

/* A reply that breaks off behind its digits is a 250 to one sender and none to another. */
static bool begins_with_250(const struct answer *answer)
{
    return answer->complete
               ? answer->code == 250 || (answer->code != 0 && answer->first_code == 250)
               : answer->digits == 250;
}

static void decide_body(const struct judge *judge, struct transaction *transaction,
                        const struct step *body)
{
    const struct answer *answer = &body->answer;
    transaction->body = transaction->decided = body;
    transaction->message = body->message;
    if (!body->complete) {
        transaction->fate = answer->complete ? fate_of_code(answer) : FATE_ABANDONED;
        return;
    }
    if (!answer->complete && transaction->link->tailless) {
        transaction->fate = FATE_ABANDONED; /* whatever the reply was, it is not known */
        return;
    }
    if (!answer->complete || answer->code < 400) {
        bool accepted = begins_with_250(answer);
        transaction->fate = accepted ? FATE_ACCEPTED : FATE_UNCERTAIN;
        transaction->certain = answer->complete && !answer->doubtful && accepted &&
                               surely_read(judge, transaction->link, body);
        return;
    }
    transaction->fate = fate_of_code(answer);
}

/* Follows one transaction from its MAIL on. */
static struct transaction follow(const struct judge *judge, const struct link *link,
                                 const struct step *mail)
{
    struct transaction transaction = {
        .link = link, .mail = mail, .decided = mail, .fate = FATE_ABANDONED};
    /* Where MAIL was not granted the sender may go on all the same, and even have its message
     * accepted in the end; whatever else is said meanwhile decides nothing. */
    bool granted = answered(mail, 250), recipient = false;
    if (!granted)
        transaction.fate = fate_of_code(&mail->answer);
    for (const struct step *step = step_next(link, mail); step; step = step_next(link, step)) {
        if (step->kind == STEP_BODY) {
            decide_body(judge, &transaction, step);
            return transaction;
        }
        if (step->verb == VERB_MAIL || step->verb == VERB_RSET || step->verb == VERB_QUIT ||
            step->verb == VERB_HELO || step->verb == VERB_EHLO)
            return transaction;
        if (!granted)
            continue;
        if (step->verb == VERB_RCPT) {
            recipient |= takes_recipient(step);
            if (!takes_recipient(step)) {
                transaction.decided = step;
                transaction.fate = fate_of_code(&step->answer);
            }
        } else if (step->verb == VERB_DATA && !answered(step, 354)) {
            transaction.decided = step;
            transaction.fate = fate_of_code(&step->answer);
            return transaction;
        } else if (step->verb == VERB_DATA && recipient) {
            transaction.fate = FATE_ABANDONED;
        }
    }
    return transaction;
}

/* With one message there is no doubt which one a transaction was for. */
static void name_message(const struct judge *judge, struct transaction *transaction)
{
    if (transaction->message == 0 && judge->input->message_count == 1 && !judge->input->field)
        transaction->message = 1;
}

/* The transaction whose MAIL was the n-th, from 0, over all connections. */
static const struct transaction *nth_in_time(const struct judge *judge, size_t n)
{
    for (size_t i = 0; i < judge->transaction_count; i++) {
        size_t before = 0;
        for (size_t j = 0; j < judge->transaction_count; j++)
            before +=
                judge->transactions[j].mail->first_event < judge->transactions[i].mail->first_event;
        if (before == n)
            return &judge->transactions[i];
    }
    return NULL;
}

static size_t times_recognised(const struct judge *judge, uint32_t message)
{
    size_t times = 0;
    for (size_t i = 0; i < judge->transaction_count; i++)
        times += judge->transactions[i].message == message;
    return times;
}

uint32_t judge_file(const struct judge *judge, uint32_t number)
{
    size_t count = judge->input->message_count;
    /* Where something was tried again, only the usual order gives the numbers a meaning. */
    if (judge->transaction_count > count || number > count)
        return number;
    for (uint32_t message = 1; message <= count; message++)
        if (times_recognised(judge, message) > 1)
            return number;
    size_t nameless =
        0; /* up to this one: transactions without a body, and those that never were */
    const struct transaction *transaction = NULL;
    for (size_t n = 0; n < number; n++) {
        transaction = nth_in_time(judge, n);
        nameless += !transaction || transaction->message == 0;
    }
    if (transaction && transaction->message != 0)
        return transaction->message;
    for (uint32_t message = 1; message <= count; message++)
        if (times_recognised(judge, message) == 0 && --nameless == 0)
            return message;
    return number;
}

bool judge_transactions(struct judge *judge)
{
    size_t most = 0;
    for (size_t i = 0; i < judge->dialogue.count; i++)
        for (size_t j = 0; j < judge->dialogue.links[i].step_count; j++)
            most += judge->dialogue.links[i].steps[j].verb == VERB_MAIL;
    if (most == 0)
        return true;
    judge->transactions = calloc(most, sizeof *judge->transactions);
    if (!judge->transactions)
        return false;
    for (size_t i = 0; i < judge->dialogue.count; i++) {
        const struct link *link = &judge->dialogue.links[i];
        for (size_t j = 0; j < link->step_count && j < link->derailed; j++) {
            const struct step *step = &link->steps[j];
            if (step->kind != STEP_COMMAND || step->verb != VERB_MAIL)
                continue;
            struct transaction *transaction = &judge->transactions[judge->transaction_count++];
            *transaction = follow(judge, link, step);
            name_message(judge, transaction);
        }
    }
    return true;
}
