#include "parsers/csv_split.h"

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

typedef struct {
  char *at, *end; /* end: the line feed */
  char separator;
  gboolean filled; /* did any cell hold something? */
} Line;

/* The next separator, quote, carriage return or line feed; there always is one. Inline, so that what is looked for
 * stays in registers from cell to cell. */
static inline __attribute__((always_inline)) char *next_special(const Line *line, char *at) {
#ifdef __SSE2__
  const __m128i separator = _mm_set1_epi8(line->separator), quote = _mm_set1_epi8('"'), back = _mm_set1_epi8('\r'),
                feed = _mm_set1_epi8('\n');
  for (;; at += sizeof(__m128i)) {
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
    __m128i hits = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, separator), _mm_cmpeq_epi8(bytes, quote)),
                                _mm_or_si128(_mm_cmpeq_epi8(bytes, back), _mm_cmpeq_epi8(bytes, feed)));
    int mask = _mm_movemask_epi8(hits);
    if (mask != 0)
      return at + __builtin_ctz((unsigned)mask);
  }
#else
  while (*at != line->separator && *at != '"' && *at != '\r' && *at != '\n')
    at++;
  return at;
#endif
}

static gboolean is_blank(const Line *line, char c) {
  return c == ' ' || (c == '\t' && line->separator != '\t');
}

/* Does the line end here? */
static gboolean is_over(const Line *line, const char *at) {
  return at == line->end || (*at == '\r' && at + 1 == line->end);
}

/* A cell without quotes, from start to *stop; NULL for one that is not so simple. Moves on to what ends it. */
static inline __attribute__((always_inline)) char *bare_cell(Line *line, char **stop) {
  char *start = line->at, *end = next_special(line, start);
  if (*end == '"' || (*end == '\r' && !is_over(line, end)))
    return NULL;
  line->at = end;
  while (start < end && is_blank(line, *start))
    start++;
  while (start < end && is_blank(line, end[-1]))
    end--;
  *stop = end;
  return start;
}

/* Past the quote that ends a cell, or NULL. Two quotes are one: what follows them moves down to *to. */
static inline __attribute__((always_inline)) char *closing_quote(const Line *line, char *at, char **to) {
  char *from = at;
  for (;;) {
    while (*(at = next_special(line, at)) == line->separator)
      at++;
    if (*at != '"')
      return NULL;
    gsize size = (gsize)(at - from);
    if (*to != from)
      memmove(*to, from, size);
    *to += size;
    if (at[1] != '"')
      return at + 1;
    *(*to)++ = '"';
    from = at += 2;
  }
}

/* A cell that begins with a quote; NULL for one that something follows. */
static inline __attribute__((always_inline)) char *quoted_cell(Line *line, char **stop) {
  char *start = line->at + 1, *to = start, *after = closing_quote(line, start, &to);
  if (after == NULL || (*after != line->separator && !is_over(line, after)))
    return NULL;
  line->at = after;
  *stop = to;
  return start;
}

guint csv_split(char *text, gsize size, char separator, char **cells) {
  Line line = {text, text + size - 1, separator, FALSE};
  for (guint count = 0; count < SHEET_CELLS_MAX; line.at++) {
    char *stop, *start = *line.at == '"' ? quoted_cell(&line, &stop) : bare_cell(&line, &stop);
    if (start == NULL)
      return 0;
    line.filled |= start < stop;
    gboolean over = is_over(&line, line.at);
    cells[count++] = start;
    *stop = '\0';
    if (over)
      return line.filled ? count : 0;
  }
  return 0;
}
