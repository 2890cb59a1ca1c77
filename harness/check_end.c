/* How the sender's program came to its end where the harness had to end it. QUIT-3, TIME-1. */
#include "harness/check_judge.h"

/* What went wrong was told already, and is why it did not end. */
static bool told(const struct judge *judge)
{
    static const uint64_t waiting =
        (uint64_t)1 << TIME_1 | (uint64_t)1 << TIME_2 | (uint64_t)1 << STORM_1;
    for (size_t i = 0; i < judge->findings->count; i++)
        if (judge->findings->at[i].verdict == VERDICT_FAIL)
            return true;
    return (judge->found & waiting) != 0;
}

static const struct link *last_of(const struct judge *judge, const struct check_process *process)
{
    for (size_t i = judge->dialogue.count; i-- > 0;)
        if (judge_process(judge, &judge->dialogue.links[i]) == process)
            return &judge->dialogue.links[i];
    return NULL;
}

/* Was anything left that it may have wanted to try again? */
static bool has_work_left(const struct judge *judge, size_t run)
{
    const struct check_input *input = judge->input;
    for (uint32_t message = 1; message <= input->message_count; message++) {
        bool settled = input->each && message != run + 1;
        for (size_t i = 0; i < judge->transaction_count && !settled; i++) {
            const struct transaction *transaction = &judge->transactions[i];
            settled = transaction->message == message &&
                      (transaction->fate == FATE_ACCEPTED || transaction->fate == FATE_REFUSED);
        }
        if (!settled)
            return true;
    }
    return false;
}

static void check_stopped(struct judge *judge, const struct check_process *process, size_t run)
{
    const struct link *link = last_of(judge, process);
    const struct step *last = link ? link_last(link) : NULL;
    bool done = last && last->kind == STEP_COMMAND && last->verb == VERB_QUIT;
    const char *why = process->killed_for ? process->killed_for : "it did not end";
    struct place place = {.link = link, .step = last};
    char late[32];
    if (process->holds && link && link->centre_ended_at != USEC_NEVER && !done)
        judge_against(judge, QUIT_3, place,
                      "to notice that the centre has ended the connection, and to close it",
                      "%s after that its socket was still open, when the harness stopped the "
                      "sender",
                      seconds(process->ended - link->centre_ended_at, late));
    else if (process->holds && done)
        judge_against(judge, TIME_1, place, "to close the connection behind QUIT, and to end",
                      "%s after QUIT its socket was still open, when the harness stopped the "
                      "sender",
                      seconds(process->ended - last->last_at, late));
    else if (!has_work_left(judge, run))
        judge_against(judge, TIME_1, place, "to end when its messages are done",
                      "the harness stopped it: %s", why);
    else if (!(judge->found >> LOSS_1 & 1))
        judge_skip(judge, LOSS_1,
                   "it was still running, without a connection, when the harness stopped it: what "
                   "it would have reported is not known");
}

void check_end(struct judge *judge)
{
    for (size_t i = 0; i < judge->input->process_count && !told(judge); i++)
        if (judge->input->processes[i].killed)
            check_stopped(judge, &judge->input->processes[i], i);
}
