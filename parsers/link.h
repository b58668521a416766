/* A bank's direct link 银企直连, as the sections [link], [link pay] and [link query] of its profile describe it: what
 * requests look like, how they are signed, wrapped and framed, where in an answer the fields stand that matter.
 *
 * Templates are texts with variables in braces; lines that continue them are joined without their blanks. {signature}
 * stands once in a template; what is signed is the message as it is sent, with `unsigned` in the signature's place, so
 * that whoever checks it needs no parser: the signature stands between `signature_before` and `signature_after`, and
 * these stand once in a message. What is sent is, from the inside out: template, signature, envelope, wrap, length. */
#ifndef YIFEN_PARSERS_LINK_H
#define YIFEN_PARSERS_LINK_H

#include "parsers/keyfile.h"
#include "parsers/signature.h"

typedef enum { LINK_JSON, LINK_XML } LinkFormat;
typedef enum { LINK_HTTPS, LINK_SOCKET } LinkTransport;

/* What an answer says of a transfer. */
typedef enum {
  LINK_SETTLED,   /* debited, the bank says */
  LINK_PROGRESS,  /* taken, and not yet decided */
  LINK_REJECTED,  /* not done, and never will be */
  LINK_RETURNED,  /* 退票: done, and come back */
  LINK_NOT_FOUND, /* counts by rules/absence.h only */
  LINK_MEANINGS
} LinkMeaning;

/* [link pay] and [link query]: one kind of request, and its answer. Paths name elements from the root, "a/b/c". */
typedef struct {
  char *function; /* variable {function} */
  char *template;
  char *item; /* one transfer of {transfers}; NULL: the template itself holds the only one */
  int pause;  /* seconds between two such requests on one channel */

  char *request;               /* path of what the answer repeats of the request's id; NULL: nothing */
  char *echo;                  /* template of what must stand there; {request} */
  char *each;                  /* path of the element that stands once a transfer; NULL: the answer is about one */
  char *reference;             /* path of our reference */
  char **status;               /* paths; what they hold, joined by "/", is the bank's status. "SUC0000/FIN/S" */
  char *reason, *text;         /* paths: the bank's code and its words */
  char *bank_reference;        /* path */
  char **words[LINK_MEANINGS]; /* statuses, with * for anything, tried in the order of LinkMeaning; others mean nothing
                                */
} LinkCall;

typedef struct {
  LinkTransport transport; /* transport = https | socket */
  LinkFormat format;       /* format = json | xml */
  char *encoding;          /* encoding = UTF-8 | GBK | GB18030, of requests */
  char *content_type;
  int most;          /* transfers in one request */
  char **same_bank;  /* same_bank = Y|N: variable {same_bank} for a payee at this bank, and at another */
  int query_minutes; /* the first question about a transfer that is not decided; later ones are rarer */

  SignatureKind sign; /* signature = rsa | sm2 | hmac | none */
  gboolean sign_raw;  /* signature_form = raw: SM2 as r and s */
  char *sm2_id;       /* template over {customer} {customer16} */
  char *unsigned_text, *before, *after;

  gboolean envelope; /* envelope = sm4-cbc */
  char *first;       /* template of its first block */
  char *wrap;        /* template around {message}, URL-escaped: "UID={customer}&DATA={message}" */

  char *flag;     /* stands before the length */
  int length;     /* characters of the length header; 0: none */
  gboolean zeros; /* length_fill = zeros | blanks: right-aligned, or left-aligned */

  LinkCall pay, query;
} Link;

/* The link of a profile's sections; NULL in *link when it has none. ERROR_PERMANENT "config_..." with file and line. */
gboolean link_parse(const KeyFile *file, Link **link, GError **error);
void link_free(Link *link);

/* The BankStatus.status that stands for a meaning: ISO 20022 codes where there are such, else words of ours. */
const char *link_status_word(LinkMeaning meaning);
#define LINK_WORD_RETURNED "RTND"
#define LINK_WORD_NOT_FOUND "NOTF"
#define LINK_WORD_NOTHING "NONE" /* a status that the profile does not know, and a duplicate: both decide nothing */

#endif
