#include "mockserver/privileges.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

bool privileges_find(const char *name, struct privileges *privileges, struct problem *problem)
{
    errno = 0;
    const struct passwd *entry = getpwnam(name);
    if (!entry) {
        problem_set(problem, "--user %.64s: %s", name,
                    errno ? strerror(errno) : "there is no such user");
        return false;
    }
    if (entry->pw_uid == 0) {
        problem_set(problem, "--user %.64s: expected a user that is not root", name);
        return false;
    }
    *privileges = (struct privileges){name, entry->pw_uid, entry->pw_gid};
    return true;
}

static bool refused(const struct privileges *privileges, struct problem *problem)
{
    problem_set(problem, "--user %.64s: can't become that user: %s", privileges->name,
                strerror(errno));
    return false;
}

/* Who is that user already has nothing to lend. */
static bool is_user(const struct privileges *privileges)
{
    uid_t real, effective, saved;
    return getresuid(&real, &effective, &saved) == 0 && real == privileges->user &&
           effective == privileges->user && saved == privileges->user;
}

bool privileges_lend(const struct privileges *privileges, struct problem *problem)
{
    if (!privileges->name || is_user(privileges))
        return true;
    return (setgroups(1, &privileges->group) == 0 && setegid(privileges->group) == 0 &&
            seteuid(privileges->user) == 0) ||
           refused(privileges, problem);
}

bool privileges_take_back(const struct privileges *privileges, struct problem *problem)
{
    if (!privileges->name || is_user(privileges))
        return true;
    return (seteuid(getuid()) == 0 && setegid(getgid()) == 0) || refused(privileges, problem);
}

static bool is_gone(const struct privileges *privileges)
{
    gid_t real, effective, saved;
    return is_user(privileges) && getresgid(&real, &effective, &saved) == 0 &&
           real == privileges->group && effective == privileges->group &&
           saved == privileges->group && seteuid(0) != 0;
}

bool privileges_drop(const struct privileges *privileges, struct problem *problem)
{
    if (!privileges->name || is_user(privileges))
        return true;
    if (setgroups(1, &privileges->group) != 0 ||
        setresgid(privileges->group, privileges->group, privileges->group) != 0 ||
        setresuid(privileges->user, privileges->user, privileges->user) != 0 ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return refused(privileges, problem);
    if (is_gone(privileges))
        return true;
    problem_set(problem, "--user %.64s: the rights of root are still there", privileges->name);
    return false;
}
