#include "tests/unit/unit.h"
#include "wire/ehlo.h"

static void test_keywords(void)
{
    static const struct {
        enum ehlo_keyword keyword;
        const char *name;
    } cases[] = {{EHLO_SIZE, "SIZE"},
                 {EHLO_8BITMIME, "8BITMIME"},
                 {EHLO_DSN, "DSN"},
                 {EHLO_PIPELINING, "PIPELINING"},
                 {EHLO_CHUNKING, "CHUNKING"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CU_ASSERT_STRING_EQUAL(ehlo_keyword_name(cases[i].keyword), cases[i].name);
        CU_ASSERT_EQUAL(ehlo_keyword_of(octets_of(cases[i].name)), cases[i].keyword);
    }
    CU_ASSERT_EQUAL(ehlo_keyword_of(OCTETS("8bitMime")), EHLO_8BITMIME);
    CU_ASSERT_EQUAL(ehlo_keyword_of(OCTETS("SIZES")), 0);
    CU_ASSERT_EQUAL(ehlo_keyword_of(OCTETS("SIZ")), 0);
    CU_ASSERT_EQUAL(ehlo_keyword_of(OCTETS("")), 0);
    CU_ASSERT_EQUAL(ehlo_keyword_of((struct octets){NULL, 0}), 0);
    CU_ASSERT_PTR_NULL(ehlo_keyword_name((enum ehlo_keyword)(EHLO_SIZE | EHLO_DSN)));
    CU_ASSERT_PTR_NULL(ehlo_keyword_name((enum ehlo_keyword)0));
}

static void test_take(void)
{
    static const struct {
        const char *line;
        unsigned keywords;
        uint64_t size_limit;
    } cases[] = {
        {"SIZE 700000", EHLO_SIZE, 700000},
        {"size 1", EHLO_SIZE, 1},
        {"SIZE", EHLO_SIZE, 0},
        {"SIZE ", EHLO_SIZE, 0},
        {"SIZE x", EHLO_SIZE, 0},
        {"SIZE -1", EHLO_SIZE, 0},
        {"SIZE 7 8", EHLO_SIZE, 7},
        {"SIZE 18446744073709551615", EHLO_SIZE, UINT64_MAX},
        {"SIZE 18446744073709551616", EHLO_SIZE, UINT64_MAX},
        {"SIZE 99999999999999999999", EHLO_SIZE, UINT64_MAX},
        {"SIZE 100000000000000000000", EHLO_SIZE, 0},
        {"8BITMIME", EHLO_8BITMIME, 0},
        {"8BITMIME x", EHLO_8BITMIME, 0},
        {"dsn", EHLO_DSN, 0},
        {"PIPELINING", EHLO_PIPELINING, 0},
        {"HELP", 0, 0},
        {"SIZE=700000", 0, 0},
        {" SIZE 7", 0, 0},
        {"", 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ehlo_offer offer = {0, 0};
        ehlo_take(&offer, octets_of(cases[i].line));
        CU_ASSERT_EQUAL(offer.keywords, cases[i].keywords);
        CU_ASSERT_EQUAL(offer.size_limit, cases[i].size_limit);
    }
    struct ehlo_offer offer = {0, 0};
    ehlo_take(&offer, OCTETS("SIZE 5"));
    ehlo_take(&offer, OCTETS("DSN"));
    ehlo_take(&offer, OCTETS("X-OTHER"));
    CU_ASSERT_EQUAL(offer.keywords, EHLO_SIZE | EHLO_DSN);
    CU_ASSERT_EQUAL(offer.size_limit, 5);
}

static void test_take_lines(void)
{
    static const struct {
        const char *lines;
        size_t before;
        unsigned keywords;
    } cases[] = {
        {"250-SIZE\r\n250-chunking\r\n250 SIZE 7\r\n", 4, EHLO_CHUNKING | EHLO_SIZE},
        {"250 CHUNKING\r\n", 4, 0}, /* the first line is the centre's name */
        {"250-a\r\n250-DSN x\n250 8BITMIME", 4, EHLO_DSN | EHLO_8BITMIME},
        {"250-a\r\n250 CHUNKINGS\r\n", 4, 0},
        {"250-a\r\n250\r\n250-\r\n\r\n\n25", 4, 0},
        {"a\nCHUNKING\nDSN", 0, EHLO_CHUNKING | EHLO_DSN},
        {"a", 0, 0},
        {"", 4, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ehlo_offer offer = {0, 0};
        ehlo_take_lines(&offer, octets_of(cases[i].lines), cases[i].before);
        CU_ASSERT_EQUAL(offer.keywords, cases[i].keywords);
    }
}

struct parameter_case {
    bool recipient;
    const char *keyword, *value;
    int status; /* of enum ehlo_parameter_status */
};

static void check(const struct ehlo_offer *offer, const struct parameter_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        CU_ASSERT_EQUAL((int)ehlo_parameter(offer, cases[i].recipient, octets_of(cases[i].keyword),
                                            octets_of(cases[i].value)),
                        cases[i].status);
}

static void test_parameters(void)
{
    enum {
        OK = EHLO_PARAMETER_OK,
        UNKNOWN = EHLO_PARAMETER_UNKNOWN,
        SYNTAX = EHLO_PARAMETER_SYNTAX,
        TOO_LARGE = EHLO_PARAMETER_TOO_LARGE
    };
    static const struct parameter_case cases[] = {
        {false, "SIZE", "700000", OK},
        {false, "size", "0", OK},
        {false, "SIZE", "700001", TOO_LARGE},
        {false, "SIZE", "18446744073709551616", TOO_LARGE},
        {false, "SIZE", "", SYNTAX},
        {false, "SIZE", "7x", SYNTAX},
        {false, "SIZE", "+7", SYNTAX},
        {false, "SIZE", "000000000000000000001", SYNTAX},
        {true, "SIZE", "7", UNKNOWN},
        {false, "BODY", "7BIT", OK},
        {false, "Body", "8bitMIME", OK},
        {false, "BODY", "BINARYMIME", SYNTAX},
        {false, "BODY", "", SYNTAX},
        {true, "BODY", "7BIT", UNKNOWN},
        {false, "RET", "FULL", OK},
        {false, "RET", "hdrs", OK},
        {false, "RET", "NONE", SYNTAX},
        {true, "RET", "FULL", UNKNOWN},
        {false, "ENVID", "QQ314159", OK},
        {false, "ENVID", "a+3Db", OK},
        {false, "ENVID", "", SYNTAX},
        {false, "ENVID", "a=b", SYNTAX},
        {false, "ENVID", "a+3db", SYNTAX},
        {false, "ENVID", "+09+AF+5A~!", OK},
        {false, "ENVID", "a+3G", SYNTAX},
        {false, "ENVID", "a+:3", SYNTAX},
        {false, "ENVID", "a+/@", SYNTAX},
        {false, "ENVID", "a\x7f", SYNTAX},
        {false, "ENVID", "a+3", SYNTAX},
        {false, "ENVID", "a+", SYNTAX},
        {false, "ENVID", "a b", SYNTAX},
        {false, "ENVID", "\xa4\xa2", SYNTAX},
        {true, "NOTIFY", "NEVER", OK},
        {true, "NOTIFY", "success,FAILURE,delay", OK},
        {true, "NOTIFY", "DELAY", OK},
        {true, "NOTIFY", "NEVER,DELAY", SYNTAX},
        {true, "NOTIFY", "DELAY,", SYNTAX},
        {true, "NOTIFY", ",DELAY", SYNTAX},
        {true, "NOTIFY", "", SYNTAX},
        {true, "NOTIFY", "ALWAYS", SYNTAX},
        {false, "NOTIFY", "NEVER", UNKNOWN},
        {true, "ORCPT", "rfc822;user@example", OK},
        {true, "ORCPT", "rfc822;a+2Bb;c", OK},
        {true, "ORCPT", "rfc822;", SYNTAX},
        {true, "ORCPT", ";user", SYNTAX},
        {true, "ORCPT", "rfc+2B;user", SYNTAX},
        {true, "ORCPT", "user@example", SYNTAX},
        {true, "ORCPT", "", SYNTAX},
        {false, "AUTH", "<>", UNKNOWN},
        {false, "", "", UNKNOWN},
    };
    const struct ehlo_offer all = {EHLO_SIZE | EHLO_8BITMIME | EHLO_DSN | EHLO_PIPELINING, 700000};
    check(&all, cases, sizeof cases / sizeof *cases);
}

/* Without its keyword a parameter is unknown, well formed or not. */
static void test_only_what_was_offered(void)
{
    static const struct {
        enum ehlo_keyword needed;
        struct parameter_case parameter;
    } cases[] = {
        {EHLO_SIZE, {false, "SIZE", "1", EHLO_PARAMETER_OK}},
        {EHLO_SIZE, {false, "SIZE", "x", EHLO_PARAMETER_SYNTAX}},
        {EHLO_8BITMIME, {false, "BODY", "7BIT", EHLO_PARAMETER_OK}},
        {EHLO_DSN, {false, "RET", "FULL", EHLO_PARAMETER_OK}},
        {EHLO_DSN, {false, "ENVID", "x", EHLO_PARAMETER_OK}},
        {EHLO_DSN, {true, "NOTIFY", "NEVER", EHLO_PARAMETER_OK}},
        {EHLO_DSN, {true, "ORCPT", "rfc822;x", EHLO_PARAMETER_OK}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (unsigned keywords = 0; keywords < 16; keywords++) {
            const struct ehlo_offer offer = {keywords, 0};
            struct parameter_case expected = cases[i].parameter;
            if (!(keywords & cases[i].needed))
                expected.status = EHLO_PARAMETER_UNKNOWN;
            check(&offer, &expected, 1);
        }
    }
}

static void test_no_size_limit(void)
{
    const struct ehlo_offer offer = {EHLO_SIZE, 0};
    static const struct parameter_case cases[] = {
        {false, "SIZE", "99999999999999999999", EHLO_PARAMETER_OK},
        {false, "SIZE", "1", EHLO_PARAMETER_OK},
    };
    check(&offer, cases, 2);
}

static void test_value_lengths(void)
{
    static const struct {
        bool recipient;
        const char *keyword, *begin;
        size_t longest;
    } cases[] = {{false, "ENVID", "", 100}, {true, "ORCPT", "rfc822;", 500}};
    const struct ehlo_offer offer = {EHLO_DSN, 0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t count = cases[i].longest; count < cases[i].longest + 2; count++) {
            char value[512] = "";
            memset(value, 'x', count);
            memcpy(value, cases[i].begin, strlen(cases[i].begin));
            CU_ASSERT_EQUAL(ehlo_parameter(&offer, cases[i].recipient, octets_of(cases[i].keyword),
                                           octets_of(value)),
                            count > cases[i].longest ? EHLO_PARAMETER_SYNTAX : EHLO_PARAMETER_OK);
        }
    }
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"keywords", test_keywords},
        {"take", test_take},
        {"take lines", test_take_lines},
        {"parameters", test_parameters},
        {"only what was offered", test_only_what_was_offered},
        {"no size limit", test_no_size_limit},
        {"value lengths", test_value_lengths},
    };
    return unit_main("ehlo", tests, sizeof tests / sizeof *tests, argc, argv);
}
