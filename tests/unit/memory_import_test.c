#include "tests/unit/memory.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mockserver/imitation.h"
#include "tests/unit/field_seen.h"
#include "tests/unit/harness_fixture.h"
#include "tests/unit/unit.h"

/* A scenario made of what was seen in the field, while every allocation fails in turn: it is
 * written as it is with memory enough, or why not is told and no file is left. */

/* A whole session, with a password in the message and a reply in pieces. No reply is UTF-8: each is
 * written as octets, for want of memory as well. */
static const struct field_event whole[] = {
    CENTRE(0, "220 gw \xa4\xc7\r\n"),
    SENDER(1 * MSEC, "HELO a.example.jp\r\n"),
    CENTRE(1 * MSEC, "250 "),
    CENTRE(200 * MSEC, "\xa4\xa4\r\n"),
    SENDER(300 * MSEC, "MAIL FROM:<one@a.example.jp>\r\n"),
    CENTRE(301 * MSEC, "250 \xa4\xaa\r\n"),
    SENDER(302 * MSEC, "RCPT TO:<two@b.example.jp>\r\n"),
    CENTRE(303 * MSEC, "250 \xa4\xaa\r\n"),
    SENDER(304 * MSEC, "DATA\r\n"),
    CENTRE(305 * MSEC, "354 \xa4\xc9\r\n"),
    SENDER(306 * MSEC,
           "Subject: x\r\nTo: <two@b.example.jp>\r\n\r\n"
           "   AAA  1AA  1CODE01PASSWORD............................................\r\n"
           "..\r\n.\r\n"),
    CENTRE(307 * MSEC, "250 \xbc\xf5\r\n"),
    SENDER(308 * MSEC, "QUIT\r\n"),
    CENTRE(309 * MSEC, "221 \xa4\xd0\r\n"),
    {.at = 310 * MSEC, .kind = FIELD_FIN, .end = FIELD_CENTRE},
};

/* Another message, in the middle of which the sender resets, and a reply that is refused before. */
static const struct field_event broken_off[] = {
    CENTRE(0, "220 gw \xa4\xc7\r\n"),
    SENDER(1 * MSEC, "HELO a.example.jp\r\n"),
    CENTRE(1 * MSEC, "250 \xa4\xa4\r\n"),
    SENDER(300 * MSEC, "MAIL FROM:<one@a.example.jp>\r\n"),
    CENTRE(301 * MSEC, "450 \xb8\xe5\r\n"),
    SENDER(310 * MSEC, "MAIL FROM:<one@a.example.jp>\r\n"),
    CENTRE(311 * MSEC, "250 \xa4\xaa\r\n"),
    SENDER(312 * MSEC, "RCPT TO:<two@b.example.jp>\r\n"),
    CENTRE(313 * MSEC, "250 \xa4\xaa\r\n"),
    SENDER(314 * MSEC, "DATA\r\n"),
    CENTRE(315 * MSEC, "354 \xa4\xc9\r\n"),
    SENDER(316 * MSEC, "Subject: x\r\nTo: <two@b.ex"),
    {.at = 320 * MSEC, .kind = FIELD_RST, .end = FIELD_SENDER},
};

static const struct field_event hurried[] = {
    CENTRE(2, "421 \xbb\xcb\r\n"),
    {.at = 3 * MSEC, .kind = FIELD_FIN, .end = FIELD_CENTRE},
};

struct seen_connection {
    enum field_beginning beginning;
    const struct field_event *events;
    size_t count;
};

#define SEEN(events)                                                                               \
    {                                                                                              \
        FIELD_ANSWERED, (events), sizeof(events) / sizeof *(events)                                \
    }

static const struct seen_connection connections[] = {
    SEEN(whole),      SEEN(hurried), {FIELD_REFUSED, NULL, 0},
    SEEN(broken_off), SEEN(hurried), {FIELD_UNANSWERED, NULL, 0},
    SEEN(whole),
};

struct importing {
    struct fixture fixture;
    struct buf expected; /* the scenario's text, with memory enough */
    unsigned long written, refused;
};

static void no_note(void *owner, const char *text)
{
    (void)owner;
    CU_ASSERT_NOT_EQUAL(text[0], '\0');
}

static bool take_all(struct imitation *imitation, struct problem *problem)
{
    for (uint32_t i = 0; i < sizeof connections / sizeof *connections; i++) {
        const struct seen_connection *seen = &connections[i];
        const struct field_connection connection =
            field_seen(i + 1, seen->beginning, seen->events, seen->count);
        if (!imitation_take(imitation, &connection, problem))
            return false;
    }
    return true;
}

static bool import(const char *file, struct problem *problem)
{
    const struct imitation_options options = {
        .file = file, .from = "a test", .delay_least = 5 * MSEC, .note = no_note};
    struct imitation_numbers numbers;
    struct imitation *imitation = imitation_new(&options, problem);
    if (!imitation)
        return false;
    bool good = take_all(imitation, problem) && imitation_write(imitation, &numbers, problem);
    imitation_free(imitation);
    return good;
}

/* Removes them. */
static unsigned files_in(const char *folder)
{
    unsigned count = 0;
    DIR *files = opendir(folder);
    CU_ASSERT_PTR_NOT_NULL_FATAL(files);
    for (struct dirent *entry; (entry = readdir(files));)
        if (entry->d_name[0] != '.') {
            count++;
            CU_ASSERT_EQUAL(unlinkat(dirfd(files), entry->d_name, 0), 0);
        }
    closedir(files);
    return count;
}

static struct buf content_of(const char *file)
{
    struct buf text = BUF_INIT(0);
    char part[4096];
    FILE *stream = fopen(file, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    for (size_t got; (got = fread(part, 1, sizeof part, stream)) > 0;)
        CU_ASSERT_FATAL(buf_append(&text, (struct octets){(uint8_t *)part, got}));
    fclose(stream);
    return text;
}

static void once(void *owner)
{
    struct importing *importing = owner;
    struct problem problem = {""};
    struct fixture_path path = fixture_path(&importing->fixture, "seen.json");
    bool good = import(path.text, &problem);
    memory_restore();
    if (good) {
        struct buf text = content_of(path.text);
        CU_ASSERT(octets_equal(buf_octets(&text), buf_octets(&importing->expected)));
        buf_free(&text);
        importing->written++;
        CU_ASSERT(files_in(importing->fixture.folder) >= 2);
    } else {
        importing->refused++;
        CU_ASSERT_NOT_EQUAL(problem.text[0], '\0');
        CU_ASSERT_EQUAL(files_in(importing->fixture.folder), 0);
    }
}

static void test_import(void)
{
    struct importing importing = {.fixture = fixture_make()};
    struct problem problem = {""};
    struct fixture_path path = fixture_path(&importing.fixture, "seen.json");
    CU_ASSERT_FATAL(import(path.text, &problem));
    importing.expected = content_of(path.text);
    CU_ASSERT(files_in(importing.fixture.folder) >= 3);
    unsigned long runs = memory_try(&(struct memory_trial){"import", once, &importing, 1, 3});
    printf("(%lu runs: %lu refused, %lu written) ", runs, importing.refused, importing.written);
    CU_ASSERT(runs > 200 && importing.refused > runs / 2);
    buf_free(&importing.expected);
    fixture_remove(&importing.fixture);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {{"what was seen in the field", test_import}};
    return unit_main("memory_import", tests, sizeof tests / sizeof *tests, argc, argv);
}
