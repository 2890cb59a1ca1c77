#include "tests/unit/unit.h"
#include "wire/endpoint.h"

#include <string.h>

static void test_forms(void)
{
    static const struct {
        const char *text, *address;
        unsigned port;
    } cases[] = {
        {"127.0.0.1:25", "127.0.0.1", 25},
        {"127.0.0.1", "127.0.0.1", 2525},
        {"[::1]:25", "::1", 25},
        {"[::1]", "::1", 2525},
        {"::1", "::1", 2525},
        {"::", "::", 2525},
        {"0:0:0:0:0:0:0:1", "::1", 2525},
        {"[2001:DB8::1]:65535", "2001:db8::1", 65535},
        {"[::ffff:10.0.0.1]:1", "::ffff:10.0.0.1", 1},
        {"::ffff:10.0.0.1", "::ffff:10.0.0.1", 2525},
        {":2525", "192.0.2.1", 2525},
        {":0", "192.0.2.1", 0},
        {"25", "192.0.2.1", 25},
        {"00025", "192.0.2.1", 25},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct endpoint endpoint = {"192.0.2.1", 2525};
        CU_ASSERT_TRUE(endpoint_parse(cases[i].text, &endpoint));
        CU_ASSERT_STRING_EQUAL(endpoint.address, cases[i].address);
        CU_ASSERT_EQUAL(endpoint.port, cases[i].port);
    }
}

static void test_refused(void)
{
    static const char *const texts[] = {
        "",
        ":",
        "localhost",
        "localhost:25",
        "127.0.0.1:",
        "127.0.0.1:65536",
        "65536",
        "999999",
        "-1",
        "+1",
        " 25",
        "25 ",
        "0x19",
        "127.0.0.1:a",
        "127.0.0.1:-1",
        "127.0.0:25",
        "127.0.0.256",
        "1.2.3.4.5",
        "[::1",
        "::1]",
        "[::1]25",
        "[::1]:",
        "[]:25",
        "[]",
        "[",
        "]",
        "[:25",
        "[::1]:65536",
        "[::1]]:25",
        "::1::2",
        ":::",
        ":25:",
        "g::1",
        "[localhost]:1",
        "127.0.0.1:25:1",
        "fe80::1%lo",
        "127.0.0.1 :25",
        "mail.example:25",
        "000025",
        "0000000000000000000000000000000000000000000000000000000000000000000000000000000000.1",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct endpoint endpoint = {"192.0.2.1", 2525};
        CU_ASSERT_FALSE(endpoint_parse(texts[i], &endpoint));
        CU_ASSERT_STRING_EQUAL(endpoint.address, "192.0.2.1");
        CU_ASSERT_EQUAL(endpoint.port, 2525);
    }
}

/* Addresses too long to be one, about the size of the room for it. */
static void test_long_addresses(void)
{
    for (size_t count = ENDPOINT_ADDRESS_SIZE - 2; count < ENDPOINT_ADDRESS_SIZE + 3; count++) {
        char text[ENDPOINT_ADDRESS_SIZE + 4];
        struct endpoint endpoint = {"192.0.2.1", 2525};
        memset(text, '1', count);
        text[1] = '.';
        text[count] = '\0';
        CU_ASSERT_FALSE(endpoint_parse(text, &endpoint));
        text[1] = text[2] = ':';
        CU_ASSERT_FALSE(endpoint_parse(text, &endpoint));
        CU_ASSERT_STRING_EQUAL(endpoint.address, "192.0.2.1");
    }
}

static void test_format(void)
{
    char text[ENDPOINT_TEXT_SIZE];
    struct endpoint endpoint = {"127.0.0.1", 25};
    CU_ASSERT_STRING_EQUAL(endpoint_format(&endpoint, text), "127.0.0.1:25");
    endpoint = (struct endpoint){"::1", 0};
    CU_ASSERT_STRING_EQUAL(endpoint_format(&endpoint, text), "[::1]:0");
    memset(endpoint.address, ':', sizeof endpoint.address - 1);
    endpoint.address[sizeof endpoint.address - 1] = '\0';
    endpoint.port = 65535;
    CU_ASSERT_EQUAL(strlen(endpoint_format(&endpoint, text)), ENDPOINT_ADDRESS_SIZE - 1 + 8);
}

static void test_there_and_back(void)
{
    static const char *const texts[] = {"127.0.0.1:25", "[::1]:2525", "[2001:db8::5]:0"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct endpoint endpoint = {"", 0};
        char text[ENDPOINT_TEXT_SIZE];
        CU_ASSERT_TRUE(endpoint_parse(texts[i], &endpoint));
        CU_ASSERT_STRING_EQUAL(endpoint_format(&endpoint, text), texts[i]);
    }
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"forms", test_forms},
        {"refused", test_refused},
        {"long addresses", test_long_addresses},
        {"format", test_format},
        {"there and back", test_there_and_back},
    };
    return unit_main("endpoint", tests, sizeof tests / sizeof *tests, argc, argv);
}
