#include "daemon/intake/invoice.h"

#include "daemon/report/workbook.h"
#include "daemon/text.h"
#include "spool/durable.h"
#include "spool/invoices.h"

#define FOLDER "results/invoices"

static void add_line(PageSection *section, const Invoice *invoice, const InvoiceLine *line) {
  g_autofree char *included = money_format(line->included), *excluded = money_format(line->excluded);
  g_autofree char *tax = money_format(line->tax), *rate = g_strdup_printf("%d", line->what->rate);
  section_row(section, invoice->order_no, invoice->red ? _("红字") : _("蓝字"), invoice->title, invoice->tax_number,
              line->what->goods, line->what->code, "1", included, rate, excluded, tax, invoice->blue);
}

static Page *page_of(const Conf *conf, const GPtrArray *invoices) {
  Page *page = page_new(g_strdup(_("待开发票")));
  PageSection *section = page_section(page, _("待开发票"), _("业务单号"), _("种类"), _("购方名称"), _("购方税号"),
                                      _("货物或服务名称"), _("税收分类编码"), _(">数量"), _(">含税金额"), _(">税率%"),
                                      _(">不含税金额"), _(">税额"), _("对应蓝字发票号码"), NULL);
  for (guint i = 0; i < invoices->len; i++) {
    const Invoice *invoice = invoices->pdata[i];
    InvoiceLine lines[INVOICE_LINES];
    gsize count = invoice_lines(invoice->amount, invoice->carriage, &conf->invoice_certificates, &conf->invoice_courier,
                                invoice->red, lines);
    for (gsize j = 0; j < count; j++)
      add_line(section, invoice, &lines[j]);
  }
  return page;
}

/* The same file again gives the same bytes under the same name. */
static gboolean write_file(RoleRun *run, gint64 id, Instant at, GError **error) {
  g_autoptr(GPtrArray) invoices = invoice_file_load(run->store, id, error);
  if (invoices == NULL)
    return FALSE;
  g_autoptr(Page) page = page_of(run->conf, invoices);
  g_autoptr(GBytes) workbook = workbook_make(page, at, error);
  g_autofree char *day = day_format(day_of_instant(at)), *folder = g_build_filename(run->conf->state, FOLDER, NULL);
  g_autofree char *name = g_strdup_printf(_("%s-%lld.待开发票.xlsx"), day, (long long)id);
  return workbook != NULL && durable_mkdir(run->conf->state, FOLDER, 0750, error) &&
         durable_write(folder, name, g_bytes_get_data(workbook, NULL), g_bytes_get_size(workbook), 0640, FALSE,
                       error) &&
         invoice_file_written(run->store, id, clock_now(), error);
}

gboolean invoice_write(RoleRun *run, Instant now, Instant *next, GError **error) {
  const Conf *conf = run->conf;
  Day today = day_of_instant(now);
  gint64 id;
  Instant at;
  *next = INSTANT_NONE;
  if (conf->invoice_certificates.goods == NULL)
    return TRUE;
  Instant hour = instant_at(today, conf->invoice_hour, conf->invoice_minute, 0);
  *next = now < hour ? hour : instant_at(today + 1, conf->invoice_hour, conf->invoice_minute, 0);
  Instant before = now < hour ? instant_at(today - 1, conf->invoice_hour, conf->invoice_minute, 0) : hour;
  do {
    if (!invoice_file_next(run->store, before, now, &id, &at, error) || (id != 0 && !write_file(run, id, at, error)))
      return FALSE;
  } while (id != 0);
  return TRUE;
}
