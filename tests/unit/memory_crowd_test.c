#include "tests/unit/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/keeping.h"
#include "tests/unit/talk.h"
#include "tests/unit/unit.h"

/* Peers that want the centre's memory, in virtual time: they get what the limits say and no more,
 * it comes back, and others are served meanwhile. */

#define ENVELOPE "MAIL FROM:<a@b>", "RCPT TO:<NACCS@MAIL.PROD.NACCS6>", "DATA"

enum {
    PEOPLE = 50000,
    PIECE = 32 * 1024,
    ROOM = 2 * 1024 * 1024, /* for one connection, the sender's end included */
};

static const char *const one_message[] = {"HELO other.example", ENVELOPE, ".", "QUIT", NULL};

struct setting {
    struct keeping keeping;
    struct scenario *scenario;
    struct talk_message message;
};

static void begin(struct setting *setting)
{
    struct problem problem = {""};
    *setting = (struct setting){
        .scenario = scenario_new(NULL),
        .message = {OCTETS("A: b\r\n\r\nx\r\n"), OCTETS("A: b\r\n\r\nx\r\n.\r\n")}};
    CU_ASSERT_PTR_NOT_NULL_FATAL(setting->scenario);
    keeping_make(&setting->keeping);
    CU_ASSERT_TRUE_FATAL(keeping_open(&setting->keeping, setting->scenario, &problem));
    /* What passes is no small thing here: the centre alone, without a journal. */
    centre_close(setting->keeping.centre);
    const struct centre_options options = {.listen = {.address = "127.0.0.1", .port = 2525},
                                           .scenario = setting->scenario,
                                           .clock = {.pace = 1, .sender_limit = USEC_PER_SEC},
                                           .seed = 1,
                                           .spool = setting->keeping.spool};
    setting->keeping.centre = centre_open(setting->keeping.loop, &options, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(setting->keeping.centre);
}

static void end(struct setting *setting)
{
    keeping_close(&setting->keeping);
    scenario_free(setting->scenario);
    keeping_remove(&setting->keeping);
}

static struct conn *connect_to(struct setting *setting, const struct conn_handler *handler,
                               void *owner)
{
    const struct endpoint *centre = centre_endpoint(setting->keeping.centre);
    struct conn *conn = conn_connect(setting->keeping.loop, centre, handler, owner, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(conn);
    return conn;
}

/* Somebody else, with one message. */
static void check_serves(struct setting *setting)
{
    struct talk talk = {.lines = one_message, .messages = &setting->message};
    CU_ASSERT_TRUE_FATAL(
        talk_begin(&talk, setting->keeping.loop, centre_endpoint(setting->keeping.centre)));
    loop_run(setting->keeping.loop);
    CU_ASSERT_TRUE(talk.acknowledged[0]);
    CU_ASSERT_EQUAL(keeping_copies(&setting->keeping, setting->message.content), 1);
    keeping_empty(&setting->keeping);
}

/* --- fifty thousand --- */

/* How one of them leaves, by its number. */
enum leaving { WITH_RST, WITH_FIN, IN_A_COMMAND, IN_THE_MESSAGE, NEVER, LEAVINGS };

struct person {
    enum leaving leaving;
    unsigned replies;
};

static void person_opened(void *owner, struct conn *conn)
{
    (void)owner, (void)conn;
}

static void person_received(void *owner, struct conn *conn, struct octets octets)
{
    static const char *const all[] = {"HELO a\r\n", "MAIL FROM:<a@b>\r\n",
                                      "RCPT TO:<NACCS@MAIL.PROD.NACCS6>\r\n", "DATA\r\n",
                                      "half a mess"};
    struct person *person = owner;
    (void)octets;
    switch (person->leaving) {
    case WITH_RST:
        conn_close(conn, CONN_CLOSE_RESET);
        break;
    case WITH_FIN:
        conn_close(conn, CONN_CLOSE_FIN);
        break;
    case IN_A_COMMAND:
        conn_send(conn, OCTETS("MAIL FR"));
        conn_close(conn, CONN_CLOSE_FIN);
        break;
    case IN_THE_MESSAGE:
        conn_send(conn, octets_of(all[person->replies++]));
        if (person->replies == 5)
            conn_close(conn, CONN_CLOSE_RESET);
        break;
    case NEVER:
    case LEAVINGS:
        break; /* until the centre has enough of it */
    }
}

static void person_ended(void *owner, struct conn *conn, enum conn_end end)
{
    (void)owner;
    conn_close(conn, end == CONN_END_FIN ? CONN_CLOSE_FIN : CONN_CLOSE_RESET);
}

static void come_and_go(struct setting *setting, struct person *people)
{
    static const struct conn_handler handler = {
        .opened = person_opened, .received = person_received, .ended = person_ended};
    for (size_t i = 0; i < PEOPLE; i++) {
        people[i] = (struct person){.leaving = (enum leaving)(i % LEAVINGS)};
        connect_to(setting, &handler, &people[i]);
    }
    loop_run(setting->keeping.loop);
}

static void test_fifty_thousand(void)
{
    struct setting setting;
    struct memory_held before, once, twice;
    struct person *people = calloc(PEOPLE, sizeof *people);
    CU_ASSERT_PTR_NOT_NULL_FATAL(people);
    before = memory_held();
    begin(&setting);
    come_and_go(&setting, people);
    once = memory_held();
    come_and_go(&setting, people);
    twice = memory_held();
    struct centre_numbers numbers = centre_numbers(setting.keeping.centre);
    CU_ASSERT_EQUAL(numbers.connections, 2 * PEOPLE);
    CU_ASSERT_EQUAL(numbers.open, 0);
    CU_ASSERT_EQUAL(numbers.stored, 0);
    CU_ASSERT_EQUAL(keeping_files(&setting.keeping, "tmp"), 0);
    /* What the virtual network keeps for those who come next does not grow. */
    CU_ASSERT_EQUAL(twice.blocks, once.blocks);
    CU_ASSERT_EQUAL(twice.octets, once.octets);
    check_serves(&setting);
    end(&setting);
    CU_ASSERT_EQUAL(memory_held().blocks, before.blocks);
    free(people);
}

/* --- a flood --- */

/* One who sends without end, as much as the network takes. */
struct flood {
    struct conn *conn;
    const char *first; /* what is sent before */
    const uint8_t *piece;
    uint64_t left;
    bool ended;
};

static void flood_on(struct flood *flood)
{
    while (flood->left > 0) {
        size_t wanted = flood->left < PIECE ? (size_t)flood->left : PIECE;
        struct iovec slice = {(void *)(uintptr_t)flood->piece, wanted};
        size_t taken = conn_offer(flood->conn, &slice, 1);
        flood->left -= taken;
        if (taken < wanted)
            return;
    }
}

static void flood_opened(void *owner, struct conn *conn)
{
    struct flood *flood = owner;
    conn_send(conn, octets_of(flood->first));
    conn_flush(conn);
    flood_on(flood);
}

static void flood_received(void *owner, struct conn *conn, struct octets octets)
{
    (void)owner, (void)conn, (void)octets;
}

static void flood_drained(void *owner, struct conn *conn)
{
    (void)conn;
    flood_on(owner);
}

static void flood_ended(void *owner, struct conn *conn, enum conn_end end)
{
    struct flood *flood = owner;
    flood->ended = true;
    flood->conn = NULL;
    conn_close(conn, end == CONN_END_FIN ? CONN_CLOSE_FIN : CONN_CLOSE_RESET);
}

static void flood_begin(struct setting *setting, struct flood *flood)
{
    static const struct conn_handler handler = {.opened = flood_opened,
                                                .received = flood_received,
                                                .ended = flood_ended,
                                                .drained = flood_drained};
    flood->conn = connect_to(setting, &handler, flood);
}

static void half_a_gigabyte(const char *first)
{
    static uint8_t piece[PIECE];
    struct setting setting;
    begin(&setting);
    memset(piece, 'x', sizeof piece);
    size_t before = memory_held().octets;
    struct flood flood = {.first = first, .piece = piece, .left = 512 * 1024 * 1024};
    memory_most();
    flood_begin(&setting, &flood);
    loop_run(setting.keeping.loop);
    CU_ASSERT_EQUAL(flood.left, 0);
    CU_ASSERT(memory_most() - before < ROOM);
    CU_ASSERT_EQUAL(keeping_files(&setting.keeping, "new"), 0);
    CU_ASSERT_EQUAL(keeping_files(&setting.keeping, "tmp"), 0);
    check_serves(&setting);
    end(&setting);
}

static void test_half_a_gigabyte(void)
{
    half_a_gigabyte("");
    half_a_gigabyte("HELO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<NACCS@MAIL.PROD.NACCS6>\r\nDATA\r\n");
}

static void test_nothing_is_read(void)
{
    static uint8_t piece[PIECE];
    struct setting setting;
    begin(&setting);
    for (size_t i = 0; i < sizeof piece; i++)
        piece[i] = (uint8_t) "NOOP\r\n  "[i % 8];
    size_t before = memory_held().octets;
    struct flood flood = {.first = "", .piece = piece, .left = 1 << 30};
    memory_most();
    flood_begin(&setting, &flood);
    conn_pause(flood.conn);
    check_serves(&setting); /* the loop runs until nothing is left to do */
    CU_ASSERT(memory_most() - before < ROOM);
    CU_ASSERT(flood.left > 0);
    CU_ASSERT_EQUAL(centre_numbers(setting.keeping.centre).open, 0); /* its patience is over */
    if (flood.conn)
        conn_close(flood.conn, CONN_CLOSE_RESET);
    end(&setting);
}

/* --- one octet a second --- */

enum { DAY = 86400 };

struct trickle {
    struct setting *setting;
    struct conn *conn;
    struct timer timer;
    const char *first;
    unsigned left;
    size_t held; /* after the first hour */
};

static void trickle_on(struct timer *timer)
{
    struct trickle *trickle = OWNER_OF(timer, struct trickle, timer);
    struct loop *loop = trickle->setting->keeping.loop;
    if (!trickle->conn || trickle->left-- == 0)
        return;
    if (*trickle->first)
        conn_send(trickle->conn, (struct octets){(const uint8_t *)trickle->first++, 1});
    else
        conn_send(trickle->conn, OCTETS("x"));
    conn_flush(trickle->conn);
    if (trickle->left == DAY - 3600)
        trickle->held = memory_held().octets;
    loop_timer_set(loop, timer, loop_now(loop) + USEC_PER_SEC);
}

static void trickle_ended(void *owner, struct conn *conn, enum conn_end end)
{
    struct trickle *trickle = owner;
    (void)end;
    trickle->conn = NULL;
    conn_close(conn, CONN_CLOSE_RESET);
}

/* It is never silent for two minutes, so it may stay; it costs a connection, and no more. */
static void one_octet_a_second(const char *first)
{
    static const struct conn_handler handler = {
        .opened = person_opened, .received = flood_received, .ended = trickle_ended};
    struct setting setting;
    begin(&setting);
    struct trickle trickle = {.setting = &setting, .first = first, .left = DAY};
    struct loop *loop = setting.keeping.loop;
    memory_most();
    trickle.conn = connect_to(&setting, &handler, &trickle);
    timer_init(&trickle.timer, trickle_on);
    loop_timer_set(loop, &trickle.timer, 0);
    check_serves(&setting);
    CU_ASSERT(loop_now(loop) >= DAY * USEC_PER_SEC);
    CU_ASSERT(memory_most() <= trickle.held + 64 * 1024);
    if (trickle.conn)
        conn_close(trickle.conn, CONN_CLOSE_RESET);
    end(&setting);
}

static void test_one_octet_a_second(void)
{
    one_octet_a_second("");
    one_octet_a_second("HELO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<NACCS@MAIL.PROD.NACCS6>\r\nDATA\r\n");
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"50,000 connections opened and abandoned", test_fifty_thousand},
        {"half a gigabyte without a line end", test_half_a_gigabyte},
        {"a peer that reads nothing", test_nothing_is_read},
        {"one octet a second", test_one_octet_a_second},
    };
    return unit_main("memory_crowd", tests, sizeof tests / sizeof *tests, argc, argv);
}
