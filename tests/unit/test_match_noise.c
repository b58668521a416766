/* The rules that never bend, checked by slow code that knows how the noise was made, over 100,000 invented wires; and
 * the answer does not depend on the order of arrival nor on what else is in the group. */
#include "rules/match.h"
#include "rules/number.h"
#include "rules/triage.h"

#include <string.h>

#define WORLDS 8400
#define LINES 12
#define ORDERS 8

/* Three houses, and how their names are shown. Only the first four forms of a house are the house itself. */
#define FORMS 7
static const char *const names[3][FORMS] = {
    {"深圳国际控股投资发展市信诚龘新能源（广东）有限公司", "深圳国际 控股投资发展市信诚龘新能源(广东)有限公司",
     "深圳国际控股投资发展市信诚龘新能源（广", "深圳国际控股投资发展市信诚?新能源（广东）有限公司",
     "深圳国际控股投资发展市信诚龘新能源（广东）有限责任公司",
     "深圳国际控股投资发展市信诚龘新能源（广东）有限公司东莞分公司", NULL},
    {"广州国际控股投资发展市丙䶮电子科技（集团）有限公司", "广州国际控股投资　发展市丙䶮电子科技(集团)有限公司",
     "广州国际控股投资发展市丙䶮电子科技（集", "广州国际控股投资发展市丙??电子科技(集团)有限公司",
     "广州国际控股投资发展丙䶮电子科技（集团）有限公司", "广州国际控股投资发展市丙䶮电子科技（集团）有限公司工会",
     NULL},
    {"甲乙", "甲 乙", "张三", "?", "甲乙商行", "甲乙东莞分公司", NULL},
};
enum { FORM_EQUAL, FORM_NORMAL, FORM_CUT, FORM_WILD, FORM_LEGAL, FORM_BRANCH, FORM_NONE };

typedef struct {
  int house, form;
  gboolean own_account;
  guint named; /* bits of the orders whose numbers were written, in a way that must be found */
} Secret;

typedef struct {
  GRand *rand;
  Order order_rows[ORDERS];
  int order_house[ORDERS];
  Entry line_rows[LINES];
  Secret secrets[LINES];
  MatchOrder orders[ORDERS];
  MatchEntry entries[LINES];
  MatchGroup group;
} World;

static int pick(World *world, int below) {
  return g_rand_int_range(world->rand, 0, below);
}

static const char *account_of(int house) {
  static const char *const accounts[] = {"4000001", "4000002", "4000003"};
  return accounts[house];
}

static void make_order(World *world, int i) {
  static const MatchOrderState states[] = {MATCH_OPEN, MATCH_OPEN, MATCH_OPEN, MATCH_OPEN,
                                           MATCH_OPEN, MATCH_OPEN, MATCH_GONE, MATCH_ONLINE};
  int house = pick(world, 3);
  world->order_house[i] = house;
  world->order_rows[i] = (Order){.id = i + 1,
                                 .order_no = g_strdup_printf("2026110100%05d", i * 7 + 1),
                                 .applicant_name = g_strdup(names[house][FORM_EQUAL]),
                                 .account_number = g_strdup(account_of(house)),
                                 .submitted_at = instant_at(1 + pick(world, 6), pick(world, 24), 0, 0),
                                 .price = {100 * (1 + pick(world, 5)), "CNY"}};
  world->orders[i] = (MatchOrder){&world->order_rows[i], states[pick(world, G_N_ELEMENTS(states))]};
}

/* One number in one of the ways in which people and banks write it. */
static void write_number(World *world, GString *remark, const char *number) {
  switch (pick(world, 5)) {
  case 0:
    g_string_append_printf(remark, "单号%s，", number);
    break;
  case 1:
    g_string_append_printf(remark, " %.4s %s ", number, number + 4);
    break;
  case 2:
    g_string_append_printf(remark, "CA%.8s-%s/", number, number + 8);
    break;
  case 3:
    for (const char *p = number; *p != '\0'; p++)
      g_string_append_unichar(remark, 0xFF10 + (gunichar)(*p - '0'));
    g_string_append(remark, "号");
    break;
  default:
    g_string_append_printf(remark, "%s|", number);
  }
}

static void name_order(World *world, int i, GString *remark, int order) {
  world->secrets[i].named |= 1u << order;
  write_number(world, remark, world->order_rows[order].order_no);
}

/* meant: an order that the wire is for, -1 for pure noise. */
static void make_remark(World *world, int i, int meant) {
  static const char *const noise[] = {"", "货款", "证书费", "12345678901234", "202611010", "2026110100000010"};
  g_autoptr(GString) remark = g_string_new(noise[pick(world, G_N_ELEMENTS(noise))]);
  if (remark->len > 0)
    g_string_append_c(remark, ';');
  if (meant >= 0 && pick(world, 10) < 6)
    name_order(world, i, remark, meant);
  if (pick(world, 10) < 2)
    name_order(world, i, remark, pick(world, ORDERS));
  world->line_rows[i].remark = remark->len == 0 ? NULL : g_strdup(remark->str);
}

static gint64 make_amount(World *world, int meant) {
  gint64 price = meant < 0 ? 100 : world->order_rows[meant].price.minor;
  switch (pick(world, 6)) {
  case 0:
    return 100 * (1 + pick(world, 6));
  case 1:
    return MAX(price - 100, 100);
  case 2:
    return 100;
  default:
    return price;
  }
}

static void make_line(World *world, int i) {
  int meant = pick(world, 4) == 0 ? -1 : pick(world, ORDERS);
  int house = meant < 0 ? pick(world, 3) : world->order_house[meant];
  int form = pick(world, 3) != 0 ? FORM_EQUAL : pick(world, FORMS), account = pick(world, 10);
  world->secrets[i] = (Secret){.house = house, .form = form, .own_account = account < 8};
  world->line_rows[i] =
      (Entry){.id = i + 1,
              .account = g_strdup(pick(world, 4) == 0 ? "own2" : "own1"),
              .booking_date = 3 + pick(world, 8),
              .amount = {make_amount(world, meant), "CNY"},
              .direction = pick(world, 12) == 0 ? DIRECTION_DEBIT : DIRECTION_CREDIT,
              .counterparty_name = g_strdup(names[house][form]),
              .counterparty_account = account == 9 ? NULL : g_strdup(account < 8 ? account_of(house) : "6222")};
  world->line_rows[i].reversal = world->line_rows[i].direction == DIRECTION_DEBIT;
  make_remark(world, i, meant);
  world->entries[i] = (MatchEntry){.line = &world->line_rows[i]};
}

static void world_make(World *world, guint32 seed) {
  *world = (World){.rand = g_rand_new_with_seed(seed)};
  for (int i = 0; i < ORDERS; i++)
    make_order(world, i);
  for (int i = 0; i < LINES; i++)
    make_line(world, i);
  world->group = (MatchGroup){world->entries, LINES, world->orders, ORDERS, NULL, 0, NULL};
}

static void world_clear(World *world) {
  for (int i = 0; i < ORDERS; i++)
    order_clear(&world->order_rows[i]);
  for (int i = 0; i < LINES; i++)
    entry_clear(&world->line_rows[i]);
  g_rand_free(world->rand);
}

static gint64 allocated(const MatchResult *result, gsize entry, gsize order) {
  gint64 sum = 0;
  const GArray *allocations = result->outcomes[entry].allocations;
  for (guint i = 0; i < allocations->len; i++)
    if (g_array_index(allocations, MatchAllocation, i).order == order)
      sum += g_array_index(allocations, MatchAllocation, i).amount;
  return sum;
}

static gint64 order_total(const MatchResult *result, gsize order) {
  gint64 sum = 0;
  for (gsize i = 0; i < LINES; i++)
    sum += allocated(result, i, order);
  return sum;
}

/* Must the payer be taken for the house itself? */
static gboolean is_house(const Secret *secret, gboolean named) {
  if (secret->house == 2)
    return secret->form <= FORM_NORMAL && (secret->own_account || named);
  if (secret->form <= FORM_NORMAL)
    return secret->own_account || named;
  return secret->form <= FORM_WILD && secret->own_account;
}

static const char *check_pair(const World *world, const MatchResult *result, gsize entry, gsize order) {
  const Secret *secret = &world->secrets[entry];
  const Entry *line = &world->line_rows[entry];
  gboolean named = (secret->named & (1u << order)) != 0;
  if (world->orders[order].state != MATCH_OPEN)
    return "an order that is not open";
  if (secret->house != world->order_house[order] || !is_house(secret, named))
    return "a payer that is not the applicant";
  if (secret->named != 0 && !named)
    return "another order than the named one";
  if (named)
    return NULL;
  if (day_of_instant(world->order_rows[order].submitted_at) > line->booking_date)
    return "an order that came later";
  if (line->amount.minor != world->order_rows[order].price.minor)
    return "another amount";
  for (gsize i = 0; i < ORDERS; i++)
    if (i != order && world->orders[i].state == MATCH_OPEN && world->order_house[i] == secret->house &&
        order_total(result, i) == 0 && world->order_rows[i].price.minor == line->amount.minor &&
        day_of_instant(world->order_rows[i].submitted_at) <= line->booking_date)
      return "one of two equal orders";
  return NULL;
}

static const char *check_entry(const World *world, const MatchResult *result, gsize entry) {
  const MatchOutcome *outcome = &result->outcomes[entry];
  gint64 sum = 0;
  guint orders = 0;
  for (gsize order = 0; order < ORDERS; order++) {
    gint64 amount = allocated(result, entry, order);
    const char *wrong = amount == 0 ? NULL : check_pair(world, result, entry, order);
    if (wrong != NULL)
      return wrong;
    sum += amount;
    orders |= amount == 0 ? 0 : 1u << order;
  }
  if ((outcome->disposition == DISPOSITION_SETTLED) != (sum > 0))
    return "settled without money, or money without settled";
  if (sum != 0 && sum != world->line_rows[entry].amount.minor)
    return "a sum that is not exact";
  if (sum != 0 && world->secrets[entry].named != 0 && world->secrets[entry].named != orders)
    return "not all orders that it names";
  if (sum != 0 && !outcome->proves)
    return "settled, but proves nothing";
  return NULL;
}

static const char *check_order(const World *world, const MatchResult *result, gsize order) {
  gint64 total = order_total(result, order);
  int payers = 0;
  gboolean all_name_it_alone = TRUE;
  for (gsize i = 0; i < LINES; i++) {
    payers += allocated(result, i, order) > 0;
    all_name_it_alone &= allocated(result, i, order) == 0 || world->secrets[i].named == (1u << order);
  }
  if (total != 0 && total != world->order_rows[order].price.minor)
    return "an order settled in part or beyond its price";
  return payers > 1 && !all_name_it_alone ? "several wires that do not each name their order" : NULL;
}

/* A pair cancels itself: equal money, the credit not later, each the other's partner. */
static const char *check_reversal(const World *world, const MatchResult *result, gsize entry) {
  const MatchOutcome *outcome = &result->outcomes[entry];
  const Entry *line = &world->line_rows[entry];
  if (outcome->partner < 0)
    return outcome->disposition == DISPOSITION_EXPLAINED ? "explained without partner" : NULL;
  const Entry *other = &world->line_rows[outcome->partner];
  if (result->outcomes[outcome->partner].partner != (gssize)entry || outcome->disposition != DISPOSITION_EXPLAINED)
    return "a pair that is none";
  if (other->direction == line->direction || other->amount.minor != line->amount.minor ||
      strcmp(other->account, line->account) != 0 ||
      world->secrets[entry].house != world->secrets[outcome->partner].house)
    return "a reversal of something else";
  const Entry *credit = line->direction == DIRECTION_CREDIT ? line : other, *debit = credit == line ? other : line;
  return credit->booking_date > debit->booking_date ? "a reversal before its credit" : NULL;
}

static const char *check_case(const MatchResult *result, gsize entry) {
  const MatchOutcome *outcome = &result->outcomes[entry];
  guint found = 0;
  for (gsize i = 0; i < result->case_count; i++)
    for (guint k = 0; k < result->cases[i].entries->len; k++)
      if (g_array_index(result->cases[i].entries, gsize, k) == entry) {
        found++;
        if (outcome->in_case != (gssize)i || g_strcmp0(outcome->reason, result->cases[i].reason) != 0)
          return "a case that is not its own";
      }
  return found == (outcome->disposition == DISPOSITION_REVIEW ? 1 : 0) ? NULL
                                                                       : "in review without case, or the reverse";
}

static const char *check_world(const World *world, const MatchResult *result) {
  for (gsize i = 0; i < LINES; i++) {
    const char *wrong = check_entry(world, result, i);
    wrong = wrong != NULL ? wrong : check_reversal(world, result, i);
    wrong = wrong != NULL ? wrong : check_case(result, i);
    if (wrong != NULL)
      return wrong;
  }
  for (gsize i = 0; i < ORDERS; i++) {
    const char *wrong = check_order(world, result, i);
    if (wrong != NULL)
      return wrong;
  }
  return NULL;
}

static void test_never_bend(void) {
  guint settled = 0, several = 0, explained = 0, review = 0;
  for (guint32 seed = 0; seed < WORLDS && !g_test_failed(); seed++) {
    World world;
    world_make(&world, seed);
    g_autoptr(MatchResult) result = match_decide(&world.group);
    const char *wrong = check_world(&world, result);
    if (wrong != NULL)
      g_test_fail_printf("world %u: %s", seed, wrong);
    for (gsize i = 0; i < LINES; i++) {
      settled += result->outcomes[i].disposition == DISPOSITION_SETTLED;
      several += g_strcmp0(result->outcomes[i].rule, "number_parts") == 0 ||
                 g_strcmp0(result->outcomes[i].rule, "numbers_sum") == 0;
      explained += result->outcomes[i].disposition == DISPOSITION_EXPLAINED;
      review += result->outcomes[i].disposition == DISPOSITION_REVIEW;
    }
    world_clear(&world);
  }
  g_test_message("%u wires: %u settled (%u of them in several pieces), %u explained, %u in review", WORLDS * LINES,
                 settled, several, explained, review);
  /* noise that reaches nothing would prove nothing */
  g_assert_cmpuint(settled, >, WORLDS);
  g_assert_cmpuint(several, >, WORLDS / 100);
  g_assert_cmpuint(explained, >, WORLDS / 20);
}

/* A line and what became of it, without indices or row ids. */
static char *line_text(const MatchGroup *group, const MatchResult *result, gsize entry) {
  const Entry *line = group->entries[entry].line;
  const MatchOutcome *outcome = &result->outcomes[entry];
  GString *text = g_string_new(NULL);
  g_string_append_printf(text, "%s %d %d %d %s %s %s: %s %s %s", line->account, line->booking_date,
                         (int)line->amount.minor, line->direction, line->counterparty_name, line->counterparty_account,
                         line->remark, disposition_word(outcome->disposition), outcome->reason, outcome->rule);
  for (guint i = 0; i < outcome->allocations->len; i++) {
    const MatchAllocation *allocation = &g_array_index(outcome->allocations, MatchAllocation, i);
    g_string_append_printf(text, " %s=%d", group->orders[allocation->order].order->order_no, (int)allocation->amount);
  }
  if (outcome->in_case >= 0) {
    const MatchCase *one = &result->cases[outcome->in_case];
    g_string_append_printf(text, " case of %u:", one->entries->len);
    for (guint i = 0; i < one->orders->len; i++)
      g_string_append_printf(text, " %s", group->orders[g_array_index(one->orders, gsize, i)].order->order_no);
  }
  return g_string_free(text, FALSE);
}

static gint compare_texts(gconstpointer a, gconstpointer b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void add_texts(GPtrArray *texts, const MatchGroup *group, const MatchResult *result) {
  for (gsize i = 0; i < group->entry_count; i++)
    g_ptr_array_add(texts, line_text(group, result, i));
}

static gboolean same_texts(GPtrArray *a, GPtrArray *b, guint32 seed) {
  g_ptr_array_sort(a, compare_texts);
  g_ptr_array_sort(b, compare_texts);
  for (guint i = 0; i < MAX(a->len, b->len); i++)
    if (i >= a->len || i >= b->len || strcmp(a->pdata[i], b->pdata[i]) != 0) {
      g_test_fail_printf("world %u: %s / %s", seed, i < a->len ? (char *)a->pdata[i] : "-",
                         i < b->len ? (char *)b->pdata[i] : "-");
      return FALSE;
    }
  return TRUE;
}

static void shuffle(World *world) {
  for (int i = LINES - 1; i > 0; i--) {
    int k = pick(world, i + 1);
    MatchEntry kept = world->entries[i];
    world->entries[i] = world->entries[k];
    world->entries[k] = kept;
  }
  for (int i = ORDERS - 1; i > 0; i--) {
    int k = pick(world, i + 1);
    MatchOrder kept = world->orders[i];
    world->orders[i] = world->orders[k];
    world->orders[k] = kept;
  }
  for (int i = 0; i < LINES; i++) /* rows are numbered as they arrive */
    world->line_rows[world->entries[i].line - world->line_rows].id = i + 1;
}

static void test_arrival(void) {
  for (guint32 seed = 0; seed < WORLDS / 5 && !g_test_failed(); seed++) {
    World world;
    world_make(&world, seed);
    g_autoptr(GPtrArray) first = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(MatchResult) result = match_decide(&world.group);
    add_texts(first, &world.group, result);
    for (int round = 0; round < 3; round++) {
      shuffle(&world);
      g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
      g_autoptr(MatchResult) again = match_decide(&world.group);
      add_texts(texts, &world.group, again);
      if (!same_texts(first, texts, seed))
        break;
    }
    world_clear(&world);
  }
}

/* The connections as rules/match.h tells the store to follow them, in the store's own terms. */
static gboolean shares(const char *a, const char *b) {
  return a != NULL && b != NULL && *a != '\0' && strcmp(a, b) == 0;
}

static gboolean entry_order_connected(const Entry *line, const Order *order) {
  g_autofree char *payer = name_key(line->counterparty_name), *applicant = name_key(order->applicant_name);
  g_autofree char *from = account_normal(line->counterparty_account), *account = account_normal(order->account_number);
  g_autoptr(GPtrArray) keys = number_keys(line->remark);
  for (guint i = 0; i < keys->len; i++)
    if (strcmp(keys->pdata[i], order->order_no) == 0)
      return TRUE;
  return shares(payer, applicant) || shares(from, account);
}

static gboolean entries_connected(const Entry *a, const Entry *b) {
  g_autofree char *left = name_key(a->counterparty_name), *right = name_key(b->counterparty_name);
  g_autofree char *from = account_normal(a->counterparty_account), *to = account_normal(b->counterparty_account);
  return a->direction != b->direction && (shares(left, right) || shares(from, to));
}

typedef struct {
  gboolean entry[LINES], order[ORDERS];
} Part;

static void grow(const World *world, Part *part) {
  for (gboolean grown = TRUE; grown;) {
    grown = FALSE;
    for (int i = 0; i < LINES; i++)
      for (int k = 0; k < ORDERS; k++)
        if (part->entry[i] != part->order[k] && entry_order_connected(&world->line_rows[i], &world->order_rows[k]))
          grown = part->entry[i] = part->order[k] = TRUE;
    for (int i = 0; i < LINES; i++)
      for (int k = 0; k < LINES; k++)
        if (part->entry[i] && !part->entry[k] && entries_connected(&world->line_rows[i], &world->line_rows[k]))
          grown = part->entry[k] = TRUE;
  }
}

static void decide_part(World *world, const Part *part, GPtrArray *texts) {
  MatchEntry entries[LINES];
  MatchOrder orders[ORDERS];
  MatchGroup group = {.entries = entries, .orders = orders};
  for (int i = 0; i < LINES; i++)
    if (part->entry[i])
      entries[group.entry_count++] = world->entries[i];
  for (int i = 0; i < ORDERS; i++)
    if (part->order[i])
      orders[group.order_count++] = world->orders[i];
  g_autoptr(MatchResult) result = match_decide(&group);
  add_texts(texts, &group, result);
}

/* Fewer things in a world, so that it falls into parts. */
static void thin(World *world) {
  for (int i = 0; i < LINES; i++)
    if (i % 5 != 0)
      g_clear_pointer(&world->line_rows[i].remark, g_free);
}

static void test_parts(void) {
  guint parts = 0;
  for (guint32 seed = 0; seed < WORLDS / 25 && !g_test_failed(); seed++) {
    World world;
    world_make(&world, seed);
    thin(&world);
    g_autoptr(GPtrArray) whole = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) pieces = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(MatchResult) result = match_decide(&world.group);
    add_texts(whole, &world.group, result);
    gboolean seen[LINES] = {FALSE};
    for (int i = 0; i < LINES; i++) {
      Part part = {0};
      if (seen[i])
        continue;
      part.entry[i] = TRUE;
      grow(&world, &part);
      decide_part(&world, &part, pieces);
      parts++;
      for (int k = 0; k < LINES; k++)
        seen[k] |= part.entry[k];
    }
    same_texts(whole, pieces, seed);
    world_clear(&world);
  }
  g_assert_cmpuint(parts, >, WORLDS / 25 * 2);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/match/noise/never_bend", test_never_bend);
  g_test_add_func("/match/noise/arrival", test_arrival);
  g_test_add_func("/match/noise/parts", test_parts);
  return g_test_run();
}
