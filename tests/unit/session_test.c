#include <stdlib.h>

#include "tests/unit/scripted.h"
#include "tests/unit/unit.h"

#define GIVES(...) CU_ASSERT_TRUE(scripted_gives(__VA_ARGS__))

/* One message, as the well-behaved centre takes it. */
#define ENVELOPE "> MAIL FROM:<a@b>\n> RCPT TO:<NACCS@MAIL.PROD.NACCS6>\n"
#define OPENING  "open\n> HELO a\n"

static void test_whole_dialogue(void)
{
    GIVES(&(struct scripted){.script =
                                 OPENING ENVELOPE "> DATA\n> A: b\\r\\n\\r\\n..c\n> .\n> QUIT\n"
                                                  "close\n"},
          "220 250 250 250 354 250 221",
          "0.000 1: opened connect\n"
          "0.000 1: sent banner: 220 MAIL.PROD.NACCS6 SMTP ready\\r\\n\n"
          "1.000 1: received HELO: HELO a\\r\\n\n"
          "1.000 1: sent HELO: 250 MAIL.PROD.NACCS6\\r\\n\n"
          "2.000 1: received MAIL m1: MAIL FROM:<a@b>\\r\\n\n"
          "2.000 1: sent MAIL m1: 250 sender ok\\r\\n\n"
          "3.000 1: received RCPT m1: RCPT TO:<NACCS@MAIL.PROD.NACCS6>\\r\\n\n"
          "3.000 1: sent RCPT m1: 250 recipient ok\\r\\n\n"
          "4.000 1: received DATA m1: DATA\\r\\n\n"
          "4.000 1: sent DATA m1: 354 send the message, a lone dot ends it\\r\\n\n"
          "5.000 1: received body m1 body: A: b\\r\\n\\r\\n..c\\r\\n\n"
          "6.000 1: received body m1 body: .\\r\\n\n"
          "6.000 1: stored end-of-data m1\n"
          "6.000 1: sent end-of-data m1: 250 accepted\\r\\n\n"
          "7.000 1: received QUIT: QUIT\\r\\n\n"
          "7.000 1: sent QUIT: 221 MAIL.PROD.NACCS6 closing\\r\\n\n"
          "7.000 1: centre-fin QUIT\n"
          "8.000 1: sender-fin QUIT\n"
          "8.000 1: closed QUIT\n");
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        {"whole dialogue", test_whole_dialogue},
    };
    return unit_main("session", tests, sizeof tests / sizeof *tests, argc, argv);
}
