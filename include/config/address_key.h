/*
 * The key of base/address_key.h, in the file "address.key" beside the
 * database: one line of 64 hex digits. It is made once and never renewed:
 * what was hashed with it is known by it alone. Blocks.
 */
#ifndef CONFIG_ADDRESS_KEY_H
#define CONFIG_ADDRESS_KEY_H

#include "base/address_key.h"
#include "base/err.h"

/* ERR_MISSING, ERR_DENIED or ERR_CORRUPT as config/key_file.h says. */
int address_key_read(const char *store_path, struct address_key *ret_key,
		     struct err *e);
/* The same; made when missing. For who holds the database's lock. */
int address_key_keep(const char *store_path, struct address_key *ret_key,
		     struct err *e);

#endif
