#include <stdio.h>
#include <stdlib.h>

#include "mockserver/imitation_private.h"
#include "mockserver/mask.h"

/* Passwords become stars; addresses become others of the same length, each the same everywhere, so
 * that who was who can still be told. The centre's own mailbox is no secret. */

enum { NAMES_MOST = 10000, PASSWORD = 8 };

static const char *keep_text(struct imitation *imitation, const uint8_t *at, size_t count)
{
    struct octets copy = arena_octets(imitation->arena, (struct octets){at, count});
    char *text = copy.at ? arena_take(imitation->arena, count + 1) : NULL;
    if (!text) {
        imitation->no_memory = true;
        return NULL;
    }
    memcpy(text, at, count);
    return text;
}

static void keep_secret(struct imitation *imitation, const uint8_t *at, size_t count)
{
    void *secrets = imitation->secrets;
    bool blank = true;
    for (size_t i = 0; i < count; i++)
        blank = blank && (at[i] == ' ' || at[i] == '*');
    if (blank || count != PASSWORD)
        return;
    for (size_t i = 0; i < imitation->secret_count; i++)
        if (memcmp(imitation->secrets[i], at, count) == 0)
            return;
    if (imitation->secret_count == NAMES_MOST ||
        !imitation_grow(imitation, &secrets, &imitation->secret_room, imitation->secret_count,
                        sizeof *imitation->secrets))
        return;
    imitation->secrets = secrets;
    const char *kept = keep_text(imitation, at, count);
    if (kept)
        imitation->secrets[imitation->secret_count++] = kept;
}

void imitation_mask_secrets(const struct imitation *imitation, uint8_t *at, size_t count)
{
    for (size_t i = 0; i < imitation->secret_count && !imitation->options.unmasked; i++)
        for (size_t from = 0; from + PASSWORD <= count;) {
            uint8_t *found = memmem(at + from, count - from, imitation->secrets[i], PASSWORD);
            if (!found)
                break;
            memset(found, '*', PASSWORD);
            from = (size_t)(found - at) + PASSWORD;
        }
}

/* Addresses. */

static bool is_atom(uint8_t octet)
{
    return (octet >= '0' && octet <= '9') || (octet >= 'A' && octet <= 'Z') ||
           (octet >= 'a' && octet <= 'z') || octet == '_' || octet == '-' || octet == '.' ||
           octet == '+' || octet == '=' || octet == '/';
}

static bool is_letter(uint8_t octet)
{
    return is_atom(octet) && octet != '.' && octet != '-';
}

/* "AB01@GW1.EXAMPLE", the third address that was seen -> "xxx3@xxx.xxxxxxx". */
static char *pseudonym(const char *address, size_t count, size_t number)
{
    char *masked = malloc(count + 1);
    char digits[24];
    if (!masked)
        return NULL;
    size_t at = (size_t)((const char *)memchr(address, '@', count) - address);
    for (size_t i = 0; i < count; i++)
        masked[i] = is_letter((uint8_t)address[i]) ? 'x' : address[i];
    masked[count] = '\0';
    int length = snprintf(digits, sizeof digits, "%zu", number);
    size_t shown = (size_t)length < at ? (size_t)length : at;
    memcpy(masked + at - shown, digits + (size_t)length - shown, shown);
    return masked;
}

static const char *pseudonym_of(struct imitation *imitation, const uint8_t *at, size_t count)
{
    for (size_t i = 0; i < imitation->address_count; i++)
        if (strlen(imitation->addresses[i]) == count &&
            memcmp(imitation->addresses[i], at, count) == 0)
            return imitation->pseudonyms[i];
    size_t room = imitation->address_room;
    void *addresses = imitation->addresses, *pseudonyms = imitation->pseudonyms;
    if (imitation->address_count == NAMES_MOST ||
        !imitation_grow(imitation, &addresses, &room, imitation->address_count, sizeof(char *)))
        return NULL;
    imitation->addresses = addresses;
    room = imitation->address_room;
    if (!imitation_grow(imitation, &pseudonyms, &room, imitation->address_count, sizeof(char *)))
        return NULL;
    imitation->pseudonyms = pseudonyms;
    imitation->address_room = room;
    const char *address = keep_text(imitation, at, count);
    char *masked = address ? pseudonym(address, count, imitation->address_count + 1) : NULL;
    const char *kept = masked ? arena_string(imitation->arena, masked) : NULL;
    free(masked);
    if (!kept) {
        imitation->no_memory = true;
        return NULL;
    }
    imitation->addresses[imitation->address_count] = address;
    imitation->pseudonyms[imitation->address_count++] = kept;
    return kept;
}

/* "NACCS@…": the one to whom all of this goes. */
static bool is_centre(const uint8_t *at, size_t count)
{
    return count > 6 && memcmp(at, "NACCS@", 6) == 0;
}

static void mask_addresses(struct imitation *imitation, uint8_t *at, size_t count)
{
    for (size_t i = 1; i + 1 < count; i++) {
        if (at[i] != '@' || !is_atom(at[i - 1]) || !is_atom(at[i + 1]))
            continue;
        size_t first = i, end = i + 1;
        while (first > 0 && is_atom(at[first - 1]))
            first--;
        while (end < count && is_atom(at[end]))
            end++;
        while (at[end - 1] == '.')
            end--;
        if (end > i + 1 && !is_centre(at + first, end - first)) {
            const char *masked = pseudonym_of(imitation, at + first, end - first);
            if (masked)
                memcpy(at + first, masked, end - first);
        }
        i = end;
    }
}

void imitation_mask_text(struct imitation *imitation, uint8_t *at, size_t count)
{
    if (!imitation->options.unmasked && !imitation->options.keeps_addresses)
        mask_addresses(imitation, at, count);
    imitation_mask_secrets(imitation, at, count);
}

void imitation_mask_message(struct imitation *imitation, struct buf *content)
{
    struct mask mask = {MASK_HEADER, 0, 0, false};
    if (imitation->options.unmasked)
        return;
    for (size_t from = 0; from < content->count;) {
        size_t at, count;
        size_t looked_at =
            mask_find(&mask, MASK_CONTENT, octets_from(buf_octets(content), from), &at, &count);
        if (count > 0) {
            keep_secret(imitation, content->at + from + at, count);
            memset(content->at + from + at, '*', count);
        }
        from += looked_at;
    }
    if (!imitation->options.keeps_addresses)
        mask_addresses(imitation, content->at, content->count);
}
