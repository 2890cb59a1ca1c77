/* What the disk does wrong: each call that the spool and the journal make fails in turn. The calls
 * are taken here in libc's place, for this program alone. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/unit/keeping.h"
#include "tests/unit/talk.h"
#include "tests/unit/unit.h"

enum call { CALL_OPEN, CALL_WRITE, CALL_CLOSE, CALL_RENAME, CALLS };

static const char *const call_names[CALLS] = {
    [CALL_OPEN] = "open", [CALL_WRITE] = "write", [CALL_CLOSE] = "close", [CALL_RENAME] = "rename"};

enum { WRITES_HALF = -1 }; /* in place of an errno: a part is written, and no more */

struct disk_fault {
    enum call call;
    int error;
    unsigned nth;  /* from 1 */
    bool for_good; /* and all that follow */
};

static struct {
    bool on;
    struct disk_fault fault;
    unsigned calls, failed; /* of that kind */
} disk;

static void disk_break(const struct disk_fault *fault)
{
    disk.fault = *fault;
    disk.calls = disk.failed = 0;
    disk.on = true;
}

/* How many calls have failed since. */
static unsigned disk_mend(void)
{
    disk.on = false;
    return disk.failed;
}

static bool fails(enum call call)
{
    if (!disk.on || call != disk.fault.call)
        return false;
    disk.calls++;
    if (disk.calls != disk.fault.nth && !(disk.fault.for_good && disk.calls > disk.fault.nth))
        return false;
    disk.failed++;
    errno = disk.fault.error;
    return true;
}

int openat(int folder, const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    unsigned mode = flags & O_CREAT ? va_arg(arguments, unsigned) : 0;
    va_end(arguments);
    if (flags & O_CREAT && fails(CALL_OPEN))
        return -1;
    return (int)syscall(SYS_openat, folder, path, flags, mode);
}

ssize_t write(int file, const void *octets, size_t count)
{
    if (!fails(CALL_WRITE))
        return syscall(SYS_write, file, octets, count);
    if (disk.fault.error != WRITES_HALF)
        return -1;
    return syscall(SYS_write, file, octets, (count + 1) / 2);
}

/* The descriptor is gone either way. */
int close(int file)
{
    bool failing = fails(CALL_CLOSE);
    int result = (int)syscall(SYS_close, file);
    if (!failing)
        return result;
    errno = disk.fault.error;
    return -1;
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
    if (fails(CALL_RENAME))
        return -1;
    return (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, flags);
}

/* --- one session --- */

#define ENVELOPE "MAIL FROM:<a@b>", "RCPT TO:<NACCS@MAIL.PROD.NACCS6>", "DATA"

enum { MESSAGES = 3, LARGE = 200002 };

static const char *const lines[] = {
    "HELO sender.example", ENVELOPE, ".", ENVELOPE, ".", ENVELOPE, ".", "QUIT", NULL};
static uint8_t large[LARGE + 3];

struct setting {
    struct keeping keeping;
    struct scenario *scenario;
    struct talk_message messages[MESSAGES];
};

static void begin(struct setting *setting)
{
    *setting = (struct setting){.scenario = scenario_new(NULL)};
    CU_ASSERT_PTR_NOT_NULL_FATAL(setting->scenario);
    keeping_make(&setting->keeping);
    for (size_t i = 0; i < LARGE; i++)
        large[i] = (uint8_t) "\r\nab"[i % 4];
    memcpy(large + LARGE, ".\r\n", 3);
    setting->messages[0] =
        (struct talk_message){OCTETS("A: b\r\n\r\none\r\n"), OCTETS("A: b\r\n\r\none\r\n.\r\n")};
    setting->messages[1] = (struct talk_message){{large, LARGE}, {large, sizeof large}};
    setting->messages[2] = (struct talk_message){OCTETS("A: b\r\n\r\nthree\r\n"),
                                                 OCTETS("A: b\r\n\r\nthree\r\n.\r\n")};
}

static void end(struct setting *setting)
{
    scenario_free(setting->scenario);
    keeping_remove(&setting->keeping);
}

static struct talk talk_through(struct setting *setting)
{
    struct talk talk = {.lines = lines, .messages = setting->messages};
    CU_ASSERT_TRUE_FATAL(
        talk_begin(&talk, setting->keeping.loop, centre_endpoint(setting->keeping.centre)));
    loop_run(setting->keeping.loop);
    talk_end(&talk);
    return talk;
}

/* The session goes on to its end whatever the disk does; a message is kept whole or was refused for
 * want of room. Returns how many were refused. */
static unsigned check_kept(const struct setting *setting, const struct talk *talk)
{
    unsigned refused = 0;
    CU_ASSERT_EQUAL(talk->codes[talk->code_count - 1], 221);
    for (size_t i = 0; i < MESSAGES; i++) {
        CU_ASSERT(talk->ends[i] == 250 || talk->ends[i] == 452);
        CU_ASSERT_EQUAL(keeping_copies(&setting->keeping, setting->messages[i].content),
                        talk->ends[i] == 250);
        refused += talk->ends[i] == 452;
    }
    CU_ASSERT_EQUAL(keeping_files(&setting->keeping, "new"), MESSAGES - refused);
    CU_ASSERT_EQUAL(keeping_files(&setting->keeping, "tmp"), 0);
    return refused;
}

/* Returns whether anything failed: the call was made so many times. */
static bool try_one(struct setting *setting, const struct disk_fault *fault, bool harmless)
{
    struct problem problem = {""};
    CU_ASSERT_TRUE_FATAL(keeping_open(&setting->keeping, setting->scenario, &problem));
    disk_break(fault);
    struct talk talk = talk_through(setting);
    bool journalled = journal_flush(setting->keeping.journal, &problem);
    bool failed = disk_mend() > 0;
    unsigned refused = check_kept(setting, &talk);
    CU_ASSERT(!harmless || (refused == 0 && journalled));
    CU_ASSERT(!failed || harmless || refused > 0 || !journalled);
    CU_ASSERT_EQUAL(setting->keeping.journal_faults, !journalled);
    CU_ASSERT(journalled || strstr(problem.text, strerror(fault->error)) != NULL);
    keeping_empty(&setting->keeping);
    /* The disk is well again. */
    talk = talk_through(setting);
    CU_ASSERT_EQUAL(check_kept(setting, &talk), 0);
    keeping_close(&setting->keeping);
    keeping_empty(&setting->keeping);
    return failed;
}

static void try_all(enum call call, int error, bool harmless, unsigned least)
{
    struct setting setting;
    begin(&setting);
    for (int for_good = 0; for_good < (error == EINTR ? 1 : 2); for_good++) {
        struct disk_fault fault = {call, error, 1, for_good};
        while (try_one(&setting, &fault, harmless))
            fault.nth++;
        if (fault.nth <= least)
            printf("\n%s: %u calls\n", call_names[call], fault.nth - 1);
        CU_ASSERT(fault.nth > least);
    }
    end(&setting);
}

static void test_no_space(void)
{
    try_all(CALL_OPEN, ENOSPC, false, MESSAGES);
    try_all(CALL_WRITE, ENOSPC, false, MESSAGES + 1);
    try_all(CALL_RENAME, ENOSPC, false, MESSAGES);
    try_all(CALL_CLOSE, ENOSPC, false, MESSAGES);
}

static void test_broken_disk(void)
{
    try_all(CALL_OPEN, EIO, false, MESSAGES);
    try_all(CALL_WRITE, EIO, false, MESSAGES + 1);
    try_all(CALL_RENAME, EIO, false, MESSAGES);
    try_all(CALL_CLOSE, EIO, false, MESSAGES);
}

static void test_no_descriptor(void)
{
    try_all(CALL_OPEN, EMFILE, false, MESSAGES);
    try_all(CALL_OPEN, ENFILE, false, MESSAGES);
}

static void test_what_is_no_fault(void)
{
    try_all(CALL_WRITE, EINTR, true, MESSAGES + 1);
    try_all(CALL_WRITE, WRITES_HALF, true, MESSAGES + 1);
    try_all(CALL_CLOSE, EINTR, true, MESSAGES);
}

/* --- the system's own limits --- */

static void with_limit(int resource, unsigned refused)
{
    struct setting setting;
    struct rlimit before, none;
    struct problem problem = {""};
    begin(&setting);
    CU_ASSERT_TRUE_FATAL(keeping_open(&setting.keeping, setting.scenario, &problem));
    CU_ASSERT_EQUAL_FATAL(getrlimit(resource, &before), 0);
    none = before;
    none.rlim_cur = 0;
    CU_ASSERT_EQUAL_FATAL(setrlimit(resource, &none), 0);
    struct talk talk = talk_through(&setting);
    CU_ASSERT_EQUAL(setrlimit(resource, &before), 0);
    CU_ASSERT_EQUAL(check_kept(&setting, &talk), refused);
    talk = talk_through(&setting);
    CU_ASSERT_EQUAL(check_kept(&setting, &talk), 0);
    keeping_close(&setting.keeping);
    end(&setting);
}

static void test_descriptor_limit(void)
{
    with_limit(RLIMIT_NOFILE, MESSAGES);
}

static void test_file_size_limit(void)
{
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    with_limit(RLIMIT_FSIZE, MESSAGES);
    signal(SIGXFSZ, handler);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"no space left, and space again", test_no_space},
        {"a broken disk", test_broken_disk},
        {"no descriptor for a message", test_no_descriptor},
        {"what is no fault", test_what_is_no_fault},
        {"the limit of descriptors", test_descriptor_limit},
        {"the limit of a file's size", test_file_size_limit},
    };
    return unit_main("disk", tests, sizeof tests / sizeof *tests, argc, argv);
}
