/* Who may fetch a certificate: the publication folder shows what its applicant lets be shown. */
#ifndef YIFEN_RULES_PUBLICATION_H
#define YIFEN_RULES_PUBLICATION_H

#include <glib.h>

typedef struct {
  gboolean wanted;         /* `publish` of the order: TRUE unless the applicant opted out */
  gboolean shows_identity; /* a person's ID number stands in it, plain or hashed: all numbers are soon tried */
} PublicationFacts;

/* An ID number is never published, whatever the order says. */
gboolean publication_allowed(const PublicationFacts *facts);

#endif
