#include "harness/patience.h"

enum {
    LONGEST_MINUTES = 10,
    NO_CONNECTION_SECONDS = 30,
    NO_CONNECTION_LIMITS = 6,
    /* More than any bounded number of tries comes to. */
    CONNECTIONS_MOST = 40,
    CONNECTIONS_PER_MESSAGE = 4,
};

usec patience_slack(double scale)
{
    return (usec)(500.0 * (double)USEC_PER_MSEC * scale);
}

static struct patience_end earlier(struct patience_end a, usec at, const char *why)
{
    return at < a.at ? (struct patience_end){at, why} : a;
}

struct patience_end patience_end(const struct patience *patience, const struct patience_view *view)
{
    double scale = patience->scale;
    usec granted = (usec)((double)patience->limit * (1.0 + patience->tolerance)) +
                   patience_slack(scale) + USEC_PER_SEC;
    struct patience_end end = {
        view->began + (usec)(LONGEST_MINUTES * 60.0 * (double)USEC_PER_SEC * scale),
        "the case took longer than any may",
    };
    if (view->connections > CONNECTIONS_MOST + CONNECTIONS_PER_MESSAGE * view->messages)
        return earlier(end, view->began, "it connected again and again");
    if (view->connecting_since != USEC_NEVER)
        end = earlier(end, view->connecting_since + granted,
                      "it went on connecting beyond its limit");
    if (view->open == 0) {
        usec apart = NO_CONNECTION_LIMITS * patience->limit;
        if (apart < NO_CONNECTION_SECONDS * USEC_PER_SEC)
            apart = NO_CONNECTION_SECONDS * USEC_PER_SEC;
        return earlier(end, view->quiet_since + apart,
                       "it ran on without a connection, and did not end");
    }
    if (view->centre_acts)
        return end;
    if (view->owes)
        return earlier(end, view->quiet_since + granted,
                       "it went on waiting beyond its limit for what did not come");
    return earlier(end, view->quiet_since + patience->idle_limit + granted,
                   "it held the connection, sent nothing, and did not leave");
}
