#include "client/sender.h"
#include "tests/unit/unit.h"

#include <string.h>

/* A walk: events in, and the commands that come out, as one string. */
struct walk {
    struct sender sender;
    struct sender_step last;
    char commands[512];
    enum policy_fate fates[4];
    bool protocol_error;
};

static void begin(struct walk *walk, size_t messages, size_t recipients)
{
    *walk = (struct walk){.commands = ""};
    sender_init(&walk->sender, policy_standard(), messages, recipients);
}

static void say(struct walk *walk, const char *word)
{
    size_t used = strlen(walk->commands);
    strncat(walk->commands, word, sizeof walk->commands - used - 2);
    strcat(walk->commands, " ");
}

static void take(struct walk *walk, enum sender_event event, int code)
{
    walk->last = sender_take(&walk->sender, event, code);
    struct sender_step step = walk->last;
    size_t last = step.all_left ? 4 : step.message + 1;
    for (size_t i = step.message; step.fate != POLICY_NO_FATE && i < last && i < 4; i++)
        walk->fates[i] = step.fate;
    walk->protocol_error = walk->protocol_error || step.protocol_error;
    switch (step.act) {
    case SENDER_WAIT:
        break;
    case SENDER_COMMAND:
        say(walk, command_name(step.verb));
        break;
    case SENDER_SEND_BODY:
        say(walk, "body");
        break;
    case SENDER_CLOSE:
        say(walk, "close");
        break;
    }
}

static void reply(struct walk *walk, int code)
{
    take(walk, SENDER_REPLY, code);
}

/* Goes to the wait of a state, with the replies of a good centre. */
static void go_to(struct walk *walk, enum sender_state state)
{
    while (walk->sender.state != state && walk->sender.state != SENDER_CLOSED) {
        switch (walk->sender.state) {
        case SENDER_CONNECTING:
            take(walk, SENDER_OPENED, 0);
            break;
        case SENDER_GREETING:
            reply(walk, 220);
            break;
        case SENDER_DATA:
            reply(walk, 354);
            break;
        case SENDER_BODY:
            take(walk, SENDER_DOT_BEGUN, 0);
            break;
        case SENDER_DOT:
            take(walk, SENDER_BODY_GONE, 0);
            break;
        case SENDER_QUIT:
            reply(walk, 221);
            break;
        case SENDER_LEAVING:
            take(walk, SENDER_LOST, 0);
            break;
        case SENDER_HELO:
        case SENDER_MAIL:
        case SENDER_RCPT:
        case SENDER_END_OF_DATA:
        case SENDER_RSET:
        case SENDER_CLOSED:
            reply(walk, 250);
            break;
        }
    }
}

static void test_one_message(void)
{
    struct walk walk;
    begin(&walk, 1, 1);
    go_to(&walk, SENDER_CLOSED);
    CU_ASSERT_STRING_EQUAL(walk.commands, "HELO MAIL RCPT DATA body QUIT close ");
    CU_ASSERT_EQUAL(walk.fates[0], POLICY_ACCEPTED);
    CU_ASSERT_EQUAL(walk.sender.end, SENDER_DONE);
    CU_ASSERT_FALSE(walk.protocol_error);
}

static void test_several_messages_and_recipients(void)
{
    struct walk walk;
    begin(&walk, 2, 3);
    go_to(&walk, SENDER_CLOSED);
    CU_ASSERT_STRING_EQUAL(walk.commands, "HELO MAIL RCPT RCPT RCPT DATA body "
                                          "MAIL RCPT RCPT RCPT DATA body QUIT close ");
    CU_ASSERT_EQUAL(walk.fates[0], POLICY_ACCEPTED);
    CU_ASSERT_EQUAL(walk.fates[1], POLICY_ACCEPTED);
}

static void test_refused_message_is_reset(void)
{
    static const enum sender_state states[] = {SENDER_MAIL, SENDER_RCPT, SENDER_DATA,
                                               SENDER_END_OF_DATA};
    for (size_t i = 0; i < 4; i++) {
        for (int code = 450; code <= 550; code += 100) {
            struct walk walk;
            begin(&walk, 2, 1);
            go_to(&walk, states[i]);
            reply(&walk, code);
            CU_ASSERT_EQUAL(walk.fates[0], code == 450 ? POLICY_DEFERRED : POLICY_REFUSED);
            CU_ASSERT_EQUAL(walk.last.verb, COMMAND_RSET);
            go_to(&walk, SENDER_CLOSED);
            CU_ASSERT_EQUAL(walk.fates[1], POLICY_ACCEPTED);
            CU_ASSERT_EQUAL(walk.sender.end, SENDER_DONE);
        }
    }
}

static void test_last_refused_message_is_quit(void)
{
    struct walk walk;
    begin(&walk, 1, 1);
    go_to(&walk, SENDER_DATA);
    reply(&walk, 554);
    go_to(&walk, SENDER_CLOSED);
    CU_ASSERT_STRING_EQUAL(walk.commands, "HELO MAIL RCPT DATA QUIT close ");
    CU_ASSERT_EQUAL(walk.fates[0], POLICY_REFUSED);
    CU_ASSERT_EQUAL(walk.sender.end, SENDER_DONE);
}

static void recipients(int first, int second, int third, enum policy_fate fate)
{
    struct walk walk;
    begin(&walk, 2, 3);
    go_to(&walk, SENDER_RCPT);
    reply(&walk, first);
    reply(&walk, second);
    reply(&walk, third);
    CU_ASSERT_EQUAL(walk.fates[0], fate);
    CU_ASSERT_STRING_EQUAL(walk.commands, "HELO MAIL RCPT RCPT RCPT RSET ");
    reply(&walk, 250);
    CU_ASSERT_EQUAL(walk.sender.message, 1);
    CU_ASSERT_EQUAL(walk.last.verb, COMMAND_MAIL);
}

static void test_one_refused_recipient_fails_the_message(void)
{
    recipients(550, 250, 250, POLICY_REFUSED);
    recipients(250, 550, 251, POLICY_REFUSED);
    recipients(250, 250, 450, POLICY_DEFERRED);
    recipients(450, 550, 250, POLICY_REFUSED);
    recipients(550, 450, 250, POLICY_REFUSED);
}

static void test_nothing_undoes_a_decision(void)
{
    struct walk walk;
    begin(&walk, 2, 2);
    go_to(&walk, SENDER_RCPT);
    reply(&walk, 550);
    take(&walk, SENDER_LOST, 0);
    CU_ASSERT_EQUAL(walk.fates[0], POLICY_REFUSED);
    CU_ASSERT_EQUAL(walk.sender.end, SENDER_AGAIN);

    begin(&walk, 1, 1);
    go_to(&walk, SENDER_QUIT);
    take(&walk, SENDER_SILENCE, 0);
    CU_ASSERT_EQUAL(walk.fates[0], POLICY_ACCEPTED);
    CU_ASSERT_EQUAL(walk.sender.end, SENDER_DONE);
    CU_ASSERT_EQUAL(walk.last.act, SENDER_CLOSE);
}

static void test_refused_session_befalls_all(void)
{
    static const enum sender_state states[] = {SENDER_GREETING, SENDER_HELO};
    for (size_t i = 0; i < 2; i++) {
        struct walk walk;
        begin(&walk, 3, 1);
        go_to(&walk, states[i]);
        reply(&walk, 554);
        CU_ASSERT_EQUAL(walk.fates[0], POLICY_REFUSED);
        CU_ASSERT_EQUAL(walk.fates[2], POLICY_REFUSED);
        CU_ASSERT_EQUAL(walk.last.verb, COMMAND_QUIT);
        go_to(&walk, SENDER_CLOSED);
        CU_ASSERT_EQUAL(walk.sender.end, SENDER_STOP);
    }
}

static void test_421_closes_and_comes_again(void)
{
    static const enum sender_state states[] = {SENDER_GREETING,    SENDER_HELO, SENDER_MAIL,
                                               SENDER_RCPT,        SENDER_DATA, SENDER_BODY,
                                               SENDER_END_OF_DATA, SENDER_RSET};
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        struct walk walk;
        begin(&walk, 2, 1);
        if (states[i] == SENDER_RSET) {
            go_to(&walk, SENDER_RCPT);
            reply(&walk, 550);
        }
        go_to(&walk, states[i]);
        reply(&walk, 421);
        CU_ASSERT_EQUAL(walk.last.act, SENDER_CLOSE);
        CU_ASSERT_EQUAL(walk.sender.end, SENDER_AGAIN);
        CU_ASSERT_EQUAL(walk.fates[0], states[i] == SENDER_RSET ? POLICY_REFUSED : POLICY_PUT_OFF);
    }
}

static void test_silence_stops(void)
{
    for (int state = SENDER_CONNECTING; state <= SENDER_END_OF_DATA; state++) {
        struct walk walk;
        begin(&walk, 2, 1);
        go_to(&walk, (enum sender_state)state);
        take(&walk, SENDER_SILENCE, 0);
        CU_ASSERT_EQUAL(walk.last.act, SENDER_CLOSE);
        CU_ASSERT_EQUAL(walk.sender.end, SENDER_STOP);
        CU_ASSERT_EQUAL(walk.fates[0], state >= SENDER_DOT ? POLICY_UNKNOWN : POLICY_KEPT);
    }
}

static void test_cut_comes_again(void)
{
    for (int state = SENDER_CONNECTING; state <= SENDER_END_OF_DATA; state++) {
        struct walk walk;
        begin(&walk, 2, 1);
        go_to(&walk, (enum sender_state)state);
        take(&walk, SENDER_LOST, 0);
        CU_ASSERT_EQUAL(walk.last.act, SENDER_CLOSE);
        CU_ASSERT_EQUAL(walk.sender.end, SENDER_AGAIN);
        CU_ASSERT_EQUAL(walk.fates[0], state >= SENDER_DOT ? POLICY_UNKNOWN : POLICY_KEPT);
    }
}

static void test_garbage_is_a_protocol_error(void)
{
    for (int state = SENDER_GREETING; state <= SENDER_END_OF_DATA; state++) {
        struct walk walk;
        begin(&walk, 2, 1);
        go_to(&walk, (enum sender_state)state);
        take(&walk, SENDER_GARBAGE, 0);
        CU_ASSERT_TRUE(walk.protocol_error);
        CU_ASSERT_EQUAL(walk.last.act, SENDER_CLOSE);
        CU_ASSERT_EQUAL(walk.sender.end, SENDER_STOP);
        CU_ASSERT_EQUAL(walk.fates[0], state == SENDER_END_OF_DATA ? POLICY_UNKNOWN : POLICY_KEPT);
    }
}

static void test_no_other_code_is_permission(void)
{
    static const struct {
        enum sender_state state;
        int code;
    } wrong[] = {
        {SENDER_GREETING, 250}, {SENDER_GREETING, 221}, {SENDER_HELO, 220}, {SENDER_HELO, 354},
        {SENDER_MAIL, 251},     {SENDER_MAIL, 354},     {SENDER_RCPT, 252}, {SENDER_RCPT, 354},
        {SENDER_DATA, 250},     {SENDER_DATA, 355},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct walk walk;
        begin(&walk, 2, 1);
        go_to(&walk, wrong[i].state);
        reply(&walk, wrong[i].code);
        CU_ASSERT_TRUE(walk.protocol_error);
        CU_ASSERT_EQUAL(walk.fates[0], POLICY_KEPT);
        CU_ASSERT_EQUAL(walk.last.verb, COMMAND_QUIT);
        go_to(&walk, SENDER_CLOSED);
        CU_ASSERT_EQUAL(walk.sender.end, SENDER_STOP);
    }
    struct walk walk;
    begin(&walk, 2, 1);
    go_to(&walk, SENDER_END_OF_DATA);
    reply(&walk, 251);
    CU_ASSERT_EQUAL(walk.fates[0], POLICY_UNKNOWN);
    CU_ASSERT_TRUE(walk.protocol_error);
}

static void test_early_replies_break_off(void)
{
    static const struct {
        int code;
        enum policy_fate fate;
        enum sender_end end;
    } early[] = {
        {250, POLICY_KEPT, SENDER_STOP},      {354, POLICY_KEPT, SENDER_STOP},
        {452, POLICY_DEFERRED, SENDER_AGAIN}, {552, POLICY_REFUSED, SENDER_AGAIN},
        {421, POLICY_PUT_OFF, SENDER_AGAIN},
    };
    for (size_t i = 0; i < sizeof early / sizeof *early; i++) {
        for (int state = SENDER_BODY; state <= SENDER_DOT; state++) {
            struct walk walk;
            begin(&walk, 2, 1);
            go_to(&walk, (enum sender_state)state);
            reply(&walk, early[i].code);
            CU_ASSERT_EQUAL(walk.last.act, SENDER_CLOSE);
            CU_ASSERT_EQUAL(walk.fates[0], early[i].fate);
            CU_ASSERT_EQUAL(walk.sender.end, early[i].end);
        }
    }
}

static void test_failed_rset(void)
{
    static const struct {
        enum sender_event event;
        int code;
        enum sender_end end;
        bool quits;
    } answers[] = {
        {SENDER_REPLY, 450, SENDER_AGAIN, true}, {SENDER_REPLY, 550, SENDER_AGAIN, true},
        {SENDER_REPLY, 220, SENDER_STOP, true},  {SENDER_GARBAGE, 0, SENDER_STOP, false},
        {SENDER_SILENCE, 0, SENDER_STOP, false}, {SENDER_LOST, 0, SENDER_AGAIN, false},
    };
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        struct walk walk;
        begin(&walk, 2, 1);
        go_to(&walk, SENDER_RCPT);
        reply(&walk, 450);
        take(&walk, answers[i].event, answers[i].code);
        CU_ASSERT_EQUAL(walk.last.act, answers[i].quits ? SENDER_COMMAND : SENDER_CLOSE);
        go_to(&walk, SENDER_CLOSED);
        CU_ASSERT_EQUAL(walk.sender.end, answers[i].end);
        CU_ASSERT_EQUAL(walk.fates[0], POLICY_DEFERRED);
        CU_ASSERT_EQUAL(walk.fates[1], POLICY_NO_FATE);
    }
}

static void test_any_answer_to_quit_will_do(void)
{
    static const int codes[] = {221, 250, 354, 421, 450, 500, 554};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        struct walk walk;
        begin(&walk, 1, 1);
        go_to(&walk, SENDER_QUIT);
        reply(&walk, codes[i]);
        CU_ASSERT_EQUAL(walk.sender.state, SENDER_LEAVING);
        CU_ASSERT_EQUAL(walk.last.act, SENDER_WAIT);
        take(&walk, SENDER_SILENCE, 0);
        CU_ASSERT_EQUAL(walk.last.act, SENDER_CLOSE);
        CU_ASSERT_EQUAL(walk.sender.end, SENDER_DONE);
        CU_ASSERT_FALSE(walk.protocol_error);
    }
}

static void test_nothing_moves_what_is_closed(void)
{
    struct walk walk;
    begin(&walk, 1, 1);
    go_to(&walk, SENDER_CLOSED);
    reply(&walk, 250);
    CU_ASSERT_EQUAL(walk.last.act, SENDER_WAIT);
    CU_ASSERT_EQUAL(walk.last.fate, POLICY_NO_FATE);
    CU_ASSERT_EQUAL(walk.sender.state, SENDER_CLOSED);
}

static void test_stages_and_names(void)
{
    struct sender sender = {.state = SENDER_DOT};
    CU_ASSERT_EQUAL(sender_stage(&sender), LIMIT_BODY);
    sender.state = SENDER_LEAVING;
    CU_ASSERT_EQUAL(sender_stage(&sender), LIMIT_QUIT);
    for (int i = 0; i < SENDER_STATES; i++)
        CU_ASSERT_PTR_NOT_NULL(sender_state_name((enum sender_state)i));
    CU_ASSERT_STRING_EQUAL(sender_state_name(SENDER_END_OF_DATA), "end of data");
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"one message", test_one_message},
        {"several messages and recipients", test_several_messages_and_recipients},
        {"a refused message is reset", test_refused_message_is_reset},
        {"the last refused message is quit", test_last_refused_message_is_quit},
        {"one refused recipient fails the message", test_one_refused_recipient_fails_the_message},
        {"nothing undoes a decision", test_nothing_undoes_a_decision},
        {"a refused session befalls all", test_refused_session_befalls_all},
        {"421 closes and comes again", test_421_closes_and_comes_again},
        {"silence stops", test_silence_stops},
        {"a cut comes again", test_cut_comes_again},
        {"garbage is a protocol error", test_garbage_is_a_protocol_error},
        {"no other code is permission", test_no_other_code_is_permission},
        {"early replies break off", test_early_replies_break_off},
        {"a failed RSET", test_failed_rset},
        {"any answer to QUIT will do", test_any_answer_to_quit_will_do},
        {"nothing moves what is closed", test_nothing_moves_what_is_closed},
        {"stages and names", test_stages_and_names},
    };
    return unit_main("sender", tests, sizeof tests / sizeof *tests, argc, argv);
}
