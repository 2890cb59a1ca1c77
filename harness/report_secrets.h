/* Passwords in what was found. Transcripts know which octets are secret; the oracle quotes octets
 * of messages, and with them what stands there. */
#ifndef HARNESS_REPORT_SECRETS_H
#define HARNESS_REPORT_SECRETS_H

#include "harness/run.h"

/* In the texts of all findings, and in what commands wrote, the passwords of the case's messages,
 * as they were handed over and as they were received, become '*': also the parts of one that an
 * excerpt begins or ends with. Before any report is written, unless passwords are asked for. Twice
 * does no harm. False: no memory. */
bool report_mask_secrets(struct run_results *results);

/* Where the first password of a message stands; false where it has none. */
bool report_password(struct octets message, struct octets *password);
/* Octets that have this password where a message has it, and nothing else: REPORT_PASSWORD_SIZE at
 * most. Returns how many. */
enum { REPORT_PASSWORD_SIZE = 64 };
size_t report_password_place(struct octets password, uint8_t at[REPORT_PASSWORD_SIZE]);

#endif
