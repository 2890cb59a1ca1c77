#include "tests/fuzz/field.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/field_transcript.h"
#include "mockserver/imitation.h"
#include "mockserver/scenario_load.h"

struct story {
    struct buf told;
    struct field_transcript *state;
    uint64_t octets, recorded; /* that were told, and that the transcript holds */
};

static void event(void *owner, const struct transcript_event *event)
{
    struct story *story = owner;
    bool octets = event->kind == TRANSCRIPT_RECEIVED || event->kind == TRANSCRIPT_SENT;
    story->recorded += octets ? event->octets.count : 0;
    FUZZ_REQUIRE(event->secret_at + event->secret_count <= event->octets.count);
}

static void message(void *owner, const struct field_message *message)
{
    struct story *story = owner;
    FUZZ_REQUIRE(message->octets.count <= story->octets);
    FUZZ_REQUIRE(message->code == 0 || (message->code >= 200 && message->code <= 599));
}

static bool connection(void *owner, const struct field_connection *connection)
{
    struct story *story = owner;
    FUZZ_REQUIRE(connection->number >= 1 && connection->sender && connection->centre);
    FUZZ_REQUIRE(connection->event_count == 0 || connection->events);
    buf_format(&story->told, "connection %u %s %s %lld\n", connection->number, connection->sender,
               connection->centre, (long long)connection->began);
    for (size_t i = 0; i < connection->event_count; i++) {
        const struct field_event *told = &connection->events[i];
        FUZZ_REQUIRE(told->at >= 0);
        FUZZ_REQUIRE(told->octets.count == 0 || told->kind == FIELD_OCTETS);
        story->octets += told->octets.count;
        buf_format(&story->told, "%lld %d %d ", (long long)told->at, (int)told->kind,
                   (int)told->end);
        buf_append(&story->told, told->octets);
    }
    FUZZ_REQUIRE(field_transcript_take(story->state, connection));
    return true;
}

static void note(void *owner, const char *text)
{
    struct story *story = owner;
    for (const char *at = text; *at; at++)
        FUZZ_REQUIRE((unsigned char)*at >= ' ' && *at != 0x7f);
    buf_append_string(&story->told, text);
}

static bool look(bool (*read)(const char *file, const struct field_choice *choice,
                              const struct field_sink *sink, struct problem *problem),
                 const char *file, struct story *story)
{
    struct problem problem = {""};
    const struct field_transcript_options options = {{event, story}, message, story};
    const struct field_sink sink = {connection, note, story};
    *story = (struct story){.told = BUF_INIT(0)};
    story->state = field_transcript_new(&options);
    FUZZ_REQUIRE(story->state != NULL);
    bool good = read(file, &(struct field_choice){0}, &sink, &problem);
    FUZZ_REQUIRE(good == !problem.text[0]);
    FUZZ_REQUIRE(story->recorded == story->octets);
    field_transcript_free(story->state);
    return good;
}

/* Whatever was told, what is made of it is a scenario, or nothing is there. */

static bool imitate(void *owner, const struct field_connection *connection)
{
    return imitation_take(owner, connection, NULL);
}

static void hear(void *owner, const char *text)
{
    (void)owner;
    for (; *text; text++)
        FUZZ_REQUIRE((unsigned char)*text >= ' ' && *text != 0x7f);
}

static void complain(void *owner, const char *text)
{
    (void)owner;
    fprintf(stderr, "%s\n", text);
}

static size_t empty_folder(const char *folder)
{
    DIR *listing = opendir(folder);
    size_t count = 0;
    FUZZ_REQUIRE(listing != NULL);
    for (struct dirent *entry; (entry = readdir(listing));) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        count += unlink(path) == 0;
    }
    closedir(listing);
    return count;
}

static void make_scenario(bool (*read)(const char *file, const struct field_choice *choice,
                                       const struct field_sink *sink, struct problem *problem),
                          const char *file)
{
    char folder[] = "/tmp/naccs-fuzz-XXXXXX", path[64];
    FUZZ_REQUIRE(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/seen.json", folder);
    const struct imitation_options options = {
        .file = path, .from = "a fuzzer", .delay_least = 5 * USEC_PER_MSEC, .note = hear};
    struct imitation *imitation = imitation_new(&options, NULL);
    struct imitation_numbers numbers;
    struct problem problem = {""};
    FUZZ_REQUIRE(imitation != NULL);
    const struct field_sink sink = {imitate, hear, imitation};
    bool good = read(file, &(struct field_choice){0}, &sink, &problem);
    if (good && !imitation_is_empty(imitation)) {
        if (!imitation_write(imitation, &numbers, &problem))
            complain(NULL, problem.text);
        imitation_free(imitation);
        struct scenario_set set;
        FUZZ_REQUIRE(scenario_load(path, &(struct scenario_load_options){.fault = complain}, &set));
        scenario_set_free(&set);
        empty_folder(folder);
    } else {
        imitation_free(imitation);
        FUZZ_REQUIRE(empty_folder(folder) == 0);
    }
    FUZZ_REQUIRE(rmdir(folder) == 0);
}

void fuzz_field(bool (*read)(const char *file, const struct field_choice *choice,
                             const struct field_sink *sink, struct problem *problem),
                struct octets input)
{
    char path[64];
    int file = memfd_create("field", MFD_CLOEXEC);
    FUZZ_REQUIRE(file >= 0);
    FUZZ_REQUIRE(write(file, input.at, input.count) == (ssize_t)input.count);
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    struct story first, second;
    bool good = look(read, path, &first);
    FUZZ_REQUIRE(look(read, path, &second) == good);
    FUZZ_REQUIRE(octets_equal(buf_octets(&first.told), buf_octets(&second.told)));
    buf_free(&first.told);
    buf_free(&second.told);
    make_scenario(read, path);
    close(file);
}
