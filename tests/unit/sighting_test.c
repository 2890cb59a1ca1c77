#include "harness/sighting.h"

#include "tests/unit/unit.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* The centre listens on 127.0.0.1:3306 (0CEA); the sender's sockets are 40000 (9C40) and up. */
#define HEADING "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt\n"
#define LISTEN                                                                                     \
    "   0: 0100007F:0CEA 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 "  \
    "7001 1\n"
#define OWN                                                                                        \
    "   1: 0100007F:0CEA 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 "  \
    "7001 1\n"
#define SYN                                                                                        \
    "   2: 0100007F:9C40 0100007F:0CEA 02 00000001:00000000 01:00000064 00000000     0        0 "  \
    "4711 1\n"
#define UP                                                                                         \
    "   2: 0100007F:9C40 0100007F:0CEA 01 00001000:00000000 01:00000064 00000000     0        0 "  \
    "4711 1\n"
#define FIN                                                                                        \
    "   2: 0100007F:9C40 0100007F:0CEA 04 00001000:00000000 01:00000064 00000000     0        0 "  \
    "4711 1\n"
#define LEFT                                                                                       \
    "   2: 0100007F:9C40 0100007F:0CEA 08 00000000:00000000 00:00000000 00000000     0        0 "  \
    "4711 1\n"
#define OTHER                                                                                      \
    "   3: 0100007F:9C41 0100007F:0CEB 01 00000000:00000000 00:00000000 00000000     0        0 "  \
    "7001 1\n"
#define SIX                                                                                        \
    "   4: 0000000000000000FFFF00000100007F:9C42 0000000000000000FFFF00000100007F:0CEA 01 "        \
    "00000000:00000000 00:00000000 00000000     0        0 4712 1\n"

static void look(struct sighting_log *log, usec now, const char *tcp, const char *tcp6)
{
    sighting_begin(log, now);
    CU_ASSERT(sighting_take(log, tcp));
    CU_ASSERT(sighting_take(log, tcp6));
}

static void test_life(void)
{
    struct sighting_log log = {.centre_port = 3306};
    look(&log, 100, HEADING LISTEN OTHER, HEADING);
    CU_ASSERT_EQUAL(log.count, 0);
    CU_ASSERT_EQUAL(sighting_connecting_since(&log), USEC_NEVER);
    look(&log, 200, HEADING LISTEN SYN OTHER, HEADING);
    look(&log, 300, HEADING LISTEN SYN OTHER, HEADING);
    CU_ASSERT_EQUAL(sighting_connecting_since(&log), 200);
    CU_ASSERT_EQUAL_FATAL(log.count, 1);
    CU_ASSERT(log.at[0].connecting && log.at[0].still);
    CU_ASSERT_EQUAL(log.at[0].began, 200);
    CU_ASSERT_EQUAL(log.at[0].ended, 300);
    look(&log, 400, HEADING LISTEN OWN UP OTHER, HEADING);
    CU_ASSERT_EQUAL(sighting_connecting_since(&log), USEC_NEVER);
    look(&log, 500, HEADING LISTEN OWN FIN OTHER, HEADING);
    /* The connect was answered after all. */
    CU_ASSERT_EQUAL_FATAL(log.count, 1);
    CU_ASSERT(!log.at[0].connecting && !log.at[0].still);
    CU_ASSERT_EQUAL(log.at[0].began, 400);
    CU_ASSERT_EQUAL(log.at[0].ended, 400);
    CU_ASSERT_EQUAL(log.at[0].port, 40000);
    sighting_free(&log);
}

static unsigned asked;

static bool is_4711(unsigned long inode)
{
    asked++;
    return inode == 4711;
}

/* What the centre itself keeps open is not the sender's. */
static void test_ours(void)
{
    struct sighting_log log = {.centre_port = 3306, .is_ours = is_4711};
    asked = 0;
    look(&log, 100, HEADING SYN, HEADING SIX);
    look(&log, 200, HEADING UP, HEADING SIX);
    CU_ASSERT_EQUAL_FATAL(log.count, 1);
    CU_ASSERT_EQUAL(log.at[0].port, 40002);
    CU_ASSERT_EQUAL(asked, 2);
    sighting_free(&log);
}

static void test_own_sockets(void)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct stat status;
    CU_ASSERT_EQUAL_FATAL(fstat(fd, &status), 0);
    CU_ASSERT(sighting_of_this_process(status.st_ino));
    close(fd);
    CU_ASSERT_FALSE(sighting_of_this_process(status.st_ino));
}

static void test_same_port_again(void)
{
    struct sighting_log log = {.centre_port = 3306};
    look(&log, 100, HEADING SYN, HEADING);
    look(&log, 200, HEADING, HEADING);
    look(&log, 300, HEADING SYN, HEADING);
    CU_ASSERT_EQUAL_FATAL(log.count, 2);
    CU_ASSERT_EQUAL(log.at[0].ended, 100);
    CU_ASSERT_EQUAL(log.at[1].began, 300);
    CU_ASSERT(log.at[1].still);
    sighting_free(&log);
}

static void test_answered(void)
{
    struct sighting_log log = {.centre_port = 3306};
    look(&log, 100, HEADING SYN, HEADING);
    sighting_answered(&log, 40001);
    CU_ASSERT_EQUAL(log.count, 1);
    sighting_answered(&log, 40000);
    CU_ASSERT_EQUAL(log.count, 0);
    /* One that was given up before stays what it was. */
    look(&log, 200, HEADING SYN, HEADING);
    look(&log, 300, HEADING, HEADING);
    look(&log, 400, HEADING, HEADING);
    sighting_answered(&log, 40000);
    CU_ASSERT_EQUAL(log.count, 1);
    sighting_free(&log);
}

static void test_mapped(void)
{
    struct sighting_log log = {.centre_port = 3306};
    look(&log, 100, HEADING, HEADING SIX);
    CU_ASSERT_EQUAL_FATAL(log.count, 1);
    CU_ASSERT_EQUAL(log.at[0].port, 40002);
    sighting_free(&log);
}

/* Whatever the table looks like, cut anywhere. */
static void test_cut(void)
{
    static const char whole[] = HEADING LISTEN OWN SYN UP FIN OTHER SIX "\n\n 9: zz:1 q\n";
    char cut[sizeof whole];
    for (size_t count = 0; count < sizeof whole; count++) {
        struct sighting_log log = {.centre_port = 3306};
        memcpy(cut, whole, count);
        cut[count] = '\0';
        look(&log, 1, cut, "");
        CU_ASSERT(log.count <= 3);
        sighting_free(&log);
    }
}

static void test_holds(void)
{
    struct sighting_log log = {.centre_port = 3306, .is_ours = is_4711};
    CU_ASSERT_FALSE(sighting_holds(&log, HEADING LEFT UP OTHER));
    sighting_free(&log);
    log.is_ours = NULL;
    CU_ASSERT(sighting_holds(&log, HEADING LISTEN LEFT));
    CU_ASSERT(sighting_holds(&log, HEADING UP));
    CU_ASSERT(sighting_holds(&log, HEADING SIX));
    CU_ASSERT_FALSE(sighting_holds(&log, HEADING LISTEN OWN SYN FIN OTHER));
    sighting_free(&log);
}

static void test_wanted(void)
{
    struct rule rule = {.action = {.stall = true}};
    struct scenario scenario = {.rules = &rule, .rule_count = 1};
    CU_ASSERT_EQUAL(sighting_wanted(&scenario), 0);
    rule.action = (struct action){.stop_reading = true};
    CU_ASSERT_EQUAL(sighting_wanted(&scenario), SIGHTING_WINDOW);
    rule.action = (struct action){.refuse = SCENARIO_REFUSE_SILENCE};
    CU_ASSERT_EQUAL(sighting_wanted(&scenario), SIGHTING_CONNECT);
    rule.action = (struct action){.refuse = SCENARIO_REFUSE_RST};
    CU_ASSERT_EQUAL(sighting_wanted(&scenario), 0);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"a socket's life", test_life},
        {"our own sockets", test_ours},
        {"which are our own", test_own_sockets},
        {"the same port again", test_same_port_again},
        {"an answer after all", test_answered},
        {"mapped addresses", test_mapped},
        {"cut anywhere", test_cut},
        {"a connection that was not closed", test_holds},
        {"which scenarios", test_wanted},
    };
    return unit_main("sighting", tests, sizeof tests / sizeof *tests, argc, argv);
}
