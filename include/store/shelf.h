/*
 * What deliveries tell, read once for all of them: members of a community are
 * told of the same debates, with the same newest comment.
 *
 * It holds rows as they were when they were first asked for, so it is for one
 * job, in one transaction; what it gives lives in its arena.
 */
#ifndef STORE_SHELF_H
#define STORE_SHELF_H

#include "store/delivery.h"

struct shelf_row;

/* {.mem = ...} is an empty one; nothing is to be released but the arena. */
struct shelf {
	struct arena *mem;
	struct shelf_row *rows; /* hashed; a power of two of them */
	size_t n, room;
};

/* The items of a delivery, in order; in the shelf's arena. */
int shelf_items(struct db *db, struct shelf *shelf, int64_t delivery_id,
		struct item **ret_items, size_t *ret_n, struct err *e);

#endif
