#include "daemon/intake/result.h"

#include <string.h>

#include "daemon/intake/plan.h"
#include "daemon/place_text.h"
#include "daemon/text.h"
#include "parsers/entry_json.h"
#include "rules/error.h"
#include "spool/announced.h"
#include "spool/durable.h"
#include "spool/held.h"

#define BOM "\xef\xbb\xbf"
#define NAME_CHARACTERS 80
#define SUFFIX ".结果.csv"

static gboolean starts_formula(const char *text) {
  static const gunichar signs[] = {'=', '+', '-', '@', '\t', '\r', '\n', 0xff1d, 0xff0b, 0xff0d, 0xff20};
  if (text[0] == '\t' || text[0] == '\r' || text[0] == '\n')
    return TRUE;
  while (g_unichar_isspace(g_utf8_get_char(text)) || *text == '"' || *text == '\'')
    text = g_utf8_next_char(text);
  for (gsize i = 0; i < G_N_ELEMENTS(signs); i++)
    if (g_utf8_get_char(text) == signs[i])
      return TRUE;
  return FALSE;
}

void result_cell(GString *line, const char *text) {
  g_string_append_c(line, '"');
  if (text != NULL && starts_formula(text))
    g_string_append_c(line, '\'');
  for (; text != NULL && *text != '\0'; text++) {
    if (*text == '"')
      g_string_append_c(line, '"');
    g_string_append_c(line, *text == '\r' || *text == '\n' ? ' ' : *text);
  }
  g_string_append_c(line, '"');
}

static gboolean unfit(gunichar c) {
  return c < 0x80 ? c < 0x20 || c == 0x7f || strchr("/\\:*?\"<>|", (int)c) != NULL : !g_unichar_isprint(c);
}

char *result_safe_name(const char *name) {
  g_autofree char *valid = g_utf8_make_valid(name, -1);
  GString *safe = g_string_new(NULL);
  gsize count = 0;
  for (const char *at = valid; *at != '\0' && count < NAME_CHARACTERS; at = g_utf8_next_char(at), count++) {
    gunichar c = g_utf8_get_char(at);
    if (unfit(c) || (count == 0 && c == '.'))
      g_string_append_c(safe, '_');
    else
      g_string_append_unichar(safe, c);
  }
  if (safe->len == 0)
    g_string_append_c(safe, '_');
  return g_string_free(safe, FALSE);
}

static char *known_sentence(Store *store, const FileRow *file) {
  g_autoptr(GError) error = file_error(file);
  g_auto(FileRow) twin = {0};
  const char *id = error != NULL ? error_fact(error, "value") : NULL;
  if (id == NULL || !file_load(store, g_ascii_strtoll(id, NULL, 10), &twin, NULL))
    return g_strdup(_("内容与以前收到的文件相同，已经导入过，没有重复入账。"));
  g_autofree char *day = day_format(day_of_instant(twin.received_at));
  g_autofree char *name = text_clean(twin.name, NAME_CHARACTERS);
  if (twin.state == FILE_HELD)
    return g_strdup_printf(_("内容与 %s 收到的文件“%s”完全相同，那份文件正等人处理，这份不再另外处理。"), day, name);
  return g_strdup_printf(_("内容与 %s 收到的文件“%s”完全相同，已经导入过，没有重复入账。"), day, name);
}

static char *compared_sentence(const FileRow *file) {
  g_autoptr(GError) error = file_error(file);
  const char *differences = error != NULL ? error_fact(error, "value") : NULL;
  if (g_strcmp0(differences, "0") == 0)
    return g_strdup(_("这个账户以另一种格式的对账单入账，本文件只作核对：全部一致，没有入账。"));
  return g_strdup_printf(
      _("这个账户以另一种格式的对账单入账，本文件只作核对：有 %s 笔不一致，已转人工核对，没有入账。"),
      differences != NULL ? differences : "?");
}

static char *turned_away_sentence(Store *store, const FileRow *file, GError *error) {
  gint64 id = 0;
  error_add(&error, "file", file->name);
  g_autofree char *sentence = text_error(error);
  if (file->state == FILE_HELD && held_case(store, file->id, &id, NULL) && id > 0)
    return g_strdup_printf(_("%s整份文件先不入账，等人处理（审核案 %lld）。"), sentence, (long long)id);
  return g_strconcat(sentence, file->state == FILE_HELD ? _("整份文件先不入账，等人处理。") : _("整份文件没有入账。"),
                     NULL);
}

char *result_sentence(Store *store, const FileRow *file) {
  if (file->state == FILE_DUPLICATE)
    return known_sentence(store, file);
  if (file->state == FILE_CLAIMED)
    return g_strdup(_("已接收，正在处理。"));
  if (file->state == FILE_TAKEN && g_strcmp0(file->reason, "compared") == 0)
    return compared_sentence(file);
  if (file->state == FILE_TAKEN && g_strcmp0(file->reason, "announced") == 0)
    return g_strdup_printf(_("共 %lld 笔，只作预告，没有入账：以日终对账单为准。"), (long long)file->entries);
  g_autoptr(GError) error = file_error(file);
  g_autofree char *sentence = error != NULL ? text_error(error) : g_strdup("");
  if (file->state == FILE_TAKEN && file->added == file->entries)
    return g_strdup_printf(_("共 %lld 笔，全部新入账。%s"), (long long)file->entries, sentence);
  if (file->state == FILE_TAKEN)
    return g_strdup_printf(_("共 %lld 笔，新增 %lld 笔，其余此前已入账。%s"), (long long)file->entries,
                           (long long)file->added, sentence);
  return turned_away_sentence(store, file, error);
}

/* One line of the file: as the file shows it, and what became of it. */
typedef struct {
  const Intake *intake;
  const FileRow *file;
  const ConfAccount *account;
  EntryCounter *counter, *announced_counter;
  gboolean announced; /* the open statement books nothing */
  char *format;       /* of the open statement */
  GString *out;
} Sheet;

static char *order_numbers(Store *store, gint64 id, GError **error) {
  g_autoptr(GPtrArray) orders = entry_orders(store, id, error);
  if (orders == NULL)
    return NULL;
  GString *list = g_string_new(NULL);
  for (guint i = 0; i < orders->len; i++)
    g_string_append_printf(list, "%s%s", i > 0 ? " " : "", ((const EntryOrder *)orders->pdata[i])->order_no);
  return g_string_free(list, FALSE);
}

static const char *note_of(const EntryRow *row) {
  if (row->disposition == DISPOSITION_PENDING && g_strcmp0(row->reason, ENTRY_REASON_TIE) == 0)
    return _("正在与我方打款核对");
  if (row->disposition == DISPOSITION_PENDING)
    return _("还没有对应的业务单，来单后自动匹配");
  if (row->disposition == DISPOSITION_REVIEW)
    return _("需要人工处理，见审核案");
  return row->disposition == DISPOSITION_SETTLED ? _("已核销业务单") : NULL;
}

static void put_shown(Sheet *sheet, const Entry *line) {
  g_autofree char *day = day_format(line->booking_date), *amount = money_format(line->amount);
  g_string_append_printf(sheet->out, "%" G_GINT64_FORMAT ",%s,%s,%s,", line->line, day != NULL ? day : "",
                         line->direction == DIRECTION_CREDIT ? _("收") : _("支"), amount);
  result_cell(sheet->out, line->counterparty_name);
  g_string_append_c(sheet->out, ',');
  result_cell(sheet->out, line->counterparty_account);
  g_string_append_c(sheet->out, ',');
  result_cell(sheet->out, line->remark);
}

/* line: as the file shows it. */
static void put_fate(Sheet *sheet, const Entry *line, const char *fate, const char *orders, const char *reason,
                     const char *note) {
  json_auto_t *object = entry_json(line, NULL);
  g_autofree char *place = place_text(sheet->format, line->line, json_object_get(object, "origin"));
  const char *cells[] = {fate, orders, reason, note, place};
  for (gsize i = 0; i < G_N_ELEMENTS(cells); i++) {
    g_string_append_c(sheet->out, ',');
    result_cell(sheet->out, cells[i]);
  }
  g_string_append(sheet->out, "\r\n");
}

static gboolean put_stored(Sheet *sheet, const Line *line, GError **error) {
  gint64 id;
  g_auto(EntryRow) row = {0};
  Store *store = sheet->intake->store;
  if (!entry_find(store, sheet->account->name, line->masked.booking_date, line->identity, &id, error) ||
      !entry_load(store, id, &row, error))
    return FALSE;
  g_autofree char *orders = order_numbers(store, id, error);
  if (orders == NULL)
    return FALSE;
  gboolean internal =
      row.reason == NULL || g_str_equal(row.reason, ENTRY_REASON_NEW) || g_str_equal(row.reason, ENTRY_REASON_TIE);
  put_fate(sheet, &line->masked, text_word(disposition_word(row.disposition)), orders,
           internal ? NULL : text_word(row.reason), note_of(&row));
  return TRUE;
}

static gboolean put_announced(Sheet *sheet, const Entry *entry, GError **error) {
  g_auto(Line) line = {0};
  g_auto(AnnouncedFate) fate = {0};
  line_announce(sheet->intake, sheet->account, entry, sheet->announced_counter, &line);
  if (!announced_fate(sheet->intake->store, sheet->account->name, entry->booking_date, line.identity, &fate, error))
    return FALSE;
  put_shown(sheet, &line.masked);
  put_fate(sheet, &line.masked, _("预告"), fate.order_no, NULL,
           fate.booked    ? _("对账单已经入账，不重复入账")
           : fate.missing ? _("当天的对账单里没有这一笔，见审核案")
                          : _("只作预告，等对账单入账"));
  return TRUE;
}

static gboolean on_statement(void *user, const Statement *head, GError **error) {
  Sheet *sheet = user;
  g_free(sheet->format);
  sheet->format = g_strdup(head->format);
  sheet->announced = head->kind != STATEMENT_LEDGER;
  sheet->account = head->account == NULL && sheet->file->account == NULL
                       ? NULL
                       : plan_account(sheet->intake, sheet->file, head->account, error);
  return sheet->account != NULL || error == NULL || *error == NULL;
}

static gboolean on_entry(void *user, const Entry *entry, GError **error) {
  Sheet *sheet = user;
  if (entry->account != NULL &&
      (sheet->account = plan_account(sheet->intake, sheet->file, entry->account, error)) == NULL)
    return FALSE;
  if (!line_counts(entry)) {
    put_shown(sheet, entry);
    put_fate(sheet, entry, _("未记账"), NULL, NULL,
             entry->status == ENTRY_BOOKED ? _("金额为零，不入账") : _("银行尚未记账，不入账"));
    return TRUE;
  }
  if (sheet->announced)
    return put_announced(sheet, entry, error);
  g_auto(Line) line = {0};
  line_prepare(sheet->intake, sheet->account, entry, sheet->counter, &line);
  put_shown(sheet, &line.masked);
  return put_stored(sheet, &line, error);
}

static gboolean on_statement_end(void *user, const Statement *head, GError **error) {
  (void)user;
  (void)head;
  (void)error;
  return TRUE;
}

static gboolean put_lines(const Intake *intake, const FileRow *file, GString *out, GError **error) {
  g_autoptr(EntryCounter) counter = entry_counter_new();
  g_autoptr(EntryCounter) announced = entry_counter_new();
  Sheet sheet = {.intake = intake, .file = file, .counter = counter, .announced_counter = announced, .out = out};
  const RecordSink sink = {
      .statement = on_statement, .entry = on_entry, .statement_end = on_statement_end, .user = &sheet};
  g_string_append(out, _("行号,记账日期,收支,金额,对方户名,对方账号,附言,去向,业务单号,原因,说明,位置"));
  g_string_append(out, "\r\n");
  gboolean done = intake_parse(intake, file, &sink, error);
  g_free(sheet.format);
  return done;
}

static gboolean same_bytes(const char *dir, const char *name, const GString *out) {
  g_autofree char *path = g_build_filename(dir, name, NULL), *bytes = NULL;
  gsize size;
  return durable_read(path, out->len, &bytes, &size, NULL) && size == out->len && memcmp(bytes, out->str, size) == 0;
}

/* The first free name; our own file of an interrupted attempt counts as free. */
static gboolean put_file(const Intake *intake, const char *relative, const char *base, const GString *out, char **path,
                         GError **error) {
  g_autofree char *dir = g_build_filename(intake->conf->state, relative, NULL);
  if (!durable_mkdir(intake->conf->state, relative, 0750, error))
    return FALSE;
  for (int i = 1; i < 1000; i++) {
    g_autofree char *name = i == 1 ? g_strconcat(base, SUFFIX, NULL) : g_strdup_printf("%s-%d%s", base, i, SUFFIX);
    g_autoptr(GError) failure = NULL;
    if (durable_write(dir, name, out->str, out->len, 0640, TRUE, &failure) || same_bytes(dir, name, out)) {
      *path = g_build_filename(relative, name, NULL);
      return TRUE;
    }
    if (g_strcmp0(error_reason(failure), "exists") != 0) {
      g_propagate_error(error, g_steal_pointer(&failure));
      return FALSE;
    }
  }
  return error_set(error, ERROR_REFUSED, "exists", "file", base, NULL);
}

static char *base_name(const char *name, Instant at) {
  g_autofree char *safe = result_safe_name(name), *stamp = instant_format(at);
  g_autoptr(GString) base = g_string_new(NULL);
  for (const char *c = stamp; *c != '\0' && *c != '+' && *c != '.'; c++)
    if (g_ascii_isdigit(*c))
      g_string_append_c(base, *c);
    else if (*c == 'T')
      g_string_append_c(base, '-');
  return g_strdup_printf("%s-%s", base->str, safe);
}

static char *folder_of(const char *section) {
  return section != NULL ? g_build_filename("results", section, NULL) : g_strdup("results");
}

static gboolean write_result(const Intake *intake, const FileRow *file, char **path, GError **error) {
  g_autoptr(GString) out = g_string_new(BOM);
  g_autofree char *folder = folder_of(file->account), *base = base_name(file->name, file->received_at);
  if (file->state == FILE_TAKEN && g_strcmp0(file->reason, "compared") != 0) {
    if (!put_lines(intake, file, out, error))
      return FALSE;
  } else {
    g_autofree char *sentence = result_sentence(intake->store, file);
    result_cell(out, sentence);
    g_string_append(out, "\r\n");
  }
  return put_file(intake, folder, base, out, path, error);
}

/* In the language of the configuration, whoever asked for the import. */
gboolean result_write(const Intake *intake, const FileRow *file, char **path, GError **error) {
  g_autofree char *before = text_language();
  text_init(intake->conf->language);
  gboolean done = write_result(intake, file, path, error);
  text_init(before);
  return done;
}

gboolean result_odd(const Intake *intake, const char *section, const char *name, const GError *why, Instant since,
                    GError **error) {
  g_autoptr(GString) out = g_string_new(BOM);
  g_autofree char *folder = folder_of(section), *base = base_name(name, since), *sentence = text_error(why);
  g_autofree char *path = NULL;
  result_cell(out, sentence);
  g_string_append(out, "\r\n");
  return put_file(intake, folder, base, out, &path, error);
}
