/* What is left of a normal name (name_normal) without the parts in which the same house differs: branch, legal form,
 * place suffixes, trailing bracket, old and traditional characters. */
#ifndef YIFEN_RULES_NAME_STEM_H
#define YIFEN_RULES_NAME_STEM_H

#include <glib.h>

typedef struct {
  char *stem;   /* never NULL */
  char *branch; /* "东莞分公司", "" for the house itself; never NULL */
} NameStem;

NameStem name_stem(const char *normal);
void name_stem_clear(NameStem *stem);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(NameStem, name_stem_clear)

/* Is the end of a name what a branch adds to its parent's (东莞分公司), and no part of the parent's besides? */
gboolean name_stem_branch(const char *end);

/* Does it end as whole names of organisations do (有限公司, 厂, 医院, ...)? */
gboolean name_stem_whole(const char *normal);

#endif
