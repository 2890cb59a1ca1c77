/* Leaving: QUIT, the 221, and what becomes of the socket. */
#include <unistd.h>

#include "tests/defects/sender.h"

enum { HALF_SECOND = 500000, CHILD_SECONDS = 30 };

void session_mark(struct sender *sender, enum outcome from, enum outcome to)
{
    for (size_t i = 0; i < sender->message_count; i++)
        if (sender->messages[i].outcome == from)
            sender->messages[i].outcome = to;
}

static bool holds_on(struct sender *sender)
{
    if (has(sender, NOOP_FOR_EVER))
        while (session_command(sender, WAIT_OTHER, "NOOP", NULL, NULL).status == REPLY_READ)
            net_pause(HALF_SECOND);
    if (has(sender, IDLES) && !sender->refused)
        while (net_read(sender, INT64_MAX) == NET_OK)
            sender->input_count = 0;
    if (!has(sender, LEAVES_OPEN))
        return false;
    if (fork() == 0)
        sleep(CHILD_SECONDS);
    return true;
}

/* What is made of the reply to QUIT; false where all is to be sent again. */
static bool take_farewell(struct sender *sender, const struct reply *reply)
{
    bool silent = reply->status == REPLY_LOST || reply->status == REPLY_TIMED_OUT;
    bool again = silent && (has(sender, RESENDS_AFTER_221) ||
                            (has(sender, RESENDS_LATE_221) && !sender->resent));
    sender->left = !silent;
    sender->resent = sender->resent || again;
    if (again || (silent && has(sender, DENIES_LOST_221)))
        session_mark(sender, ACCEPTED, UNSENT);
    if (has(sender, UNDOES_AT_QUIT) && (silent || reply->code != 221))
        session_mark(sender, ACCEPTED, DEFERRED);
    sender->stop = sender->stop || (silent && has(sender, DENIES_LOST_221));
    return !again;
}

bool session_leave(struct sender *sender)
{
    if (holds_on(sender))
        return true;
    if (does(sender, NOOP_BEFORE_QUIT) && !sender->refused)
        session_command(sender, WAIT_OTHER, "NOOP", NULL, NULL);
    if (has(sender, NO_QUIT) || has(sender, IDLES) || has(sender, NOOP_FOR_EVER) ||
        (has(sender, NO_QUIT_AFTER_REFUSAL) && sender->refused)) {
        net_close(sender);
        return true;
    }
    const char *quit = has(sender, BARE_LF_COMMANDS) ? "QUIT\n"
                       : does(sender, LOWER_CASE)    ? "quit\r\n"
                                                     : "QUIT\r\n";
    size_t count = has(sender, BARE_LF_COMMANDS) ? 5 : 6;
    bool said =
        has(sender, QUIT_BEFORE_REPLY) || net_write(sender, quit, count, WAIT_QUIT) == NET_OK;
    bool well = true;
    if (does(sender, HALF_CLOSE))
        net_close_half(sender);
    if (!has(sender, NO_221_WAIT) && !has(sender, NO_221_WAIT_LIVES_ON)) {
        struct reply reply = {.status = REPLY_LOST};
        if (said)
            reply = reply_read(sender, WAIT_QUIT);
        well = take_farewell(sender, &reply);
    }
    while (has(sender, NEVER_ENDS))
        net_pause(HALF_SECOND);
    if (does(sender, WAITS_FOR_FIN) && sender->left)
        net_close_behind_centre(sender);
    net_close(sender);
    if (has(sender, NO_221_WAIT_LIVES_ON))
        net_pause(HALF_SECOND);
    return well;
}
