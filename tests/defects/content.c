/* What layers between the file and the socket do to a message: text modes, conversions of
 * characters, mail libraries that write the header anew. */
#include <stdlib.h>
#include <string.h>

#include "tests/defects/sender.h"

/* One octet string in place of another, everywhere. */
struct replacement {
    enum defect defect;
    const char *from, *to;
};

static const struct replacement replacements[] = {
    {QUOTES_FROM, "\r\nFrom ", "\r\n>From "},
    {FORMATS_TEXT, "%%", "%"},
    {FORMATS_TEXT, "%s", "(null)"},
    {FORMATS_TEXT, "%d", "0"},
    {FORMATS_TEXT, "%n", ""},
    {UNESCAPES, "\\t", "\t"},
    {UNESCAPES, "\\\\", "\\"},
    {QUOTED_PRINTABLE, "=", "=3D"},
    {DOUBLES_255, "\xff", "\xff\xff"},
    {SPLITS_AT_CONTROLS, "\v", "\r\n"},
    {SPLITS_AT_CONTROLS, "\f", "\r\n"},
    {SPLITS_AT_CONTROLS, "\x1c", "\r\n"},
    {SPLITS_AT_CONTROLS, "\x1d", "\r\n"},
    {SPLITS_AT_CONTROLS, "\x1e", "\r\n"},
};

static void add(struct octet_list *list, const char *text)
{
    octet_list_add(list, text, strlen(text));
}

static const struct replacement *replacement_at(const struct sender *sender, const uint8_t *at,
                                                size_t left)
{
    for (size_t i = 0; i < sizeof replacements / sizeof *replacements; i++) {
        size_t length = strlen(replacements[i].from);
        if (has(sender, replacements[i].defect) && length <= left &&
            memcmp(at, replacements[i].from, length) == 0)
            return &replacements[i];
    }
    return NULL;
}

/* A character of EUC-JP: 1 to 3 octets. */
static size_t character(const uint8_t *at, size_t left)
{
    size_t length = at[0] == 0x8f ? 3 : at[0] >= 0xa1 || at[0] == 0x8e ? 2 : 1;
    return length <= left ? length : 1;
}

/* Characters that have no one place in the other character set. */
static bool gets_lost(const uint8_t *at)
{
    static const char *const lost[] = {"\xa1\xc1", "\xa1\xc2", "\xa1\xdd",
                                       "\xa1\xf1", "\xa1\xf2", "\xa2\xcc"};
    for (size_t i = 0; i < sizeof lost / sizeof *lost; i++)
        if (memcmp(at, lost[i], 2) == 0)
            return true;
    return false;
}

static void add_character(const struct sender *sender, struct octet_list *list, const uint8_t *at,
                          size_t length)
{
    bool control = length == 1 && (at[0] < ' ' || at[0] == 127) && !strchr("\r\n\t", at[0]);
    bool gaiji = length == 3 || (length == 2 && (at[0] >= 0xf5 || at[0] == 0xad));
    if (has(sender, DROPS_CONTROLS) && control)
        return;
    if (has(sender, WIDENS_KANA) && length == 2 && at[0] == 0x8e) {
        octet_list_add(list, "\xa5", 1);
        octet_list_add(list, at + 1, 1);
    } else if (has(sender, ROUND_TRIP) && length == 2 && gets_lost(at)) {
        add(list, "?");
    } else if (has(sender, DROPS_GAIJI) && gaiji) {
        add(list, "\xa2\xae");
    } else {
        octet_list_add(list, at, length);
    }
}

/* The header's line that begins at `at`, its CRLF included. */
static size_t line_length(const uint8_t *at, size_t left)
{
    const uint8_t *end = memmem(at, left, "\r\n", 2);
    return end ? (size_t)(end - at) + 2 : left;
}

static bool begins(const uint8_t *at, size_t left, const char *name)
{
    return left >= strlen(name) && memcmp(at, name, strlen(name)) == 0;
}

/* The header as a mail library writes it; returns how many octets of the message it was. */
static size_t add_header(const struct sender *sender, struct octet_list *list,
                         const struct message *message)
{
    const uint8_t *end = memmem(message->octets, message->count, "\r\n\r\n", 4);
    size_t header = end ? (size_t)(end - message->octets) + 2 : 0, at = 0;
    while (at < header) {
        const uint8_t *line = message->octets + at;
        size_t length = line_length(line, header - at);
        bool folds = at + length < header && (line[length] == ' ' || line[length] == '\t');
        at += length;
        if (has(sender, REMOVES_BCC) && begins(line, length, "Bcc:"))
            continue;
        if (has(sender, WRITES_MESSAGE_ID) && begins(line, length, "Message-ID:"))
            add(list, "Message-ID: <1@localhost>\r\n");
        else if (has(sender, WRITES_DATE) && begins(line, length, "Date:"))
            add(list, "Date: Thu, 02 Apr 2026 10:00:00 +0900\r\n");
        else
            octet_list_add(list, line, has(sender, UNFOLDS_HEADER) && folds ? length - 2 : length);
    }
    return header;
}

/* Where the message ends, to who takes something in it for its end. */
static size_t end_of(const struct sender *sender, const struct message *message)
{
    const uint8_t *end = NULL;
    size_t count = message->count;
    if (has(sender, ENDS_AT_SUB))
        end = memchr(message->octets, 0x1a, count);
    if (has(sender, STOPS_AT_DOT_LINE)) {
        end = memmem(message->octets, count, "\r\n.\r\n", 5);
        end = end ? end + 2 : NULL;
    }
    if (end)
        count = (size_t)(end - message->octets);
    while (has(sender, TRIMS_MESSAGE) && count > 3 &&
           memcmp(message->octets + count - 4, "\r\n\r\n", 4) == 0)
        count -= 2;
    return count;
}

struct octet_list content_change(const struct sender *sender, const struct message *message)
{
    struct octet_list list = {0};
    if (has(sender, BYTE_ORDER_MARK))
        add(&list, "\xef\xbb\xbf");
    size_t end = end_of(sender, message), at = add_header(sender, &list, message);
    while (at < end) {
        const uint8_t *octets = message->octets + at;
        const struct replacement *replacement = replacement_at(sender, octets, end - at);
        size_t length = replacement ? strlen(replacement->from) : character(octets, end - at);
        if (replacement)
            add(&list, replacement->to);
        else
            add_character(sender, &list, octets, length);
        at += length;
    }
    if (has(sender, SUB_AT_END))
        add(&list, "\x1a");
    return list;
}
