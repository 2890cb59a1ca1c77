#include "harness/sut.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/harness_fixture.h"
#include "tests/unit/unit.h"

static void test_output(void)
{
    struct sut_output output = {.count = 0};
    char large[SUT_OUTPUT_SIZE + 10];
    sut_output_append(&output, "abc", 3);
    CU_ASSERT(output.count == 3 && !output.cut);
    memset(large, 'x', sizeof large);
    sut_output_append(&output, large, SUT_OUTPUT_SIZE - 3);
    CU_ASSERT(output.count == SUT_OUTPUT_SIZE && !output.cut && output.at[0] == 'a');
    sut_output_append(&output, "yz", 2);
    CU_ASSERT(output.count == SUT_OUTPUT_SIZE && output.cut && output.at[0] == 'c');
    CU_ASSERT_EQUAL(output.at[SUT_OUTPUT_SIZE - 1], 'z');
    large[sizeof large - 1] = 'w';
    sut_output_append(&output, large, sizeof large);
    CU_ASSERT(output.count == SUT_OUTPUT_SIZE && output.at[SUT_OUTPUT_SIZE - 1] == 'w');
}

static void test_find(void)
{
    struct problem problem;
    char *found = sut_find_program("sh", &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(found);
    CU_ASSERT_EQUAL(access(found, X_OK), 0);
    free(found);
    found = sut_find_program("/bin/sh", &problem);
    CU_ASSERT_STRING_EQUAL(found ? found : "", "/bin/sh");
    free(found);
    CU_ASSERT_PTR_NULL(sut_find_program("no-such-command-here", &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "no-such-command-here"));
    CU_ASSERT_PTR_NULL(sut_find_program("/etc/passwd", &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "ermission denied"));
    CU_ASSERT_PTR_NULL(sut_find_program("/etc", &problem));
}

/* A host with one command. */
struct setting {
    struct loop *loop;
    struct sut_host *host;
    struct sut *sut;
    struct sut_output output;
    unsigned ended;
    struct timer kill;
};

static void ended(void *owner)
{
    struct setting *setting = owner;
    setting->ended++;
    loop_stop(setting->loop);
}

static void begin(struct setting *setting)
{
    struct problem problem;
    *setting = (struct setting){.loop = loop_live_new(&problem)};
    CU_ASSERT_PTR_NOT_NULL_FATAL(setting->loop);
    setting->host = sut_host_new(setting->loop, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(setting->host);
}

static void start(struct setting *setting, const char *script, const char *input)
{
    struct problem problem = {""};
    const char *arguments[] = {"sh", "-c", script, NULL};
    const char *environment[] = {"PATH=/usr/bin:/bin", "NACCS_RUN=test-1", NULL};
    const struct invocation invocation = {(char **)arguments, (char **)environment};
    const struct sut_options options = {.program = "/bin/sh",
                                        .invocation = &invocation,
                                        .input = input,
                                        .output = &setting->output,
                                        .ended = ended,
                                        .owner = setting};
    setting->sut = sut_start(setting->host, &options, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(setting->sut);
}

static void finish(struct setting *setting)
{
    sut_free(setting->sut);
    sut_host_free(setting->host);
    loop_free(setting->loop);
}

static bool wrote(const struct setting *setting, const char *text)
{
    return setting->output.count == strlen(text) &&
           memcmp(setting->output.at, text, setting->output.count) == 0;
}

static void test_end(void)
{
    struct setting setting;
    begin(&setting);
    start(&setting, "echo out; echo err >&2; read line || echo none; exit 3", NULL);
    loop_run(setting.loop);
    CU_ASSERT_EQUAL(setting.ended, 1);
    CU_ASSERT_EQUAL(sut_end(setting.sut).status, 3);
    CU_ASSERT_FALSE(sut_end(setting.sut).crashed);
    CU_ASSERT_PTR_NULL(sut_end(setting.sut).not_begun);
    CU_ASSERT(wrote(&setting, "out\nerr\nnone\n"));
    finish(&setting);
}

static void test_input(void)
{
    struct fixture fixture = fixture_make();
    struct setting setting;
    fixture_write(&fixture, "m.eml", "the message\n");
    begin(&setting);
    start(&setting, "cat", fixture_path(&fixture, "m.eml").text);
    loop_run(setting.loop);
    CU_ASSERT_EQUAL(sut_end(setting.sut).status, 0);
    CU_ASSERT(wrote(&setting, "the message\n"));
    finish(&setting);
    fixture_remove(&fixture);
}

static void test_crash(void)
{
    struct setting setting;
    begin(&setting);
    start(&setting, "kill -SEGV $$", NULL);
    loop_run(setting.loop);
    CU_ASSERT(sut_end(setting.sut).crashed);
    CU_ASSERT_EQUAL(sut_end(setting.sut).status, SIGSEGV);
    finish(&setting);
}

/* Signals that the harness keeps to itself are the command's own affair. */
static void test_signals(void)
{
    struct setting setting;
    sigset_t blocked, kept;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    sigprocmask(SIG_BLOCK, &blocked, &kept);
    begin(&setting);
    start(&setting, "kill -TERM $$; echo survived", NULL);
    loop_run(setting.loop);
    sigprocmask(SIG_SETMASK, &kept, NULL);
    CU_ASSERT(sut_end(setting.sut).crashed);
    CU_ASSERT_EQUAL(sut_end(setting.sut).status, SIGTERM);
    finish(&setting);
}

/* Once the command has said that it is there. */
static void kill_it(struct timer *timer)
{
    struct setting *setting = OWNER_OF(timer, struct setting, kill);
    if (setting->output.count > 0)
        sut_kill(setting->sut);
    else
        loop_timer_set(setting->loop, timer, loop_now(setting->loop) + USEC_PER_MSEC);
}

/* Reads a pid that the script wrote as its last line. */
static pid_t last_pid(const struct setting *setting)
{
    char text[SUT_OUTPUT_SIZE + 1];
    memcpy(text, setting->output.at, setting->output.count);
    text[setting->output.count] = '\0';
    return (pid_t)strtol(text, NULL, 10);
}

static bool gone(pid_t pid)
{
    return pid > 0 && kill(pid, 0) != 0;
}

/* What hangs is ended, and so is what it had begun. */
static void test_kill(void)
{
    struct setting setting;
    begin(&setting);
    start(&setting, "tail -f /dev/null & echo $!; wait", NULL);
    timer_init(&setting.kill, kill_it);
    loop_timer_set(setting.loop, &setting.kill, 0);
    loop_run(setting.loop);
    CU_ASSERT_EQUAL(setting.ended, 1);
    CU_ASSERT_FALSE(sut_end(setting.sut).crashed);
    pid_t child = last_pid(&setting);
    sut_free(setting.sut);
    setting.sut = NULL;
    CU_ASSERT(gone(child));
    finish(&setting);
}

/* What was left behind in the group when the command ended. */
static void test_left_behind(void)
{
    struct setting setting;
    begin(&setting);
    start(&setting, "tail -f /dev/null & echo $!", NULL);
    loop_run(setting.loop);
    pid_t child = last_pid(&setting);
    CU_ASSERT_FALSE(gone(child));
    CU_ASSERT(sut_left_others(setting.sut, NULL));
    sut_free(setting.sut);
    setting.sut = NULL;
    CU_ASSERT(gone(child));
    finish(&setting);
}

/* It has waited for all that it started. */
static void test_nothing_left(void)
{
    static const char *const scripts[] = {"true", "true & wait", "(exit 1) | cat"};
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        struct setting setting;
        begin(&setting);
        start(&setting, scripts[i], NULL);
        loop_run(setting.loop);
        CU_ASSERT_FALSE(sut_left_others(setting.sut, "test-2"));
        finish(&setting);
    }
}

/* What has left the group is found by its token. */
static void test_stray(void)
{
    struct setting setting;
    begin(&setting);
    start(&setting, "setsid tail -f /dev/null & echo $!", NULL);
    loop_run(setting.loop);
    pid_t child = last_pid(&setting);
    CU_ASSERT_FALSE(gone(child));
    CU_ASSERT(sut_left_others(setting.sut, "test-1"));
    sut_host_sweep(setting.host, "test-2");
    CU_ASSERT_FALSE(gone(child));
    sut_host_sweep(setting.host, "test-1");
    CU_ASSERT(gone(child));
    finish(&setting);
}

/* What has left the token behind as well is ended with the host. */
static void test_disguised(void)
{
    struct setting setting;
    begin(&setting);
    start(&setting, "env -i setsid tail -f /dev/null & echo $!", NULL);
    loop_run(setting.loop);
    pid_t child = last_pid(&setting);
    while (child > 0 && getsid(child) == getsid(0))
        sched_yield();
    sut_host_sweep(setting.host, "test-1");
    CU_ASSERT_FALSE(gone(child));
    finish(&setting);
    CU_ASSERT(gone(child));
}

static void test_not_started(void)
{
    struct setting setting;
    struct problem problem = {""};
    const char *arguments[] = {"x", NULL}, *environment[] = {NULL};
    const struct invocation invocation = {(char **)arguments, (char **)environment};
    struct sut_options options = {
        .program = "/etc/passwd", .invocation = &invocation, .ended = ended, .owner = &setting};
    begin(&setting);
    options.output = &setting.output;
    setting.sut = sut_start(setting.host, &options, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(setting.sut);
    loop_run(setting.loop);
    CU_ASSERT_STRING_EQUAL(sut_end(setting.sut).not_begun, strerror(EACCES));
    sut_free(setting.sut);
    setting.sut = NULL;
    options.program = "/bin/sh";
    options.input = "/nowhere/m.eml";
    CU_ASSERT_PTR_NULL(sut_start(setting.host, &options, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "/nowhere/m.eml"));
    finish(&setting);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"the last of the output", test_output},
        {"finding a program", test_find},
        {"an exit status", test_end},
        {"standard input", test_input},
        {"a crash", test_crash},
        {"signals", test_signals},
        {"what hangs", test_kill},
        {"what is left behind", test_left_behind},
        {"nothing is left", test_nothing_left},
        {"what is disguised", test_disguised},
        {"what leaves the group", test_stray},
        {"what can't be started", test_not_started},
    };
    return unit_main("sut", tests, sizeof tests / sizeof *tests, argc, argv);
}
