/* A sender's test with a NACCS centre inside: sends one message and looks at what arrived.
 *
 *     cc one-message.c $(pkg-config --cflags --libs naccsmock) -o one-message && ./one-message
 */
#include <naccsmock.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Stands for your sender. */
static int send_message(uint16_t port)
{
    static const char *const steps[] = {"",
                                        "HELO GW01.USER.NACCS6\r\n",
                                        "MAIL FROM:<USER01@GW01.USER.NACCS6>\r\n",
                                        "RCPT TO:<NACCS@MAIL.PROD.NACCS6>\r\n",
                                        "DATA\r\n",
                                        "Subject: test\r\n\r\n..leading dot\r\n.\r\n",
                                        "QUIT\r\n"};
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int centre = socket(AF_INET, SOCK_STREAM, 0);
    int code = -1;
    if (centre < 0 || connect(centre, (struct sockaddr *)&address, sizeof address) != 0)
        return code;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        char reply[512];
        size_t count = strlen(steps[i]), got = 0;
        if (count > 0 && send(centre, steps[i], count, MSG_NOSIGNAL) != (ssize_t)count)
            break;
        while (got < sizeof reply - 1 && read(centre, reply + got, 1) == 1 && reply[got++] != '\n')
            ;
        reply[got] = '\0';
        if (i == 5)
            sscanf(reply, "%d", &code);
    }
    close(centre);
    return code;
}

static int fail(const naccsmock *centre, const char *what)
{
    char *dialogue = naccsmock_dialogue(centre);
    fprintf(stderr, "%s: %s\n%s", what, naccsmock_error(centre), dialogue ? dialogue : "");
    naccsmock_free_text(dialogue);
    return 1;
}

/* The well-behaved centre takes the message, whole and un-stuffed. */
static int test_accepted(void)
{
    naccsmock *centre = naccsmock_new();
    int failed = 0;
    if (!naccsmock_start(centre))
        failed = fail(centre, "can't start");
    else if (send_message(naccsmock_port(centre)) != 250)
        failed = fail(centre, "not answered 250");
    else if (!naccsmock_wait_messages(centre, 1, 5000))
        failed = fail(centre, "no message");
    else if (strcmp(naccsmock_message_at(centre, 0)->content,
                    "Subject: test\r\n\r\n.leading dot\r\n") != 0)
        failed = fail(centre, "another message");
    naccsmock_free(centre);
    return failed;
}

/* A busy one keeps nothing. */
static int test_busy(void)
{
    naccsmock *centre = naccsmock_new();
    int failed = 0;
    naccsmock_set_scenario(centre, "{\"version\": 1, \"rules\": ["
                                   "{\"at\": \"end-of-data\", \"reply\": \"450 busy\"}]}");
    if (!naccsmock_start(centre))
        failed = fail(centre, "can't start");
    else if (send_message(naccsmock_port(centre)) != 450)
        failed = fail(centre, "not answered 450");
    else if (!naccsmock_wait_closed(centre, 1, 5000) || naccsmock_message_count(centre) != 0)
        failed = fail(centre, "something was kept");
    naccsmock_free(centre);
    return failed;
}

int main(void)
{
    int failed = test_accepted() + test_busy();
    printf("%d of 2 tests failed\n", failed);
    return failed > 0;
}
