#include "harness/report_mask.h"

#include <string.h>

#include "mockserver/arena.h"
#include "wire/buf.h"

/* What an address is made of on either side of the '@' (RFC 5321 §4.1.2, without quoted strings).
 */
static bool is_part(uint8_t octet)
{
    return (octet >= 'A' && octet <= 'Z') || (octet >= 'a' && octet <= 'z') ||
           (octet >= '0' && octet <= '9') || octet > 0x7f ||
           (octet != '\0' && strchr("!#$%&'*+/=?^_`{|}~.-", octet));
}

void mask_addresses(uint8_t *at, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (at[i] != '@')
            continue;
        for (size_t j = i; j > 0 && is_part(at[j - 1]); j--)
            at[j - 1] = '*';
        for (size_t j = i + 1; j < count && is_part(at[j]); j++)
            at[j] = '*';
    }
}

static void mask_text(char *text)
{
    if (text)
        mask_addresses((uint8_t *)text, strlen(text));
}

/* What one end sent on one connection, as one run of octets, and back into its events. */
static bool mask_stream(struct transcript *transcript, enum transcript_kind kind,
                        uint32_t connection)
{
    struct buf stream = BUF_INIT(0);
    bool good = true;
    for (size_t i = 0; good && i < transcript->count; i++)
        if (transcript->events[i].kind == kind && transcript->events[i].connection == connection)
            good = buf_append(&stream, transcript->events[i].octets);
    if (good)
        mask_addresses(stream.at, stream.count);
    for (size_t i = 0, at = 0; good && i < transcript->count; i++) {
        struct octets octets = transcript->events[i].octets;
        if (transcript->events[i].kind != kind || transcript->events[i].connection != connection)
            continue;
        /* The recording's own memory, which is not constant. */
        if (octets.count > 0)
            memcpy((uint8_t *)octets.at, stream.at + at, octets.count);
        at += octets.count;
    }
    buf_free(&stream);
    return good;
}

static bool mask_transcript(struct transcript *transcript)
{
    uint32_t last = 0;
    for (size_t i = 0; i < transcript->count; i++)
        if (transcript->events[i].connection > last)
            last = transcript->events[i].connection;
    for (uint32_t connection = 0; connection <= last; connection++)
        if (!mask_stream(transcript, TRANSCRIPT_RECEIVED, connection) ||
            !mask_stream(transcript, TRANSCRIPT_SENT, connection) ||
            !mask_stream(transcript, TRANSCRIPT_FLAW, connection))
            return false;
    return true;
}

bool report_mask_results(struct run_results *results)
{
    for (size_t i = 0; i < results->count; i++) {
        struct run_case *result = &results->cases[i];
        if (result->transcript && !mask_transcript(result->transcript))
            return false;
        for (size_t j = 0; j < result->findings.count; j++) {
            mask_text(result->findings.at[j].expected);
            mask_text(result->findings.at[j].actual);
        }
        mask_text(result->reason);
        if (result->output)
            mask_addresses((uint8_t *)result->output, result->output_count);
    }
    return true;
}

static const char *masked_copy(struct arena *arena, const char *text, bool *good)
{
    char *copy = text ? arena_string(arena, text) : NULL;
    *good = *good && (!text || copy);
    mask_text(copy);
    return copy;
}

static char **masked_words(struct arena *arena, char *const *words, bool *good)
{
    size_t count = 0;
    while (words && words[count])
        count++;
    char **copy = words ? arena_take(arena, (count + 1) * sizeof *copy) : NULL;
    *good = *good && (!words || copy);
    for (size_t i = 0; copy && i < count; i++)
        copy[i] = (char *)masked_copy(arena, words[i], good);
    return copy;
}

bool report_mask_context(const struct report_context *context, struct arena *arena,
                         struct run_options *options, struct report_context *masked)
{
    bool good = true;
    *options = *context->options;
    *masked = *context;
    masked->options = options;
    options->from = masked_copy(arena, options->from, &good);
    options->command = masked_words(arena, options->command, &good);
    masked->client_name = masked_copy(arena, masked->client_name, &good);
    masked->repeat = masked_words(arena, masked->repeat, &good);
    return good;
}
