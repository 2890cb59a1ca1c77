#include "mockserver/naccsmock.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/unit.h"

enum { SOON = 20000 }; /* milliseconds: an end for what hangs */

/* A sender of a few lines, which shares no code with the centre. */

static int dial(const naccsmock *centre)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(naccsmock_port(centre)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int file = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (file >= 0 && connect(file, (struct sockaddr *)&address, sizeof address) == 0)
        return file;
    if (file >= 0)
        close(file);
    return -1;
}

/* Says it, and reads one line; returns its code, 0 where the centre has left. */
static int say(int file, const char *text)
{
    char reply[512];
    size_t count = 0;
    size_t length = strlen(text);
    if (length > 0 && send(file, text, length, MSG_NOSIGNAL) != (ssize_t)length)
        return 0;
    while (count < sizeof reply - 1 && read(file, reply + count, 1) == 1)
        if (reply[count++] == '\n')
            break;
    reply[count] = '\0';
    return count > 0 ? atoi(reply) : 0;
}

/* Sends one message; returns the code of its end. */
static int submit(const naccsmock *centre, const char *stuffed)
{
    int file = dial(centre);
    int code = 0;
    if (say(file, "") == 220 && say(file, "HELO gw\r\n") == 250 &&
        say(file, "MAIL FROM:<a@b>\r\n") == 250 &&
        say(file, "RCPT TO:<NACCS@MAIL.PROD.NACCS6>\r\n") == 250 && say(file, "DATA\r\n") == 354)
        code = say(file, stuffed);
    say(file, "QUIT\r\n");
    close(file);
    return code;
}

static naccsmock *started(const char *scenario)
{
    naccsmock *centre = naccsmock_new();
    naccsmock_set_scenario(centre, scenario);
    CU_ASSERT_TRUE_FATAL(naccsmock_start(centre));
    CU_ASSERT_NOT_EQUAL(naccsmock_port(centre), 0);
    return centre;
}

static void test_a_message(void)
{
    naccsmock *centre = started(NULL);
    CU_ASSERT_PTR_NULL(naccsmock_message_at(centre, 0));
    CU_ASSERT_FALSE(naccsmock_wait_messages(centre, 1, 0));
    CU_ASSERT_EQUAL(submit(centre, "X: y\r\n\r\n..\r\n\xa4\xa2\r\n.\r\n"), 250);
    CU_ASSERT_TRUE(naccsmock_wait_messages(centre, 1, SOON));
    CU_ASSERT_TRUE(naccsmock_wait_closed(centre, 1, SOON));
    CU_ASSERT_EQUAL(naccsmock_message_count(centre), 1);
    CU_ASSERT_EQUAL(naccsmock_connection_count(centre), 1);
    CU_ASSERT_EQUAL(naccsmock_open_count(centre), 0);
    const naccsmock_message *message = naccsmock_message_at(centre, 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(message);
    CU_ASSERT_EQUAL(message->connection, 1);
    CU_ASSERT_STRING_EQUAL(message->helo, "gw");
    CU_ASSERT_FALSE(message->extended);
    CU_ASSERT_STRING_EQUAL(message->sender, "a@b");
    CU_ASSERT_EQUAL_FATAL(message->recipient_count, 1);
    CU_ASSERT_STRING_EQUAL(message->recipients[0], "NACCS@MAIL.PROD.NACCS6");
    CU_ASSERT_PTR_NULL(message->recipients[1]);
    CU_ASSERT_EQUAL(message->size, strlen("X: y\r\n\r\n.\r\n\xa4\xa2\r\n"));
    CU_ASSERT_STRING_EQUAL(message->content, "X: y\r\n\r\n.\r\n\xa4\xa2\r\n");
    /* It outlives the run. */
    naccsmock_stop(centre);
    CU_ASSERT_PTR_EQUAL(naccsmock_message_at(centre, 0), message);
    CU_ASSERT_EQUAL(dial(centre), -1);
    naccsmock_free(centre);
}

static void test_the_dialogue(void)
{
    naccsmock *centre = started("{\"version\":1,\"rules\":[{\"at\":\"HELO\","
                                "\"reply\":{\"octets\":\"250 \\u001b[2J\"}}]}");
    int file = dial(centre);
    CU_ASSERT_EQUAL(say(file, ""), 220);
    CU_ASSERT_EQUAL(send(file, "HELO g\xe9\r\n", 9, MSG_NOSIGNAL), 9);
    char octets[8];
    CU_ASSERT_EQUAL(recv(file, octets, sizeof octets, MSG_WAITALL), 8);
    close(file);
    CU_ASSERT_TRUE(naccsmock_wait_closed(centre, 1, SOON));
    char *dialogue = naccsmock_dialogue(centre);
    CU_ASSERT_PTR_NOT_NULL_FATAL(dialogue);
    CU_ASSERT_PTR_NOT_NULL(strstr(dialogue, "1 -- opened\n1 << 220 MAIL.PROD.NACCS6 SMTP ready\n"
                                            "1 >> HELO g\\xe9\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(dialogue, "\n1 << 250 \\x1b[2J (no CRLF)\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(dialogue, "\n1 -- closed\n"));
    naccsmock_free_text(dialogue);
    naccsmock_free(centre);
}

static void test_bodies_are_counted(void)
{
    naccsmock *centre = started(NULL);
    CU_ASSERT_EQUAL(submit(centre, "uno\r\n.\r\n"), 250);
    CU_ASSERT_TRUE(naccsmock_wait_closed(centre, 1, SOON));
    char *dialogue = naccsmock_dialogue(centre);
    CU_ASSERT_PTR_NOT_NULL_FATAL(dialogue);
    CU_ASSERT_PTR_NOT_NULL(strstr(dialogue, "1 >> (message, 8 octets)\n"));
    CU_ASSERT_PTR_NULL(strstr(dialogue, "uno"));
    naccsmock_free_text(dialogue);
    naccsmock_free(centre);
}

static void test_a_scenario(void)
{
    naccsmock *centre = started("{\"version\":1,\"rules\":[{\"at\":\"end-of-data\",\"times\":1,"
                                "\"reply\":\"450 later\"}]}");
    CU_ASSERT_EQUAL(submit(centre, "one\r\n.\r\n"), 450);
    CU_ASSERT_EQUAL(submit(centre, "two\r\n.\r\n"), 250);
    CU_ASSERT_EQUAL_FATAL(naccsmock_message_count(centre), 1);
    CU_ASSERT_STRING_EQUAL(naccsmock_message_at(centre, 0)->content, "two\r\n");
    naccsmock_free(centre);
}

/* What is wrong is told at the start, and can be mended. */
static void test_faults(void)
{
    naccsmock *centre = naccsmock_new();
    naccsmock_set_scenario(centre, "{\"version\":1,\"rules\":[{\"at\":\"HELLO\"},{\"as\":1}]}");
    CU_ASSERT_FALSE(naccsmock_start(centre));
    CU_ASSERT_PTR_NOT_NULL(strstr(naccsmock_error(centre), "scenario:1:"));
    CU_ASSERT_PTR_NOT_NULL(strstr(naccsmock_error(centre), "\"HELLO\""));
    CU_ASSERT_PTR_NOT_NULL(strstr(naccsmock_error(centre), "\"as\""));
    naccsmock_set_scenario_file(centre, "/nowhere/at-all.json");
    CU_ASSERT_FALSE(naccsmock_start(centre));
    CU_ASSERT_PTR_NOT_NULL(strstr(naccsmock_error(centre), "/nowhere/at-all.json"));
    CU_ASSERT_PTR_NULL(strstr(naccsmock_error(centre), "HELLO"));
    naccsmock_set_scenario(centre, NULL);
    naccsmock_set_domain(centre, "not a domain");
    CU_ASSERT_FALSE(naccsmock_start(centre));
    naccsmock_set_domain(centre, "MAIL.TEST.NACCS6");
    naccsmock_set_pace(centre, 0);
    CU_ASSERT_FALSE(naccsmock_start(centre));
    naccsmock_set_pace(centre, 10);
    static const char *const addresses[] = {"localhost", "", "127.0.0.1:99", "99"};
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        naccsmock_set_listen(centre, addresses[i], 0);
        CU_ASSERT_FALSE(naccsmock_start(centre));
        CU_ASSERT_PTR_NOT_NULL(strstr(naccsmock_error(centre), "address"));
    }
    naccsmock_set_listen(centre, NULL, 0);
    naccsmock_set_journal(centre, "/nowhere/journal");
    CU_ASSERT_FALSE(naccsmock_start(centre));
    naccsmock_set_journal(centre, NULL);
    naccsmock_set_spool(centre, "/nowhere/spool");
    CU_ASSERT_FALSE(naccsmock_start(centre));
    naccsmock_set_spool(centre, NULL);
    naccsmock_set_sender_limit(centre, 0);
    CU_ASSERT_FALSE(naccsmock_start(centre));
    naccsmock_set_sender_limit(centre, 1);
    CU_ASSERT_EQUAL(naccsmock_port(centre), 0);
    CU_ASSERT_TRUE(naccsmock_start(centre));
    CU_ASSERT_STRING_EQUAL(naccsmock_error(centre), "");
    CU_ASSERT_FALSE(naccsmock_start(centre));
    CU_ASSERT_STRING_NOT_EQUAL(naccsmock_error(centre), "");

    /* The port is taken. */
    naccsmock *other = naccsmock_new();
    naccsmock_set_listen(other, "127.0.0.1", naccsmock_port(centre));
    CU_ASSERT_FALSE(naccsmock_start(other));
    CU_ASSERT_STRING_NOT_EQUAL(naccsmock_error(other), "");
    naccsmock_free(other);
    naccsmock_stop(centre);
    CU_ASSERT_FALSE(naccsmock_start(centre));
    naccsmock_free(centre);
}

static void test_a_family(void)
{
    static const char family[] =
        "{\"version\":1,\"vary\":{\"code\":[450,550]},"
        "\"rules\":[{\"at\":\"end-of-data\",\"reply\":{\"code\":\"$code\",\"text\":\"no\"}}]}";
    naccsmock *centre = naccsmock_new();
    naccsmock_set_scenario(centre, family);
    CU_ASSERT_FALSE(naccsmock_start(centre));
    CU_ASSERT_PTR_NOT_NULL(strstr(naccsmock_error(centre), "/550"));
    naccsmock_set_variant(centre, "550");
    CU_ASSERT_TRUE_FATAL(naccsmock_start(centre));
    CU_ASSERT_EQUAL(submit(centre, "x\r\n.\r\n"), 550);
    naccsmock_free(centre);
}

static void test_null(void)
{
    naccsmock_set_scenario(NULL, "");
    naccsmock_set_scenario_file(NULL, "");
    naccsmock_set_variant(NULL, "");
    naccsmock_set_domain(NULL, "");
    naccsmock_set_listen(NULL, "", 0);
    naccsmock_set_pace(NULL, 1);
    naccsmock_set_sender_limit(NULL, 1);
    naccsmock_set_seed(NULL, 1);
    naccsmock_set_spool(NULL, "");
    naccsmock_set_journal(NULL, "");
    CU_ASSERT_FALSE(naccsmock_start(NULL));
    CU_ASSERT_STRING_NOT_EQUAL(naccsmock_error(NULL), "");
    CU_ASSERT_EQUAL(naccsmock_port(NULL), 0);
    CU_ASSERT_EQUAL(naccsmock_message_count(NULL), 0);
    CU_ASSERT_PTR_NULL(naccsmock_message_at(NULL, 0));
    CU_ASSERT_EQUAL(naccsmock_connection_count(NULL), 0);
    CU_ASSERT_EQUAL(naccsmock_open_count(NULL), 0);
    CU_ASSERT_PTR_NULL(naccsmock_dialogue(NULL));
    CU_ASSERT_FALSE(naccsmock_wait_messages(NULL, 0, 1));
    CU_ASSERT_FALSE(naccsmock_wait_closed(NULL, 0, 1));
    naccsmock_stop(NULL);
    naccsmock_free(NULL);
}

static void test_waiting_ends(void)
{
    naccsmock *centre = started(NULL);
    CU_ASSERT_FALSE(naccsmock_wait_messages(centre, 1, 20));
    CU_ASSERT_STRING_NOT_EQUAL(naccsmock_error(centre), "");
    int file = dial(centre);
    CU_ASSERT_EQUAL(say(file, ""), 220);
    CU_ASSERT_FALSE(naccsmock_wait_closed(centre, 1, 20));
    CU_ASSERT_EQUAL(naccsmock_open_count(centre), 1);
    naccsmock_stop(centre);
    /* What was under way is cut. */
    CU_ASSERT_EQUAL(say(file, "HELO gw\r\n"), 0);
    close(file);
    CU_ASSERT_EQUAL(naccsmock_open_count(centre), 0);
    CU_ASSERT_TRUE(naccsmock_wait_closed(centre, 1, SOON));
    CU_ASSERT_FALSE(naccsmock_wait_messages(centre, 1, SOON));
    naccsmock_free(centre);
}

static void *waits_for_a_message(void *owner)
{
    return naccsmock_wait_messages(owner, 1, 3600 * 1000) ? owner : NULL;
}

static void test_stop_wakes_who_waits(void)
{
    naccsmock *centre = started(NULL);
    pthread_t threads[4];
    void *result;
    for (size_t i = 0; i < 4; i++)
        CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[i], NULL, waits_for_a_message, centre), 0);
    naccsmock_stop(centre);
    for (size_t i = 0; i < 4; i++) {
        CU_ASSERT_EQUAL(pthread_join(threads[i], &result), 0);
        CU_ASSERT_PTR_NULL(result);
    }
    naccsmock_free(centre);
}

static void *stops(void *owner)
{
    naccsmock_stop(owner);
    return NULL;
}

static void test_stopped_by_several(void)
{
    naccsmock *centre = started(NULL);
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++)
        CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[i], NULL, stops, centre), 0);
    naccsmock_stop(centre);
    CU_ASSERT_EQUAL(dial(centre), -1);
    for (size_t i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    naccsmock_free(centre);
}

/* A centre of its own: how many messages it took, as a pointer. */
static void *lives(void *owner)
{
    char text[32];
    uintptr_t good = 0;
    for (int i = 0; i < 5; i++) {
        naccsmock *centre = naccsmock_new();
        if (!naccsmock_start(centre)) {
            naccsmock_free(centre);
            continue;
        }
        for (int n = 0; n < 5; n++) {
            snprintf(text, sizeof text, "%d %d %p\r\n.\r\n", i, n, owner);
            submit(centre, text);
            snprintf(text, sizeof text, "%d %d %p\r\n", i, n, owner);
            const naccsmock_message *message = naccsmock_message_at(centre, (size_t)n);
            good += message && strcmp(message->content, text) == 0;
        }
        good += naccsmock_wait_closed(centre, 5, SOON);
        naccsmock_free(centre);
    }
    return (void *)good;
}

static void test_several_at_once(void)
{
    pthread_t threads[8];
    int names[8];
    void *result;
    for (size_t i = 0; i < 8; i++)
        CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[i], NULL, lives, &names[i]), 0);
    for (size_t i = 0; i < 8; i++) {
        CU_ASSERT_EQUAL(pthread_join(threads[i], &result), 0);
        CU_ASSERT_EQUAL((uintptr_t)result, 30);
    }
}

/* The host's handlers run in the host's threads. */
static void test_no_signals(void)
{
    naccsmock *centre = started(NULL);
    sigset_t mask;
    struct sigaction pipe;
    CU_ASSERT_EQUAL(pthread_sigmask(SIG_SETMASK, NULL, &mask), 0);
    CU_ASSERT_EQUAL(sigismember(&mask, SIGTERM), 0);
    CU_ASSERT_EQUAL(sigaction(SIGPIPE, NULL, &pipe), 0);
    CU_ASSERT_PTR_EQUAL(pipe.sa_handler, SIG_DFL);
    /* A sender that is gone when it is answered does not cost the process. */
    for (int i = 0; i < 20; i++) {
        int file = dial(centre);
        const struct linger reset = {1, 0};
        CU_ASSERT_EQUAL(send(file, "HELO a\r\nHELO b\r\n", 16, MSG_NOSIGNAL), 16);
        setsockopt(file, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        close(file);
    }
    CU_ASSERT_EQUAL(submit(centre, "x\r\n.\r\n"), 250);
    naccsmock_free(centre);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"a message", test_a_message},
        {"the dialogue", test_the_dialogue},
        {"bodies are counted", test_bodies_are_counted},
        {"a scenario", test_a_scenario},
        {"faults", test_faults},
        {"a family", test_a_family},
        {"null", test_null},
        {"waiting ends", test_waiting_ends},
        {"stop wakes who waits", test_stop_wakes_who_waits},
        {"stopped by several", test_stopped_by_several},
        {"several at once", test_several_at_once},
        {"no signals", test_no_signals},
    };
    return unit_main("naccsmock", tests, sizeof tests / sizeof *tests, argc, argv);
}
