#include "tests/unit/talk.h"

static void say(struct talk *talk)
{
    const char *line = talk->lines[talk->line];
    if (!line)
        return;
    talk->line++;
    if (line[0] == '.') {
        talk->in_message = true;
        conn_send(talk->conn, talk->messages[talk->message].wire);
    } else if (conn_send(talk->conn, octets_of(line))) {
        conn_send(talk->conn, OCTETS("\r\n"));
    }
}

static void replied(struct talk *talk, int code)
{
    const char *next = talk->lines[talk->line];
    if (talk->code_count < TALK_CODES)
        talk->codes[talk->code_count++] = code;
    if (talk->in_message) {
        talk->acknowledged[talk->message] = code == 250;
        talk->ends[talk->message++] = code;
        talk->in_message = false;
    } else if (next && next[0] == '.' && code != 354) {
        talk->message++;
        talk->line++;
    }
    say(talk);
}

static void received(void *owner, struct conn *conn, struct octets octets)
{
    struct talk *talk = owner;
    (void)conn;
    for (size_t i = 0; i < octets.count; i++) {
        if (talk->reply_count < 4)
            talk->reply[talk->reply_count++] = (char)octets.at[i];
        if (octets.at[i] != '\n')
            continue;
        bool is_last = talk->reply_count == 4 && talk->reply[3] != '-';
        talk->reply_count = 0;
        if (is_last)
            replied(talk, (talk->reply[0] - '0') * 100 + (talk->reply[1] - '0') * 10 +
                              (talk->reply[2] - '0'));
    }
}

static void opened(void *owner, struct conn *conn)
{
    (void)owner, (void)conn;
}

static void ended(void *owner, struct conn *conn, enum conn_end end)
{
    struct talk *talk = owner;
    talk->ended = true;
    talk->conn = NULL;
    conn_close(conn, end == CONN_END_FIN ? CONN_CLOSE_FIN : CONN_CLOSE_RESET);
}

bool talk_begin(struct talk *talk, struct loop *loop, const struct endpoint *centre)
{
    static const struct conn_handler handler = {
        .opened = opened, .received = received, .ended = ended};
    struct problem problem;
    talk->conn = conn_connect(loop, centre, &handler, talk, &problem);
    return talk->conn != NULL;
}

void talk_end(struct talk *talk)
{
    if (talk->conn)
        conn_close(talk->conn, CONN_CLOSE_RESET);
    talk->conn = NULL;
}
