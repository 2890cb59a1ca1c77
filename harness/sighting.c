#include "harness/sighting.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* States of the kernel's socket table (include/net/tcp_states.h). */
enum { STATE_ESTABLISHED = 0x01, STATE_SYN_SENT = 0x02, STATE_CLOSE_WAIT = 0x08 };

enum { ROW_SIZE = 512 };

struct row {
    unsigned local_port, remote_port, state;
    unsigned long inode; /* 0: nobody's any more */
};

/* Reads "  12: 0100007F:9C42 0100007F:0CEA 01 00000000:00000000 00:00000000 00000000  0  0 4711 …";
 * false for the heading and for what is no row. */
static bool row_read(const char *line, struct row *row)
{
    char local[40], remote[40];
    return sscanf(
               line, " %*u: %32[0-9A-Fa-f]:%x %32[0-9A-Fa-f]:%x %x %*x:%*x %*x:%*x %*x %*u %*u %lu",
               local, &row->local_port, remote, &row->remote_port, &row->state, &row->inode) == 6;
}

bool sighting_of_this_process(unsigned long inode)
{
    char wanted[48], found[48];
    int size = snprintf(wanted, sizeof wanted, "socket:[%lu]", inode);
    DIR *folder = opendir("/proc/self/fd");
    bool ours = false;
    for (const struct dirent *entry; folder && !ours && (entry = readdir(folder));) {
        ssize_t count = readlinkat(dirfd(folder), entry->d_name, found, sizeof found);
        ours = count == size && memcmp(found, wanted, (size_t)size) == 0;
    }
    if (folder)
        closedir(folder);
    return ours;
}

static bool is_known_ours(const struct sighting_log *log, unsigned long inode)
{
    for (size_t i = 0; i < log->ours_count; i++)
        if (log->ours[i] == inode)
            return true;
    return false;
}

/* Asked once for each socket, and remembered. */
static bool is_ours(struct sighting_log *log, unsigned long inode)
{
    if (is_known_ours(log, inode))
        return true;
    if (!log->is_ours || inode == 0 || !log->is_ours(inode))
        return false;
    unsigned long *ours = realloc(log->ours, (log->ours_count + 1) * sizeof *ours);
    if (ours) { /* otherwise it is asked again the next time */
        log->ours = ours;
        log->ours[log->ours_count++] = inode;
    }
    return true;
}

void sighting_begin(struct sighting_log *log, usec now)
{
    log->look_before = log->look;
    log->look = now;
    for (size_t i = 0; i < log->count; i++)
        log->at[i].still = false;
}

static bool add(struct sighting_log *log, const struct check_sighting *sighting)
{
    if (log->count == log->room) {
        size_t room = log->room ? 2 * log->room : 8;
        struct check_sighting *at = realloc(log->at, room * sizeof *at);
        if (!at)
            return false;
        log->at = at;
        log->room = room;
    }
    log->at[log->count++] = *sighting;
    return true;
}

void sighting_answered(struct sighting_log *log, uint16_t port)
{
    size_t kept = 0;
    for (size_t i = 0; i < log->count; i++) {
        const struct check_sighting *seen = &log->at[i];
        bool lasting = seen->ended == log->look || seen->ended == log->look_before;
        if (!(lasting && seen->connecting && seen->port == port))
            log->at[kept++] = *seen;
    }
    log->count = kept;
}

static bool take_row(struct sighting_log *log, const struct row *row)
{
    bool connecting = row->state == STATE_SYN_SENT;
    if (is_known_ours(log, row->inode))
        return true;
    if (!connecting)
        sighting_answered(log, (uint16_t)row->local_port);
    for (size_t i = 0; i < log->count; i++) {
        struct check_sighting *seen = &log->at[i];
        /* Gone for one look is gone for good: the port may be another socket's by now. */
        bool lasting = seen->ended == log->look || seen->ended == log->look_before;
        if (!lasting || seen->port != row->local_port || seen->connecting != connecting)
            continue;
        seen->still = true;
        seen->ended = log->look;
        return true;
    }
    if (is_ours(log, row->inode))
        return true;
    struct check_sighting fresh = {.began = log->look,
                                   .ended = log->look,
                                   .connecting = connecting,
                                   .port = (uint16_t)row->local_port,
                                   .still = true};
    return add(log, &fresh);
}

/* The next row of a sender's socket, from *at on; false where there is none. The table may have
 * thousands of rows: only those that name the centre's port are worth reading. */
static bool next_row(const struct sighting_log *log, const char *table, const char **at,
                     struct row *row)
{
    char key[16], text[ROW_SIZE];
    snprintf(key, sizeof key, ":%04X ", log->centre_port);
    for (const char *found; (found = strstr(*at, key));) {
        const char *line = found;
        while (line > table && line[-1] != '\n')
            line--;
        size_t count = strcspn(line, "\n");
        *at = line + count;
        if (count >= sizeof text)
            continue;
        memcpy(text, line, count);
        text[count] = '\0';
        if (row_read(text, row) && row->remote_port == log->centre_port &&
            row->local_port != log->centre_port)
            return true;
    }
    return false;
}

bool sighting_take(struct sighting_log *log, const char *table)
{
    struct row row;
    for (const char *at = table; next_row(log, table, &at, &row);)
        if ((row.state == STATE_SYN_SENT || row.state == STATE_ESTABLISHED) && !take_row(log, &row))
            return false;
    return true;
}

bool sighting_holds(struct sighting_log *log, const char *table)
{
    struct row row;
    for (const char *at = table; next_row(log, table, &at, &row);)
        if ((row.state == STATE_ESTABLISHED || row.state == STATE_CLOSE_WAIT) &&
            !is_ours(log, row.inode))
            return true;
    return false;
}

usec sighting_connecting_since(const struct sighting_log *log)
{
    usec since = USEC_NEVER;
    for (size_t i = 0; i < log->count; i++)
        if (log->at[i].still && log->at[i].connecting && log->at[i].began < since)
            since = log->at[i].began;
    return since;
}

void sighting_free(struct sighting_log *log)
{
    free(log->at);
    free(log->ours);
    log->at = NULL;
    log->ours = NULL;
    log->count = log->room = log->ours_count = 0;
}

unsigned sighting_wanted(const struct scenario *scenario)
{
    unsigned wanted = 0;
    for (size_t i = 0; i < scenario->rule_count; i++) {
        const struct action *action = &scenario->rules[i].action;
        wanted |= action->stop_reading ? SIGHTING_WINDOW : 0;
        wanted |= action->refuse == SCENARIO_REFUSE_SILENCE ? SIGHTING_CONNECT : 0;
    }
    return wanted;
}
