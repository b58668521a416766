/* Requests of a direct link written by the profile's templates, and the bytes of its answers taken out of frame,
 * envelope and signature. No answer is parsed here: what link_open() gives goes to yifen-parse.
 *
 * The same arguments give the same request, but for an SM2 signature, which holds a random number. So a payment is
 * written once, and the whole signed request is what is sealed and sent. */
#ifndef YIFEN_PARSERS_LINK_MESSAGE_H
#define YIFEN_PARSERS_LINK_MESSAGE_H

#include "parsers/envelope.h"
#include "parsers/link.h"
#include "parsers/pain001.h"

#define LINK_ANSWER_MAX (256 * 1024) /* bytes of an answer */

/* What bank and customer agreed: from the channel's configuration. Borrowed. */
typedef struct {
  const char *customer, *operator_no, *authorization; /* may be NULL */
  Signature ours, theirs;
  Envelope envelope;
} LinkParty;

/* A template over {customer} and {customer16} alone; the caller frees. */
char *link_customer_text(const char *template, const char *customer);

/* same_bank: is each payee's bank this one? NULL: none is. The message's id is the {request}; of a question the
 * execution is the day of the payment, and its only transfer's remark is empty. The caller frees, overwriting, since a
 * payment carries codes. ERROR_REFUSED "encoding" for a character that the bank's encoding has not. */
GBytes *link_write(const Link *link, const LinkCall *call, const LinkParty *party, const PainMessage *message,
                   const gboolean *same_bank, GError **error);

/* What must stand in the answer's `request`. The caller frees. */
char *link_echo(const LinkCall *call, const PainMessage *message);

/* How long a framed answer is, header included, as its first bytes say; 0: the header is not whole yet, -1: it is none,
 * or says more than LINK_ANSWER_MAX. */
gssize link_frame_size(const Link *link, const char *bytes, gsize size);

/* The message in an answer's bytes. ERROR_REFUSED "answer_frame" (cut, or longer than it says), "answer_envelope",
 * "answer_signature". */
GBytes *link_open(const Link *link, const LinkParty *party, const void *bytes, gsize size, GError **error);

#endif
