#include "client/client.h"
#include "client/outcome.h"
#include "tests/unit/unit.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int status_of(const char *letters, bool protocol_error, bool not_found)
{
    struct message_outcome messages[4];
    struct client_result result = {messages, strlen(letters), not_found, protocol_error, 1};
    memset(messages, 0, sizeof messages);
    for (size_t i = 0; letters[i]; i++)
        messages[i].outcome = (enum outcome)(strchr("sardk", letters[i]) - "sardk");
    return client_exit_status(&result);
}

static void test_exit_status(void)
{
    CU_ASSERT_EQUAL(status_of("", false, false), 0);
    CU_ASSERT_EQUAL(status_of("aa", false, false), 0);
    CU_ASSERT_EQUAL(status_of("aa", true, false), 0);
    CU_ASSERT_EQUAL(status_of("ar", false, false), 69);
    CU_ASSERT_EQUAL(status_of("rdks", true, true), 69);
    CU_ASSERT_EQUAL(status_of("ad", false, false), 75);
    CU_ASSERT_EQUAL(status_of("as", false, false), 75);
    CU_ASSERT_EQUAL(status_of("ak", false, false), 75);
    CU_ASSERT_EQUAL(status_of("dk", true, false), 76);
    CU_ASSERT_EQUAL(status_of("ss", false, true), 68);
}

static void test_names(void)
{
    CU_ASSERT_STRING_EQUAL(client_outcome_name(CLIENT_ACCEPTED), "accepted");
    CU_ASSERT_STRING_EQUAL(client_outcome_name(CLIENT_REFUSED), "refused");
    CU_ASSERT_STRING_EQUAL(client_outcome_name(CLIENT_DEFERRED), "deferred");
    CU_ASSERT_STRING_EQUAL(client_outcome_name(CLIENT_UNKNOWN), "unknown");
    CU_ASSERT_STRING_EQUAL(client_outcome_name(CLIENT_UNSENT), "unsent");
}

static struct client_result example(struct message_outcome messages[2])
{
    messages[0] = (struct message_outcome){"a.eml", CLIENT_ACCEPTED, 250, LIMIT_END_OF_DATA,
                                           false,   false,           2,   "kept \"so\""};
    messages[1] = (struct message_outcome){"b\xff\n.eml", CLIENT_UNSENT, 0, LIMIT_RCPT,
                                           false,         true,          1, "no answer"};
    return (struct client_result){messages, 2, false, false, 3};
}

static void test_file(void)
{
    char folder[] = "/tmp/outcome_test.XXXXXX", file[64];
    struct message_outcome messages[2];
    struct client_result result = example(messages);
    struct problem problem;
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
    snprintf(file, sizeof file, "%s/outcome.json", folder);
    for (int time = 0; time < 2; time++) /* a new file, and one that was there */
        CU_ASSERT_TRUE(client_outcome_write(&result, file, &problem));
    json_t *json = json_load_file(file, 0, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(json);
    const char *name, *outcome, *stage, *text;
    int code, attempts, connections, status, timed_out;
    json_t *array = json_object_get(json, "messages");
    CU_ASSERT_EQUAL(json_array_size(array), 2);
    CU_ASSERT_EQUAL(json_unpack(json_array_get(array, 0), "{s:s,s:s,s:i,s:s,s:i,s:s,s:b}", "name",
                                &name, "outcome", &outcome, "code", &code, "stage", &stage,
                                "attempts", &attempts, "text", &text, "timed_out", &timed_out),
                    0);
    CU_ASSERT_STRING_EQUAL(name, "a.eml");
    CU_ASSERT_STRING_EQUAL(outcome, "accepted");
    CU_ASSERT_EQUAL(code, 250);
    CU_ASSERT_STRING_EQUAL(stage, "end-of-data");
    CU_ASSERT_EQUAL(attempts, 2);
    CU_ASSERT_STRING_EQUAL(text, "kept \"so\"");
    CU_ASSERT_EQUAL(timed_out, 0);
    CU_ASSERT_EQUAL(json_unpack(json_array_get(array, 1), "{s:s,s:s,s:b}", "name", &name, "outcome",
                                &outcome, "timed_out", &timed_out),
                    0);
    CU_ASSERT_STRING_EQUAL(name, "b\\xff\n.eml");
    CU_ASSERT_STRING_EQUAL(outcome, "unsent");
    CU_ASSERT_EQUAL(timed_out, 1);
    CU_ASSERT_EQUAL(
        json_unpack(json, "{s:i,s:i}", "connections", &connections, "exit_status", &status), 0);
    CU_ASSERT_EQUAL(connections, 3);
    CU_ASSERT_EQUAL(status, 75);
    json_decref(json);
    CU_ASSERT_EQUAL(unlink(file), 0);
    CU_ASSERT_EQUAL(rmdir(folder), 0); /* nothing else was left behind */
}

static void test_file_that_cannot_be_written(void)
{
    struct message_outcome messages[2];
    struct client_result result = example(messages);
    struct problem problem = {""};
    CU_ASSERT_FALSE(client_outcome_write(&result, "/nowhere/at/all.json", &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "/nowhere/at/all.json"));
    CU_ASSERT_FALSE(client_outcome_write(&result, "/dev/full", &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "/dev/full: "));
}

static void test_device_stays_a_device(void)
{
    struct message_outcome messages[2];
    struct client_result result = example(messages);
    struct problem problem;
    struct stat status;
    CU_ASSERT_TRUE(client_outcome_write(&result, "/dev/null", &problem));
    CU_ASSERT_EQUAL(stat("/dev/null", &status), 0);
    CU_ASSERT_TRUE(S_ISCHR(status.st_mode));
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"exit status", test_exit_status},
        {"names", test_names},
        {"file", test_file},
        {"file that can't be written", test_file_that_cannot_be_written},
        {"a device stays a device", test_device_stays_a_device},
    };
    return unit_main("outcome", tests, sizeof tests / sizeof *tests, argc, argv);
}
