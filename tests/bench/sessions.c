/* The reference client with many sessions at once, in one process.
 *
 *     sessions PORT SESSIONS MESSAGES FILE
 *
 * Each session sends the file so many times over one connection to 127.0.0.1:PORT. For
 * tests/bench/run: what the client's code costs, beside a load generator that does the same. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "client/client.h"
#include "wire/loop.h"

struct load {
    size_t failed;
};

static void done(void *owner, const struct client_result *result)
{
    struct load *load = owner;
    for (size_t i = 0; i < result->count; i++)
        load->failed += result->messages[i].outcome != CLIENT_ACCEPTED;
}

static struct octets map(const char *path)
{
    struct stat status;
    int file = open(path, O_RDONLY);
    if (file < 0 || fstat(file, &status) != 0)
        return (struct octets){NULL, 0};
    void *at = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, file, 0);
    return at == MAP_FAILED ? (struct octets){NULL, 0}
                            : (struct octets){at, (size_t)status.st_size};
}

int main(int argc, char **argv)
{
    struct problem problem = {"usage: sessions PORT SESSIONS MESSAGES FILE"};
    struct load load = {0};
    struct octets octets = argc == 5 ? map(argv[4]) : (struct octets){NULL, 0};
    struct loop *loop = octets.at ? loop_live_new(&problem) : NULL;
    size_t sessions = loop ? strtoul(argv[2], NULL, 10) : 0;
    size_t count = loop ? strtoul(argv[3], NULL, 10) : 0;
    static const char *const to[] = {"NACCS@MAIL.PROD.NACCS6"};
    struct client **clients = calloc(sessions + 1, sizeof *clients);
    struct client_message *messages = calloc(count + 1, sizeof *messages);
    if (!clients || !messages || sessions == 0) {
        fprintf(stderr, "sessions: %s\n", problem.text);
        return 2;
    }
    for (size_t i = 0; i < count; i++)
        messages[i] = (struct client_message){"message", octets};
    const struct client_options options = {.host = "127.0.0.1",
                                           .port = (uint16_t)strtoul(argv[1], NULL, 10),
                                           .helo = "sender.example",
                                           .from = "load@sender.example",
                                           .to = to,
                                           .to_count = 1,
                                           .limits = limits_default(),
                                           .connection_limit = 1,
                                           .done = done,
                                           .owner = &load};
    for (size_t i = 0; i < sessions; i++) {
        clients[i] = client_start(loop, &options, messages, count, &problem);
        if (!clients[i]) {
            fprintf(stderr, "sessions: %s\n", problem.text);
            return 2;
        }
    }
    loop_run(loop);
    for (size_t i = 0; i < sessions; i++)
        client_free(clients[i]);
    loop_free(loop);
    free(clients);
    free(messages);
    if (load.failed > 0)
        fprintf(stderr, "sessions: %zu messages were not accepted\n", load.failed);
    return load.failed > 0;
}
