/* The words of an electronic seal 电子印章. The arc of a drawn seal always names the applicant, whatever the order
 * calls the seal: nobody gets a seal of another company. */
#ifndef YIFEN_RULES_ESEAL_WORDS_H
#define YIFEN_RULES_ESEAL_WORDS_H

#include <glib.h>

typedef struct {
  char *name;  /* of the seal in its data (SESeal property.name) */
  char *arc;   /* around the star */
  char *below; /* below the star; NULL for the company's seal */
} EsealWords;
void eseal_words_clear(EsealWords *words);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(EsealWords, eseal_words_clear)

/* The seal of the organisation certificate: the applicant's name and nothing else. */
void eseal_words_organization(const char *applicant, EsealWords *words);

/* The seal of business certificate `number` (1..) of `count`: below the star stands `called` (the order's seal.name,
 * may be NULL) without the applicant's name that it may begin with, else 业务专用章; and its number where there are
 * several. */
void eseal_words_business(const char *applicant, const char *called, int number, int count, EsealWords *words);

#endif
