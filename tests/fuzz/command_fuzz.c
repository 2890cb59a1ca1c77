/* Commands, their paths and parameters: slices lie in the line, a path that was read holds nothing
 * that could not be written, and comes back the same when it is written and read again. */
#include "tests/fuzz/fuzz.h"
#include "wire/command.h"
#include "wire/ehlo.h"

static bool is_printable(struct octets text)
{
    for (size_t i = 0; i < text.count; i++)
        if (text.at[i] < ' ' || text.at[i] > '~')
            return false;
    return true;
}

static void write_and_read_again(struct octets mailbox)
{
    struct buf buf = BUF_INIT(0);
    struct command command;
    struct command_path path;
    FUZZ_REQUIRE(command_format(&buf, COMMAND_MAIL, mailbox));
    command_parse((struct octets){buf.at, buf.count - 2}, &command);
    FUZZ_REQUIRE(command.verb == COMMAND_MAIL && command.departures == 0);
    FUZZ_REQUIRE(command_path(&command, &path) == COMMAND_PATH_OK);
    FUZZ_REQUIRE(path.departures == 0 && path.parameters.count == 0);
    FUZZ_REQUIRE(octets_equal(path.mailbox, mailbox));
    buf_free(&buf);
}

static void check_parameters(struct octets parameters)
{
    const struct ehlo_offer offer = {EHLO_SIZE | EHLO_8BITMIME | EHLO_DSN, 1000};
    struct octets whole = parameters, keyword, value;
    while (command_parameter(&parameters, &keyword, &value)) {
        FUZZ_REQUIRE(fuzz_is_inside(keyword, whole) && fuzz_is_inside(value, whole));
        FUZZ_REQUIRE(keyword.count + value.count > 0 || parameters.at[-1] == '=');
        enum ehlo_parameter_status status = ehlo_parameter(&offer, false, keyword, value);
        if (status == EHLO_PARAMETER_OK)
            FUZZ_REQUIRE(is_printable(value) && value.count > 0);
        status = ehlo_parameter(&offer, true, keyword, value);
        if (status == EHLO_PARAMETER_OK)
            FUZZ_REQUIRE(is_printable(value) && value.count > 0);
    }
    FUZZ_REQUIRE(parameters.count == 0);
}

static void check_path(const struct command *command)
{
    struct command_path path;
    if (command_path(command, &path) != COMMAND_PATH_OK)
        return;
    FUZZ_REQUIRE(fuzz_is_inside(path.mailbox, command->argument));
    FUZZ_REQUIRE(fuzz_is_inside(path.local, path.mailbox));
    FUZZ_REQUIRE(fuzz_is_inside(path.domain, path.mailbox));
    FUZZ_REQUIRE(fuzz_is_inside(path.parameters, command->argument));
    FUZZ_REQUIRE(path.local.count <= 64 && path.domain.count <= 255 && path.mailbox.count <= 254);
    FUZZ_REQUIRE(is_printable(path.mailbox));
    FUZZ_REQUIRE(path.mailbox.count > 0 || command->verb != COMMAND_RCPT);
    size_t at = path.domain.count > 0;
    FUZZ_REQUIRE(path.local.count + at + path.domain.count == path.mailbox.count);
    write_and_read_again(path.mailbox);
    check_parameters(path.parameters);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct octets line = {data, size};
    struct command command;
    command_parse(line, &command);
    FUZZ_REQUIRE(fuzz_is_inside(command.word, line) && fuzz_is_inside(command.argument, line));
    FUZZ_REQUIRE(command.word.count + command.argument.count <= size);
    FUZZ_REQUIRE(command.word.count == 0 || !memchr(command.word.at, ' ', command.word.count));
    if (command.argument.count > 0) {
        FUZZ_REQUIRE(command.argument.at[0] != ' ');
        FUZZ_REQUIRE(command.argument.at[command.argument.count - 1] != ' ');
    }
    check_path(&command);
    uint64_t octets;
    bool last;
    if (command_chunk(&command, &octets, &last))
        FUZZ_REQUIRE(octets < 1000000000000000000 && command.argument.count > 0);
    struct ehlo_offer offer = {0, 0};
    ehlo_take(&offer, line);
    FUZZ_REQUIRE(offer.size_limit == 0 || offer.keywords == EHLO_SIZE);
    ehlo_take_lines(&offer, line, 4);
    return 0;
}
