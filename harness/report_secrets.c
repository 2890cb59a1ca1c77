#include "harness/report_secrets.h"

#include <stdlib.h>
#include <string.h>

#include "mockserver/mask.h"
#include "wire/buf.h"

enum {
    MOST_SECRETS = 16, /* of one case, none twice */
    SECRET_SIZE = 8,
    LEAST_PART = 4, /* of one that an excerpt cuts; shorter ones are no secret any more */
};

struct secrets {
    struct {
        char text[SECRET_SIZE];
        size_t count;
    } at[MOST_SECRETS];
    size_t count;
};

/* Blanks fill a password up; what is blank alone, or masked already, is none. */
static void take(struct secrets *secrets, const uint8_t *at, size_t count)
{
    while (count > 0 && at[count - 1] == ' ')
        count--;
    if (count < LEAST_PART || count > SECRET_SIZE || secrets->count == MOST_SECRETS)
        return;
    for (size_t i = 0; i < count; i++)
        if (at[i] <= 0x20 || at[i] >= 0x7f || at[i] == '*')
            return;
    for (size_t i = 0; i < secrets->count; i++)
        if (secrets->at[i].count == count && memcmp(secrets->at[i].text, at, count) == 0)
            return;
    memcpy(secrets->at[secrets->count].text, at, count);
    secrets->at[secrets->count++].count = count;
}

bool report_password(struct octets message, struct octets *password)
{
    struct mask mask = {0};
    while (message.count > 0) {
        size_t at, count;
        size_t looked = mask_find(&mask, MASK_CONTENT, message, &at, &count);
        if (count > 0)
            *password = (struct octets){message.at + at, count};
        if (count > 0 || looked == 0)
            return count > 0;
        message = octets_from(message, looked);
    }
    return false;
}

size_t report_password_place(struct octets password, uint8_t at[REPORT_PASSWORD_SIZE])
{
    enum { BEFORE = 37 }; /* of the common items */
    size_t count = password.count < SECRET_SIZE ? password.count : SECRET_SIZE;
    memcpy(at, "\r\n", 2);
    memset(at + 2, ' ', BEFORE);
    memcpy(at + 2 + BEFORE, password.at, count);
    return 2 + BEFORE + count;
}

static void take_of_message(struct secrets *secrets, struct octets message)
{
    struct mask mask = {0};
    while (message.count > 0) {
        size_t at, count;
        size_t looked = mask_find(&mask, MASK_CONTENT, message, &at, &count);
        if (count > 0)
            take(secrets, message.at + at, count);
        if (looked == 0)
            return;
        message = octets_from(message, looked);
    }
}

/* As it was received, in whatever segments: runs of secret octets that follow each other. */
static bool take_of_transcript(struct secrets *secrets, const struct transcript *transcript)
{
    struct buf whole = BUF_INIT(0);
    bool good = true;
    for (size_t i = 0; good && transcript && i < transcript->count; i++) {
        const struct transcript_event *event = &transcript->events[i];
        if (event->secret_count == 0 ||
            event->secret_at + event->secret_count > event->octets.count)
            continue;
        good = buf_append(
            &whole, (struct octets){event->octets.at + event->secret_at, event->secret_count});
        if (whole.count < SECRET_SIZE)
            continue;
        take(secrets, whole.at, SECRET_SIZE);
        buf_clear(&whole);
    }
    buf_free(&whole);
    return good;
}

static bool is_edge(char sign)
{
    return sign == '"' || sign == '\0' || (unsigned char)sign == 0xe2; /* a quote, or "…" */
}

/* What of the secret stands here: all of it, or a part of it next to where the excerpt is cut. */
static size_t found_at(const char *begin, const char *at, const char *end, const char *secret,
                       size_t count)
{
    size_t left = (size_t)(end - at);
    if (left >= count && memcmp(at, secret, count) == 0)
        return count;
    for (size_t part = count - 1; part >= LEAST_PART; part--) {
        if (left < part)
            continue;
        bool head = memcmp(at, secret, part) == 0 && (left == part || is_edge(at[part]));
        bool tail =
            memcmp(at, secret + count - part, part) == 0 && (at == begin || is_edge(at[-1]));
        if (head || tail)
            return part;
    }
    return 0;
}

static void mask_text(const struct secrets *secrets, char *text, size_t count)
{
    for (char *at = text; at < text + count; at++)
        for (size_t i = 0; i < secrets->count; i++)
            memset(at, '*',
                   found_at(text, at, text + count, secrets->at[i].text, secrets->at[i].count));
}

/* Where a sender has shifted the message, its password does not stand where passwords do. */
static void mask_octets(const struct secrets *secrets, struct transcript *transcript)
{
    for (size_t i = 0; transcript && i < transcript->count; i++) {
        struct octets octets = transcript->events[i].octets;
        for (size_t j = 0; j < secrets->count && octets.count > 0; j++) {
            uint8_t *found;
            size_t count = secrets->at[j].count;
            while ((found = memmem(octets.at, octets.count, secrets->at[j].text, count)))
                memset(found, '*', count);
        }
    }
}

bool report_mask_secrets(struct run_results *results)
{
    for (size_t i = 0; i < results->count; i++) {
        struct run_case *result = &results->cases[i];
        struct secrets secrets = {.count = 0};
        for (size_t j = 0; result->test && j < result->test->message_count; j++)
            take_of_message(&secrets, result->test->messages[j].octets);
        if (!take_of_transcript(&secrets, result->transcript))
            return false;
        for (size_t j = 0; secrets.count > 0 && j < result->findings.count; j++) {
            struct finding *finding = &result->findings.at[j];
            if (finding->expected)
                mask_text(&secrets, finding->expected, strlen(finding->expected));
            if (finding->actual)
                mask_text(&secrets, finding->actual, strlen(finding->actual));
        }
        mask_octets(&secrets, result->transcript);
        if (secrets.count > 0 && result->output)
            mask_text(&secrets, result->output, result->output_count);
    }
    return true;
}
