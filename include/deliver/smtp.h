/*
 * The SMTP mail transaction as a machine over bytes: no sockets, no clock.
 *
 * It starts on a connection that is past EHLO, TLS and AUTH. Messages are
 * queued in; bytes to send come out; bytes received go in; one outcome a
 * message comes out, in order. Pipelined (RFC 2920) where the server offers
 * it, one command at a time where not.
 */
#ifndef DELIVER_SMTP_H
#define DELIVER_SMTP_H
/* The room's developer writes this contract. */
#endif
