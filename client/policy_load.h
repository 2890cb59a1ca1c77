/* The action table as a file: what the sender does about each reply, stage by stage.
 *
 *     {"source": "RFC 821, RFC 5321", "stages": {
 *        "mail": {"success": [250], "actions": {
 *           "success": {"next": "go-on"},
 *           "4yz": {"message": "deferred", "next": "reset"},
 *           "452": {"message": "kept", "next": "quit-again"}, …}}, …}}
 *
 * "source" says who asks for it. Every stage of client/limits.h stands there, with its codes of
 * success (none at lookup, connect and body, which have no reply of their own) and its actions: for
 * "success", "unexpected" (another 2yz or 3yz), "4yz", "5yz", "421", "garbage", "silence" and
 * "cut", as enum policy_kind has them, and for single codes where they differ from their class. An
 * action is what becomes of the "message" (kept, put-off, accepted, deferred, refused, unknown;
 * without it, nothing new), what comes "next" (go-on, reset, quit-again, quit-stop, close-again,
 * close-stop), and whether it is a "protocol_error". "note" and "source" may stand in stages and
 * actions too.
 *
 * What no sender could do, or none should, is refused: to go on without success, to call a message
 * accepted before its end was answered with success, to send on into a connection that is dead. */
#ifndef CLIENT_POLICY_LOAD_H
#define CLIENT_POLICY_LOAD_H

#include "client/policy.h"
#include "wire/problem.h"

/* False, and the policy as it was, where the file is unreadable or says what it can't: the problem
 * names the file and the line or JSON pointer. */
bool policy_load(const char *file, struct policy *policy, struct problem *problem);

#endif
