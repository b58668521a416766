#include "rules/publication.h"

gboolean publication_allowed(const PublicationFacts *facts) {
  return facts->wanted && !facts->shows_identity;
}
