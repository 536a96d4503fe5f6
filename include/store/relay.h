/*
 * The relays that do not take mail now, and why: for the admin, also after a
 * restart. That it does again is told by its row that is gone.
 */
#ifndef STORE_RELAY_H
#define STORE_RELAY_H

#include "store/delivery.h"

struct relay_fault {
	const char *name; /* "" for [relay] */
	int64_t since;	  /* the first fault of this row */
	int64_t next_at;  /* when one mail tries again */
	enum outcome_scope scope;
	int32_t code;
	const char *text;
};

/* `since` counts where it has no row yet. */
int relay_fault_put(struct db *db, const struct relay_fault *fault,
		    struct err *e);
int relay_fault_end(struct db *db, const char *name, struct err *e);
int relay_fault_list(struct db *db, struct arena *mem,
		     struct relay_fault **ret_rows, size_t *ret_n,
		     struct err *e);

#endif
