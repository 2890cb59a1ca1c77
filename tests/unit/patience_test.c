#include "harness/patience.h"

#include <string.h>

#include "tests/unit/unit.h"

#define S USEC_PER_SEC

static const struct patience patience = {
    .limit = 4 * S, .tolerance = 0.25, .scale = 1, .idle_limit = 6 * S};

static usec end_of(struct patience_view view)
{
    return patience_end(&patience, &view).at;
}

static void test_no_connection(void)
{
    struct patience_view view = {.quiet_since = 10 * S,
                                 .busy_since = 10 * S,
                                 .connecting_since = USEC_NEVER,
                                 .asking_since = USEC_NEVER};
    CU_ASSERT_EQUAL(end_of(view), 40 * S);
    struct patience slow = patience;
    slow.limit = 20 * S;
    CU_ASSERT_EQUAL(patience_end(&slow, &view).at, 130 * S);
}

/* The limit, a quarter more, half a second, and one more. */
static void test_owed(void)
{
    struct patience_view view = {.quiet_since = 10 * S,
                                 .busy_since = 10 * S,
                                 .open = 1,
                                 .owes = true,
                                 .connecting_since = USEC_NEVER,
                                 .asking_since = USEC_NEVER};
    CU_ASSERT_EQUAL(end_of(view), 10 * S + 5 * S + S / 2 + S);
    view.late = S / 4;
    CU_ASSERT_EQUAL(end_of(view), 10 * S + 5 * S + S / 2 + S / 2 + S);
    view.late = 0;
    struct patience scaled = patience;
    scaled.scale = 2;
    CU_ASSERT_EQUAL(patience_end(&scaled, &view).at, 10 * S + 5 * S + S + S);
    /* A sender is never stopped before the checks hold its waiting against it. */
    struct patience longer = patience;
    longer.idle_limit = 60 * S;
    view.unread = true;
    CU_ASSERT_EQUAL(patience_end(&longer, &view).at,
                    10 * S + PATIENCE_UNREAD_WAITS * (5 * S + S / 2 + S));
}

static void test_idle(void)
{
    struct patience_view view = {.quiet_since = 10 * S,
                                 .busy_since = 10 * S,
                                 .open = 1,
                                 .connecting_since = USEC_NEVER,
                                 .asking_since = USEC_NEVER};
    CU_ASSERT_EQUAL(end_of(view), 10 * S + 6 * S + 5 * S + S / 2 + S);
}

static void test_centre_acts(void)
{
    struct patience_view view = {.quiet_since = 10 * S,
                                 .busy_since = 10 * S,
                                 .open = 2,
                                 .owes = true,
                                 .centre_acts = true,
                                 .connecting_since = USEC_NEVER,
                                 .asking_since = USEC_NEVER};
    CU_ASSERT_EQUAL(end_of(view), 600 * S);
}

/* Two minutes, or 24 limits. */
static void test_asking(void)
{
    struct patience_view view = {.quiet_since = 140 * S,
                                 .busy_since = 140 * S,
                                 .connecting_since = USEC_NEVER,
                                 .asking_since = 20 * S};
    CU_ASSERT_EQUAL(end_of(view), 140 * S);
    CU_ASSERT_PTR_NOT_NULL(strstr(patience_end(&patience, &view).why, "name server"));
    struct patience slow = patience;
    slow.limit = 20 * S;
    view.quiet_since = 480 * S;
    CU_ASSERT_EQUAL(patience_end(&slow, &view).at, 500 * S);
    view.asking_since = USEC_NEVER;
    CU_ASSERT_EQUAL(end_of(view), 510 * S);
}

static void test_connecting(void)
{
    struct patience_view view = {.quiet_since = 10 * S,
                                 .busy_since = 10 * S,
                                 .connecting_since = 11 * S,
                                 .asking_since = USEC_NEVER};
    CU_ASSERT_EQUAL(end_of(view), 11 * S + 5 * S + S / 2 + S);
    CU_ASSERT_PTR_NOT_NULL(strstr(patience_end(&patience, &view).why, "connecting"));
}

static void test_cap(void)
{
    struct patience_view view = {.began = 5 * S,
                                 .quiet_since = 603 * S,
                                 .busy_since = 603 * S,
                                 .open = 1,
                                 .connecting_since = USEC_NEVER,
                                 .asking_since = USEC_NEVER};
    CU_ASSERT_EQUAL(end_of(view), 605 * S);
    CU_ASSERT_PTR_NOT_NULL(strstr(patience_end(&patience, &view).why, "longer than any"));
}

static void test_connects_for_ever(void)
{
    struct patience_view view = {.quiet_since = 10 * S,
                                 .busy_since = 10 * S,
                                 .connecting_since = USEC_NEVER,
                                 .asking_since = USEC_NEVER,
                                 .connections = 44,
                                 .messages = 1};
    CU_ASSERT(end_of(view) > 10 * S);
    view.connections = 45;
    CU_ASSERT_EQUAL(end_of(view), 0);
    view.messages = 2;
    CU_ASSERT(end_of(view) > 10 * S);
}

static void test_tries_for_ever(void)
{
    struct patience_view view = {.quiet_since = 10 * S,
                                 .busy_since = 10 * S,
                                 .open = 1,
                                 .connections = 1,
                                 .transactions = 44,
                                 .messages = 1,
                                 .connecting_since = USEC_NEVER,
                                 .asking_since = USEC_NEVER};
    CU_ASSERT(end_of(view) > 10 * S);
    view.transactions = 45;
    CU_ASSERT_EQUAL(end_of(view), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(patience_end(&patience, &view).why, "transaction"));
}

/* Twice the idle limit with nothing but NOOP, the limit with its tolerance, half a second, one
 * more. */
static void test_noop_for_ever(void)
{
    struct patience_view view = {.quiet_since = 21 * S,
                                 .busy_since = 10 * S,
                                 .open = 1,
                                 .connecting_since = USEC_NEVER,
                                 .asking_since = USEC_NEVER};
    CU_ASSERT_EQUAL(end_of(view), 10 * S + 12 * S + 5 * S + S / 2 + S);
    CU_ASSERT_PTR_NOT_NULL(strstr(patience_end(&patience, &view).why, "NOOP"));
    view.centre_acts = true;
    CU_ASSERT_EQUAL(end_of(view), 600 * S);
}

static struct patience_attached_end attached(struct patience_attached_view view)
{
    static const struct patience_attached attached = {
        .limits = {.limit = 4 * S, .tolerance = 0.25, .scale = 1, .idle_limit = 6 * S},
        .settle = 8 * S,
        .wait = 100 * S};
    view.wire.quiet_since = view.wire.busy_since = 10 * S;
    view.wire.connecting_since =
        view.wire.connecting_since ? view.wire.connecting_since : USEC_NEVER;
    view.wire.asking_since = view.wire.asking_since ? view.wire.asking_since : USEC_NEVER;
    return patience_attached_end(&attached, &view);
}

static void test_attached(void)
{
    struct patience_attached_end end = attached((struct patience_attached_view){0});
    CU_ASSERT(end.at == 110 * S && end.why == PATIENCE_NOBODY);
    end = attached((struct patience_attached_view){.connections = 1});
    CU_ASSERT(end.at == 110 * S && end.why == PATIENCE_PARTIAL);
    end = attached((struct patience_attached_view){.connections = 1, .complete = true});
    CU_ASSERT(end.at == 18 * S && end.why == PATIENCE_SETTLED);
    /* It has said that it is done, whatever is missing. */
    end = attached((struct patience_attached_view){.told = true});
    CU_ASSERT(end.at == 10 * S + S / 20 && end.why == PATIENCE_SETTLED);
    /* As long as a program may still make it send, it is not done. */
    end = attached((struct patience_attached_view){.told = true, .submitting = true});
    CU_ASSERT(end.at == 110 * S && end.why == PATIENCE_STUCK);
}

/* A name server that gives no address is asked again and again: not for ever. */
static void test_attached_asking(void)
{
    struct patience_attached_view view = {.wire.asking_since = S};
    CU_ASSERT_EQUAL(attached(view).at, 110 * S);
    view.wire.asking_since = -50 * S;
    struct patience_attached_end end = attached(view);
    CU_ASSERT(end.at == 70 * S && end.why == PATIENCE_NOBODY);
    view.connections = 1;
    CU_ASSERT_EQUAL(attached(view).why, PATIENCE_PARTIAL);
}

static void test_attached_stuck(void)
{
    struct patience_attached_view view = {.connections = 1, .complete = true, .wire.open = 1};
    struct patience_attached_end end = attached(view);
    CU_ASSERT(end.at == 10 * S + 6 * S + 5 * S + S / 2 + S && end.why == PATIENCE_STUCK);
    view.wire.owes = true;
    CU_ASSERT_EQUAL(attached(view).at, 10 * S + 5 * S + S / 2 + S);
    view.wire.centre_acts = true;
    CU_ASSERT_EQUAL(attached(view).at, 600 * S);
    view = (struct patience_attached_view){.wire.connecting_since = 11 * S};
    CU_ASSERT_EQUAL(attached(view).at, 11 * S + 5 * S + S / 2 + S);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"no connection", test_no_connection},
        {"a reply that never comes", test_owed},
        {"an idle sender", test_idle},
        {"the centre acts", test_centre_acts},
        {"an unanswered connect", test_connecting},
        {"no case takes longer", test_cap},
        {"connects for ever", test_connects_for_ever},
        {"tries for ever on one connection", test_tries_for_ever},
        {"says NOOP for ever", test_noop_for_ever},
        {"an attached sender", test_attached},
        {"an attached sender that hangs", test_attached_stuck},
        {"a name server that is asked again and again", test_asking},
        {"an attached sender that asks again and again", test_attached_asking},
    };
    return unit_main("patience", tests, sizeof tests / sizeof *tests, argc, argv);
}
