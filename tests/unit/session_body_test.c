#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/unit/scripted.h"
#include "tests/unit/unit.h"

#define GIVES(...) CU_ASSERT_TRUE(scripted_gives(__VA_ARGS__))

#define BEGIN            "open\n> HELO a\n> MAIL FROM:<a@b>\n> RCPT TO:<NACCS@MAIL.PROD.NACCS6>\n> DATA\n"
#define RULES(rules)     "{\"version\":1,\"rules\":[" rules "]}"
#define CENTRE(settings) "{\"version\":1,\"centre\":{" settings "}}"

/* What passes after the 354. */
static bool tells(const char *scenario, const char *script, const char *part)
{
    struct scripted_result result;
    scripted_play(&(struct scripted){.scenario = scenario, .script = script}, &result);
    const char *after = strstr(result.events, ": 354");
    const char *events = after ? strchr(after, '\n') + 1 : result.events;
    bool told = strncmp(events, part, strlen(part)) == 0;
    if (!told)
        fprintf(stderr, "\nexpected:\n%s\nin:\n%s\n", part, events);
    scripted_free(&result);
    return told;
}

/* A spool in a folder of its own. */
struct place {
    char folder[64];
    struct spool *spool;
};

static void place_make(struct place *place)
{
    strcpy(place->folder, "/tmp/body-test-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(place->folder));
    place->spool = spool_open(place->folder, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(place->spool);
}

/* Removes the files in a folder of the spool; returns how many there were, and reads one of them.
 */
static size_t folder_empty(const struct place *place, const char *name, uint8_t *octets,
                           size_t room, size_t *count)
{
    char path[128];
    size_t files = 0;
    snprintf(path, sizeof path, "%s/%s", place->folder, name);
    DIR *folder = opendir(path);
    CU_ASSERT_PTR_NOT_NULL_FATAL(folder);
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (entry->d_name[0] == '.')
            continue;
        files++;
        int file = openat(dirfd(folder), entry->d_name, O_RDONLY);
        ssize_t taken = read(file, octets, room);
        *count = taken > 0 ? (size_t)taken : 0;
        close(file);
        unlinkat(dirfd(folder), entry->d_name, 0);
    }
    closedir(folder);
    return files;
}

static void place_remove(struct place *place)
{
    static const char *const names[] = {"tmp", "new", "cur"};
    uint8_t octets[1];
    size_t count;
    spool_close(place->spool);
    for (size_t i = 0; i < 3; i++) {
        folder_empty(place, names[i], octets, sizeof octets, &count);
        char path[128];
        snprintf(path, sizeof path, "%s/%s", place->folder, names[i]);
        rmdir(path);
    }
    rmdir(place->folder);
}

/* The script's message lies in the spool as `content`, in whatever segments it comes. */
static void spools(const char *message, struct octets content)
{
    char script[1024];
    snprintf(script, sizeof script, BEGIN ">> %s\n> QUIT\nclose\n", message);
    for (size_t limit = 0; limit < 30; limit++) {
        struct place place;
        place_make(&place);
        struct scripted_result result;
        scripted_play(
            &(struct scripted){.script = script, .segment_limit = limit, .spool = place.spool},
            &result);
        uint8_t octets[512];
        size_t count = 0;
        CU_ASSERT_EQUAL(folder_empty(&place, "new", octets, sizeof octets, &count), 1);
        CU_ASSERT_TRUE(octets_equal((struct octets){octets, count}, content));
        CU_ASSERT_STRING_EQUAL(result.codes, "220 250 250 250 354 250 221");
        CU_ASSERT_PTR_NOT_NULL(strstr(result.events, "stored end-of-data m1: 17672256"));
        scripted_free(&result);
        place_remove(&place);
    }
}

static void test_spooled_as_it_was_meant(void)
{
    spools(".\\r\\n", OCTETS(""));
    spools("A: b\\r\\n\\r\\n..\\r\\n...\\r\\n..x\\r\\n.y\\r\\n.\\r\\n",
           OCTETS("A: b\r\n\r\n.\r\n..\r\n.x\r\ny\r\n"));
    spools("\\xa4\\xa2\\t \\r\\n\\x00\\n.\\n\\r.\\r\\r\\n.\\r\\n",
           OCTETS("\xa4\xa2\t \r\n\0\n.\n\r.\r\r\n"));
    spools(".\\rx\\r\\n.\\r\\r\\n.\\r\\n", OCTETS("\rx\r\n\r\r\n"));
}

static void test_nothing_is_spooled_without_its_end(void)
{
    static const char *const scripts[] = {BEGIN "> x\nclose\n", BEGIN "> x\nrst\n",
                                          BEGIN "> x\n.\n>> .\\n"};
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        struct place place;
        place_make(&place);
        struct scripted_result result;
        scripted_play(&(struct scripted){.script = i == 2 ? BEGIN "> x\n>> .\\n\n" : scripts[i],
                                         .spool = place.spool},
                      &result);
        uint8_t octets[16];
        size_t count;
        CU_ASSERT_EQUAL(folder_empty(&place, "new", octets, sizeof octets, &count), 0);
        CU_ASSERT_EQUAL(folder_empty(&place, "tmp", octets, sizeof octets, &count), 0);
        CU_ASSERT_EQUAL(result.stored, 0);
        scripted_free(&result);
        place_remove(&place);
    }
}

static void test_no_room(void)
{
    struct place place;
    place_make(&place);
    struct rlimit before, none;
    CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_FSIZE, &before), 0);
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    none = before;
    none.rlim_cur = 0;
    CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_FSIZE, &none), 0);
    static const char *const scenarios[] = {
        NULL, RULES("{\"at\":\"end-of-data\",\"reply\":\"250 sure\"}"),
        RULES("{\"at\":\"end-of-data\",\"reply\":\"250 sure\",\"close\":\"fin\"}")};
    for (size_t i = 0; i < 3; i++) {
        struct scripted_result result;
        scripted_play(&(struct scripted){.scenario = scenarios[i],
                                         .script = BEGIN "> x\n> .\nclose\n",
                                         .spool = place.spool},
                      &result);
        CU_ASSERT_STRING_EQUAL(result.codes, "220 250 250 250 354 452");
        CU_ASSERT_PTR_NOT_NULL(strstr(result.events, "m1: message could not be kept\n"));
        CU_ASSERT_EQUAL(result.stored, 0);
        scripted_free(&result);
    }
    CU_ASSERT_EQUAL(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, handler);
    place_remove(&place);
}

static void test_limits(void)
{
    /* Octets of the header and its empty line are counted apart. */
    static const char header[] = CENTRE("\"header_limit\":8,\"message_limit\":4");
    GIVES(&(struct scripted){.scenario = header,
                             .script = BEGIN "> A: b\\r\\n\n> xy\n> .\n> QUIT\nclose\n"},
          "220 250 250 250 354 250 221", NULL);
    GIVES(&(struct scripted){.scenario = header,
                             .script = BEGIN "> A: b\\r\\n\n> xyz\n> .\n> QUIT\nclose\n"},
          "220 250 250 250 354 552 221", NULL);
    GIVES(&(struct scripted){.scenario = header,
                             .script = BEGIN "> A: bc\\r\\n\n> xy\n> .\n> QUIT\nclose\n"},
          "220 250 250 250 354 552 221", NULL);
    /* What was dropped can't be granted by a rule. */
    GIVES(&(struct scripted){.scenario =
                                 "{\"version\":1,\"centre\":{\"message_limit\":4},"
                                 "\"rules\":[{\"at\":\"end-of-data\",\"reply\":\"250 yes\"}]}",
                             .script = BEGIN "> \n> 12345\n> .\n> QUIT\nclose\n"},
          "220 250 250 250 354 552 221", NULL);
}

static void test_line_limit(void)
{
    /* The CRLF counts, the stuffed dot does not. */
    for (int length = 60; length < 70; length++) {
        char script[512];
        snprintf(script, sizeof script, BEGIN "> .%0*d\n> .\n> QUIT\nclose\n", length - 2, 0);
        GIVES(&(struct scripted){.scenario = CENTRE("\"line_limit\":64"), .script = script},
              length <= 64 ? "220 250 250 250 354 250 221" : "220 250 250 250 354 500 221", NULL);
    }
}

static void test_bare_octets(void)
{
    CU_ASSERT_TRUE(tells(NULL, BEGIN ">> a\\rb\\n.\\x00\\r\\n.\\r\\n\n> QUIT\nclose\n",
                         "5.000 1: received body m1 body: a\\rb\\n.\\x00\\r\\n.\\r\\n\n"
                         "5.000 1: flaw body m1: bare CR in the message\n"
                         "5.000 1: flaw body m1: bare LF in the message\n"
                         "5.000 1: flaw body m1: NUL in the message\n"
                         "5.000 1: stored end-of-data m1\n"
                         "5.000 1: sent end-of-data m1: 250 accepted\\r\\n\n"));
    GIVES(&(struct scripted){.scenario = CENTRE("\"bare\":\"refuse\""),
                             .script = BEGIN ">> a\\nb\\r\\n.\\r\\n\n> MAIL FROM:<a@b>\nclose\n"},
          "220 250 250 250 354 554 250", NULL);
}

static void test_rule_behind_octets(void)
{
    static const char rules[] =
        RULES("{\"at\":\"body\",\"after\":{\"octets\":7},\"delay\":\"2s\"}");
    /* Content is counted, not dots; the octets that came with it wait. */
    CU_ASSERT_TRUE(
        tells(rules, BEGIN "> ..a\n> ..b\n> .\n> QUIT\nclose\n",
              "5.000 1: received body m1 body: ..a\\r\\n\n"
              "6.000 1: received body m1 body: ..b\\r\\n\n"
              "7.000 1: received body m1 body: .\\r\\n\n"
              "8.000 1: received body m1 body: QUIT\\r\\n\n"
              "9.000 1: sender-fin body m1\n"
              "2006.000 1: stored end-of-data m1\n"
              "2006.000 1: sent QUIT: 250 accepted\\r\\n221 MAIL.PROD.NACCS6 closing\\r\\n\n"));
}

/* Where a rule acts does not depend on the segments: the message is cut off at the same octet. */
static void test_rule_at_every_octet(void)
{
    static const char content[] = "ab\r\n.c\r\n\rd\r\n\r\n";
    for (size_t at = 0; at <= sizeof content - 1; at++) {
        char rules[256];
        snprintf(rules, sizeof rules,
                 RULES("{\"at\":\"body\",\"after\":{\"octets\":%zu},\"reply\":\"421 bye\"}"), at);
        for (size_t limit = 0; limit < 12; limit++) {
            struct scripted_result result;
            scripted_play(&(struct scripted){.scenario = rules,
                                             .segment_limit = limit,
                                             .latency = 10,
                                             .script = BEGIN ">> ab\\r\\n..c\\r\\n.\\rd\\r\\n\\r\\n"
                                                             ".\\r\\n\n> QUIT\nclose\n"},
                          &result);
            CU_ASSERT_STRING_EQUAL(result.codes, "220 250 250 250 354 421 250 221");
            CU_ASSERT_EQUAL(result.stored, 1);
            scripted_free(&result);
        }
    }
}

static void test_rule_behind_lines(void)
{
    CU_ASSERT_TRUE(tells(RULES("{\"at\":\"body\",\"after\":{\"lines\":2},\"close\":\"rst\"}"),
                         BEGIN "> a\n>> b\\r\n>> \\nc\\r\\n\n",
                         "5.000 1: received body m1 body: a\\r\\n\n"
                         "6.000 1: received body m1 body: b\\r\n"
                         "7.000 1: received body m1 body: \\nc\\r\\n\n"
                         "7.000 1: centre-rst body r1 m1\n"
                         "7.000 1: closed body m1\n"));
    CU_ASSERT_TRUE(tells(RULES("{\"at\":\"body\",\"after\":{\"lines\":0},\"close\":\"fin\"}"),
                         BEGIN "> a\n",
                         "4.000 1: centre-fin body r1 m1\n"
                         "5.000 1: received body m1 body: a\\r\\n\n"
                         "1004.000 1: closed body m1\n"));
}

static void test_stalled_in_the_message(void)
{
    CU_ASSERT_TRUE(tells(RULES("{\"at\":\"body\",\"after\":{\"octets\":1},\"stall\":true}"),
                         BEGIN "> ab\n> .\n+200000\nclose\n",
                         "5.000 1: received body m1 body: ab\\r\\n\n"
                         "5.000 1: stalled body r1 m1\n"
                         "6.000 1: received body m1 body: .\\r\\n\n"
                         "200007.000 1: sender-fin body m1\n"
                         "200007.000 1: centre-fin body m1\n"
                         "200007.000 1: closed body m1\n"));
}

static void test_window_closed_in_the_message(void)
{
    CU_ASSERT_TRUE(tells(
        RULES("{\"at\":\"body\",\"after\":{\"octets\":4},\"stop_reading\":{\"for\":\"200s\"}}"),
        BEGIN "> abc\n> def\n> .\n",
        "5.000 1: received body m1 body: abc\\r\\n\n"
        "5.000 1: paused body r1 m1\n"
        "200005.000 1: resumed body r1 m1\n"
        "200005.000 1: received body m1 body: def\\r\\n\n"
        "200005.000 1: received body m1 body: .\\r\\n\n"
        "200005.000 1: stored end-of-data m1\n"
        "200005.000 1: sent end-of-data m1: 250 accepted\\r\\n\n"));
    CU_ASSERT_TRUE(tells(RULES("{\"at\":\"body\",\"after\":{\"octets\":4},\"stop_reading\":true}"),
                         BEGIN "> abc\n> def\n+1000000\nrst\n",
                         "5.000 1: received body m1 body: abc\\r\\n\n"
                         "5.000 1: paused body r1 m1\n"));
}

static void test_several_rules_in_one_message(void)
{
    CU_ASSERT_TRUE(tells(RULES("{\"at\":\"body\",\"after\":{\"lines\":1},\"delay\":\"1s\"},"
                               "{\"at\":\"body\",\"after\":{\"octets\":4},\"reply\":\"452 full\"},"
                               "{\"at\":\"end-of-data\",\"message\":1,\"reply\":\"554 no\"}"),
                         BEGIN "> a\n> b\n> .\n"
                               "+3000\n> MAIL FROM:<a@b>\n"
                               "> RCPT TO:<NACCS@MAIL.PROD.NACCS6>\n> DATA\n> x\n> .\n",
                         "5.000 1: received body m1 body: a\\r\\n\n"
                         "6.000 1: received body m1 body: b\\r\\n\n"
                         "7.000 1: received body m1 body: .\\r\\n\n"
                         "1005.000 1: sent body r2 m1: 452 full\\r\\n\n"
                         "1005.000 1: sent end-of-data r3 m1: 554 no\\r\\n\n"
                         "3008.000 1: received MAIL m2: MAIL FROM:<a@b>\\r\\n\n"));
}

static void test_password_is_told(void)
{
    char script[2048] = BEGIN ">> A: b\\r\\n\\r\\n";
    for (int i = 0; i < 398; i++)
        strcat(script, i >= 37 && i < 45 ? "P" : "a");
    strcat(script, "\\r\\n.\\r\\n\n");
    for (size_t limit = 0; limit < 500; limit += 37) {
        struct scripted_result result;
        scripted_play(&(struct scripted){.script = script, .segment_limit = limit}, &result);
        CU_ASSERT_PTR_NULL(strchr(strstr(result.events, ": 354") + 30, 'P'));
        size_t stars = 0;
        for (const char *at = result.events; *at; at++)
            stars += *at == '*';
        CU_ASSERT_EQUAL(stars, 8);
        scripted_free(&result);
    }
    /* The same where the sender does not wait for the 354, and two messages come in one segment. */
    char *twice = malloc(2 * sizeof script);
    CU_ASSERT_PTR_NOT_NULL_FATAL(twice);
    strcpy(twice, "open\n>> HELO a\\r\\n");
    for (int i = 0; i < 2; i++) {
        strcat(twice, "MAIL FROM:<a@b>\\r\\nRCPT TO:<x@y>\\r\\nDATA\\r\\n");
        strcat(twice, script + strlen(BEGIN) + 3);
        twice[strlen(twice) - 1] = '\0';
    }
    struct scripted_result result;
    scripted_play(&(struct scripted){.script = twice}, &result);
    size_t stars = 0;
    for (const char *at = result.events; *at; at++)
        stars += *at == '*';
    CU_ASSERT_EQUAL(stars, 16);
    CU_ASSERT_PTR_NULL(strstr(result.events, "PP"));
    scripted_free(&result);
    free(twice);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"spooled as it was meant", test_spooled_as_it_was_meant},
        {"nothing is spooled without its end", test_nothing_is_spooled_without_its_end},
        {"no room", test_no_room},
        {"limits", test_limits},
        {"line limit", test_line_limit},
        {"bare octets", test_bare_octets},
        {"rule behind octets", test_rule_behind_octets},
        {"rule at every octet", test_rule_at_every_octet},
        {"rule behind lines", test_rule_behind_lines},
        {"stalled in the message", test_stalled_in_the_message},
        {"window closed in the message", test_window_closed_in_the_message},
        {"several rules in one message", test_several_rules_in_one_message},
        {"password is told", test_password_is_told},
    };
    return unit_main("session_body", tests, sizeof tests / sizeof *tests, argc, argv);
}
