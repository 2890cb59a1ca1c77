/* The look-up by the system's resolver, as far as no name server is asked: /etc/hosts, and names
 * that are none. */
#include "client/lookup.h"

#include "tests/unit/unit.h"

struct asking {
    struct loop *loop;
    unsigned answers;
    struct client_lookup_answer answer;
};

static void answered(void *owner, const struct client_lookup_answer *answer)
{
    struct asking *asking = owner;
    asking->answers++;
    asking->answer = *answer;
}

static struct asking ask(const char *name)
{
    struct problem problem = {""};
    struct asking asking = {.loop = loop_virtual_new(NULL, &problem)};
    struct client_lookup *lookup = client_lookup_system_new(asking.loop);
    CU_ASSERT_PTR_NOT_NULL_FATAL(lookup);
    CU_ASSERT_TRUE(lookup->begin(lookup, name, answered, &asking, &problem));
    CU_ASSERT_EQUAL(asking.answers, 0); /* never from within the call */
    loop_run(asking.loop);
    CU_ASSERT_EQUAL(asking.answers, 1);
    lookup->free(lookup);
    loop_free(asking.loop);
    return asking;
}

static void test_found(void)
{
    struct asking asking = ask("localhost");
    CU_ASSERT_EQUAL_FATAL(asking.answer.status, CLIENT_LOOKUP_FOUND);
    CU_ASSERT(asking.answer.count >= 1 && asking.answer.count <= CLIENT_LOOKUP_ADDRESSES);
    for (size_t i = 0; i < asking.answer.count; i++) {
        const struct endpoint *address = &asking.answer.addresses[i];
        CU_ASSERT(strcmp(address->address, "127.0.0.1") == 0 ||
                  strcmp(address->address, "::1") == 0);
        CU_ASSERT_EQUAL(address->port, 0);
    }
}

static void test_no_name(void)
{
    struct asking asking = ask("no name at all");
    CU_ASSERT_NOT_EQUAL(asking.answer.status, CLIENT_LOOKUP_FOUND);
    CU_ASSERT_EQUAL(asking.answer.count, 0);
    CU_ASSERT_NOT_EQUAL(asking.answer.text[0], '\0');
}

static void test_cancelled(void)
{
    struct problem problem = {""};
    struct asking asking = {.loop = loop_virtual_new(NULL, &problem)};
    struct client_lookup *lookup = client_lookup_system_new(asking.loop);
    lookup->cancel(lookup); /* nothing is due */
    CU_ASSERT_TRUE(lookup->begin(lookup, "localhost", answered, &asking, &problem));
    lookup->cancel(lookup);
    loop_run(asking.loop);
    CU_ASSERT_EQUAL(asking.answers, 0);
    CU_ASSERT_TRUE(lookup->begin(lookup, "localhost", answered, &asking, &problem));
    lookup->free(lookup);
    loop_run(asking.loop);
    CU_ASSERT_EQUAL(asking.answers, 0);
    loop_free(asking.loop);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"found", test_found},
        {"no name", test_no_name},
        {"cancelled", test_cancelled},
    };
    return unit_main("lookup_system", tests, sizeof tests / sizeof *tests, argc, argv);
}
