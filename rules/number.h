/* Order numbers in texts that people typed and banks reshaped.
 *
 * A number is found when its characters stand in one text, in order after NFKC and upper-casing, with only blanks, '-'
 * or
 * '_' between, and no digit directly before or after; a run of digits that splits without rest into known numbers
 * counts as these. Numbers below NUMBER_SHORTEST characters are never evidence.
 *
 * Calling sequence for a store: number_keys() of an entry's texts -> SELECT the orders with these numbers ->
 * number_index_new() of what was found -> number_find() for the places. */
#ifndef YIFEN_RULES_NUMBER_H
#define YIFEN_RULES_NUMBER_H

#include <glib.h>

#define NUMBER_SHORTEST 10
#define NUMBER_LONGEST 32
#define NUMBER_TEXT_LONGEST 1024 /* characters of a text that are looked at; a bank's remark has at most 140 */

/* Every string of [0-9A-Z] that could be an order number found in the text: a superset of what number_find() can
 * find, without repetitions. Few for ordinary texts. text may be NULL. Elements char *, freed with the array. */
GPtrArray *number_keys(const char *text);

/* The same into a set (keys owned by the set: g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)). */
void number_keys_add(const char *text, GHashTable *set);

typedef struct NumberIndex NumberIndex; /* immutable once made */

/* numbers are borrowed for the life of the index; those that are too short or long are left out. */
NumberIndex *number_index_new(const char *const *numbers, gsize count);
void number_index_free(NumberIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NumberIndex, number_index_free)

typedef struct {
  gsize number;         /* which of the numbers */
  gsize offset, length; /* bytes of the original text, from the first to the last character of the number */
} NumberHit;

/* Appends a NumberHit for each place where a known number stands in the text; text may be NULL. */
void number_find(const NumberIndex *index, const char *text, GArray *hits);

#endif
