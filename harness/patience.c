#include "harness/patience.h"

enum {
    LONGEST_MINUTES = 10,
    NO_CONNECTION_SECONDS = 30,
    NO_CONNECTION_LIMITS = 6,
    /* A look-up that fails may be tried some times, with growing pauses. */
    ASKING_SECONDS = 120,
    ASKING_LIMITS = 24,
    /* More than any bounded number of tries comes to. */
    CONNECTIONS_MOST = 40,
    CONNECTIONS_PER_MESSAGE = 4,
    /* How often the idle limit may pass with nothing but NOOP. */
    NOOP_LIMITS = 2,
};

/* When the sender has said that it is done, the last octets may still be on their way. */
static const usec told_quiet = 50 * USEC_PER_MSEC;

usec patience_slack(double scale)
{
    return (usec)(500.0 * (double)USEC_PER_MSEC * scale);
}

static usec limits_or_seconds(const struct patience *patience, unsigned limits, unsigned seconds)
{
    usec span = limits * patience->limit, least = seconds * USEC_PER_SEC;
    return span > least ? span : least;
}

static const char went_on_asking[] = "it went on asking the name server, and did not end";

/* When it has asked for so long that it will not end. */
static usec asking_end(const struct patience *patience, const struct patience_view *view,
                       usec least)
{
    usec span = limits_or_seconds(patience, ASKING_LIMITS, ASKING_SECONDS);
    return view->asking_since == USEC_NEVER ? USEC_NEVER
                                            : view->asking_since + (span > least ? span : least);
}

static struct patience_end earlier(struct patience_end a, usec at, const char *why)
{
    return at < a.at ? (struct patience_end){at, why} : a;
}

struct patience_end patience_end(const struct patience *patience, const struct patience_view *view)
{
    double scale = patience->scale;
    usec granted = (usec)((double)patience->limit * (1.0 + patience->tolerance)) +
                   patience_slack(scale) + 2 * view->late + USEC_PER_SEC;
    struct patience_end end = {
        view->began + (usec)(LONGEST_MINUTES * 60.0 * (double)USEC_PER_SEC * scale),
        "the case took longer than any may",
    };
    if (view->connections > CONNECTIONS_MOST + CONNECTIONS_PER_MESSAGE * view->messages)
        return earlier(end, view->began, "it connected again and again");
    if (view->transactions > CONNECTIONS_MOST + CONNECTIONS_PER_MESSAGE * view->messages)
        return earlier(end, view->began, "it began the same transaction again and again");
    if (view->connecting_since != USEC_NEVER)
        end = earlier(end, view->connecting_since + granted,
                      "it went on connecting beyond its limit");
    if (view->open == 0) {
        end = earlier(end, asking_end(patience, view, 0), went_on_asking);
        usec apart = limits_or_seconds(patience, NO_CONNECTION_LIMITS, NO_CONNECTION_SECONDS);
        return earlier(end, view->quiet_since + apart,
                       "it ran on without a connection, and did not end");
    }
    if (view->centre_acts)
        return end;
    end = earlier(end, view->busy_since + NOOP_LIMITS * patience->idle_limit + granted,
                  "it kept the connection open with NOOP, and did not leave");
    if (view->owes)
        return earlier(end,
                       view->quiet_since + (view->unread ? PATIENCE_UNREAD_WAITS : 1) * granted,
                       "it went on waiting beyond its limit for what did not come");
    return earlier(end, view->quiet_since + patience->idle_limit + granted,
                   "it held the connection, sent nothing, and did not leave");
}

static struct patience_attached_end after(const struct patience_attached_view *view, usec quiet,
                                          enum patience_attached_why why, const char *words)
{
    return (struct patience_attached_end){view->wire.quiet_since + quiet, why, words};
}

struct patience_attached_end patience_attached_end(const struct patience_attached *patience,
                                                   const struct patience_attached_view *view)
{
    usec longer = patience->wait > patience->settle ? patience->wait : patience->settle;
    if (view->wire.open > 0 || view->wire.connecting_since != USEC_NEVER) {
        struct patience_end end = patience_end(&patience->limits, &view->wire);
        return (struct patience_attached_end){end.at, PATIENCE_STUCK, end.why};
    }
    if (view->submitting)
        return after(view, longer, PATIENCE_STUCK,
                     "the program that makes the sender send did not end");
    if (view->told)
        return after(view, told_quiet, PATIENCE_SETTLED, "the sender has told what became of all");
    enum patience_attached_why less = view->connections == 0 ? PATIENCE_NOBODY : PATIENCE_PARTIAL;
    usec asked = asking_end(&patience->limits, &view->wire, longer);
    if (!view->complete && asked < view->wire.quiet_since + longer)
        return (struct patience_attached_end){asked, less, went_on_asking};
    if (view->connections == 0)
        return after(view, longer, less, "nobody connected");
    if (!view->complete)
        return after(view, longer, less, "the rest did not come");
    return after(view, patience->settle, PATIENCE_SETTLED,
                 "no connection is open, and it is quiet");
}
