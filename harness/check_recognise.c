/* Which message a body is; whether it is one at all. */
#include "harness/check_judge.h"

#include <string.h>
#include <strings.h>

#include "harness/check_text.h"

/* What the sender declared that it puts before the message. */
size_t declared_headers(const struct judge *judge, struct octets sent, struct octets file)
{
    return judge->input->adds_headers ? added_headers(sent, file) : 0;
}

/* Exactly as it must be? The usual case, without looking at lines twice. */
static bool body_is_exact(struct octets sent, struct octets file)
{
    struct text text = {sent, 0}, wanted = {file, 0};
    struct text_line line, file_line;
    while (text_next_line(&wanted, &file_line))
        if (!text_next_line(&text, &line) || !line.crlf || !sent_rightly(line.text, file_line.text))
            return false;
    return text.at == sent.count;
}

/* Up to the first line that differs, and as far as that does not; stuffed dots do not count. */
static size_t octets_in_common(struct octets sent, struct octets file)
{
    struct text sent_text = {sent, 0}, file_text = {file, 0};
    struct text_line line, wanted;
    size_t common = 0;
    while (text_next_line(&sent_text, &line) && text_next_line(&file_text, &wanted)) {
        struct octets own = is_dotted(line.text, wanted.text) ? wanted.text : line.text;
        size_t alike = 0;
        while (alike < own.count && alike < wanted.text.count &&
               own.at[alike] == wanted.text.at[alike])
            alike++;
        common += alike + line.ended;
        if (alike < own.count || alike < wanted.text.count)
            break;
    }
    return common;
}

/* What stands behind the header and its empty line. */
static struct octets behind_header(struct octets octets)
{
    struct text text = {octets, 0};
    struct text_line line;
    while (text_next_line(&text, &line) && line.text.count > 0)
        continue;
    return octets_from(octets, text.at);
}

/* How well a body fits a message file: octets in common at the beginning and behind the header
 * (which the sender may have written anew), and much more where the file's Message-ID stands in
 * it. */
static size_t likeness(struct octets sent, struct octets file)
{
    size_t common =
        octets_in_common(sent, file) + octets_in_common(behind_header(sent), behind_header(file));
    struct text text = {file, 0};
    struct text_line line;
    while (text_next_line(&text, &line) && line.text.count > 0) {
        if (line.text.count < 12 || strncasecmp((const char *)line.text.at, "Message-ID:", 11) != 0)
            continue;
        struct octets id = octets_from(line.text, 11);
        while (id.count > 0 && is_blank(id.at[0]))
            id = octets_from(id, 1);
        if (id.count > 0 && memmem(sent.at, sent.count, id.at, id.count))
            return common + ((size_t)1 << 40);
    }
    return common;
}

uint32_t recognise_message(const struct judge *judge, struct octets sent, uint64_t *exact)
{
    const struct check_input *input = judge->input;
    uint32_t best = 0;
    size_t best_likeness = 0;
    *exact = 0;
    for (size_t i = 0; i < input->message_count; i++) {
        struct octets file = input->messages[i].octets;
        struct octets own = octets_from(sent, declared_headers(judge, sent, file));
        if (body_is_exact(own, file)) {
            *exact = 1;
            return (uint32_t)i + 1;
        }
        size_t like = likeness(own, file);
        if (like > best_likeness) {
            best_likeness = like;
            best = (uint32_t)i + 1;
        }
    }
    if (best_likeness > 8 || input->message_count == 1)
        return best_likeness > 0 || input->message_count == 1 ? (best ? best : 1) : 0;
    return 0;
}

/* Commands where the message was due, and no end of data: the sender did not take the 354 for what
 * it is, or no longer waits for it. */
static bool only_farewells(struct octets sent)
{
    static const char *const farewells[] = {"RSET\r\n", "QUIT\r\n"};
    size_t at = 0;
    for (size_t i = 0; i < sizeof farewells / sizeof *farewells; i++) {
        size_t length = strlen(farewells[i]);
        if (sent.count - at >= length &&
            strncasecmp((const char *)sent.at + at, farewells[i], length) == 0)
            at += length;
    }
    return at == sent.count;
}

bool is_no_message(const struct judge *judge, struct octets sent)
{
    if (only_farewells(sent))
        return true;
    if (!judge->input->adds_headers)
        return false;
    for (size_t i = 0; i < judge->input->message_count; i++)
        if (only_added_headers(sent, judge->input->messages[i].octets))
            return true;
    return false;
}
