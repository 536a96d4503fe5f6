/*
 * Takes deliveries from the queue to the relay.
 *
 * Lease (committed) -> compose -> SMTP on the loop, or a Maildir on the
 * worker -> outcome (committed). It leases no more than the relay has room
 * for, and nothing while outcomes wait to be stored. Those wait for the next
 * lease, at most 20 ms, as a commit serves many. Outcomes that the store
 * refuses (disk full) are kept and tried again before anything else is sent.
 * Loop thread.
 */
#ifndef APP_COURIER_H
#define APP_COURIER_H

#include "app/core.h"

struct courier;

int courier_new(struct core *core, struct courier **ret_courier, struct err *e);
/* Something may be due: look now. */
void courier_wake(struct courier *c);
/*
 * Takes over core->config: at once for the words of mails, and for the relay
 * when its secrets are read and what is under way has ended. A relay that
 * cannot be used is logged and the old one stays.
 */
void courier_configure(struct courier *c);
/*
 * Leases nothing more, ends what is under way (at the latest in `grace_ms`,
 * then what has not been accepted is given back); `closed` when every
 * outcome is stored.
 */
void courier_close(struct courier *c, uint64_t grace_ms,
		   void (*closed)(void *data), void *data);
/* After `closed`. */
void courier_free(struct courier *c);

#endif
