# Everything a person does:
#   make          builds the programs into build/
#   make demo     shows the main job, from orders to the daily report
#   make check    every gate: lint, unit and flow tests, both again under sanitizers, the crash sweep, the fuzzers
#   make lint     format, layers, headers, banned functions, texts, cppcheck; faults that need no run
#   make bench    reading speed and memory, beside the bare libraries in the same run; the share of wires settled without a person
#   make unit, make flow, make crash   the parts of check; make sim   a bank with faults, 200 seeds a channel;   make torture   every call fails in turn;   make mutants   planted bugs that named tests must catch;   make SAN=address ... builds and runs under ASan and UBSan
#   make property  the matcher against a second one over a million noisy wires;   make months  50 invented months with known truth;   make arrival  1,000 random orders of files
#   make labels   1,000 labels of each size, of every division, rendered and read back by zbarimg and pdftotext
#   make fuzz     every parser under libFuzzer, FUZZ_SECONDS=60 each; FUZZ="camt csv" for some;   make corpus  adds what they found to tests/fuzz/corpus
#   make install  with DESTDIR and PREFIX;   make pot   texts to translate;   make states   docs/states.md;   make clean
# What a target needs and Debian has is installed first (packaging/need.sh).
CC ?= gcc
ifeq ($(MAKELEVEL),0)
JOBS := $(filter -j%,$(MAKEFLAGS))
MAKEFLAGS += --no-print-directory $(if $(JOBS),,-j$(shell nproc))
endif

NEED_BUILD := gcc libc6-dev pkg-config libglib2.0-dev libp11-kit-dev libcurl4-openssl-dev libssl-dev libsqlite3-dev libxml2-dev libcsv-dev \
  libssh2-1-dev libjansson-dev libmicrohttpd-dev libsystemd-dev libseccomp-dev zlib1g-dev libqpdf-dev libxlsxwriter-dev libcairo2-dev libpango1.0-dev libzint-dev fonts-noto-cjk gettext
NEED_DEMO := openssh-server openssh-client openssh-sftp-server python3 python3-aiosmtpd
NEED_CHECK := perl python3 clang-format cppcheck libxml2-utils sqlite3 procps openssl \
  gnutls-bin libnss3-tools python3-botan softhsm2 zbar-tools poppler-utils
NEED_CHECK += kannel kannel-extras
NEED_BENCH := python3 aqbanking-tools
NEED_FUZZ := clang llvm libclang-rt-14-dev dpkg-dev python3
GOALS := $(or $(MAKECMDGOALS),all)
NEED := $(if $(filter-out clean,$(GOALS)),$(NEED_BUILD)) $(if $(filter demo flow crash sim torture mutants property months arrival check,$(GOALS)),$(NEED_DEMO)) \
  $(if $(filter unit flow check lint labels,$(GOALS)),$(NEED_CHECK)) $(if $(filter bench,$(GOALS)),$(NEED_BENCH)) \
  $(if $(filter fuzz corpus check,$(GOALS)),$(NEED_FUZZ)) $(if $(filter mutants,$(GOALS)),patch)
ifndef YIFEN_NEED_MET
ifneq ($(strip $(NEED)),)
$(shell packaging/need.sh $(NEED))
ifneq ($(.SHELLSTATUS),0)
$(error packages are missing, see above)
endif
endif
export YIFEN_NEED_MET := 1
endif

B := build$(if $(SAN),/$(SAN),)
PACKAGES := glib-2.0 libcurl openssl sqlite3 libxml-2.0 libssh2 jansson libmicrohttpd libsystemd libseccomp zlib xlsxwriter cairo pangocairo
WARN := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings \
  -Wformat=2 -Wundef -Wvla -Wno-unused-function -Wno-missing-field-initializers
CFLAGS ?= -O2 -g
HARDEN := $(if $(SAN),,-D_FORTIFY_SOURCE=2) -fstack-protector-strong -fPIE
LDHARDEN := -pie -Wl,-z,relro,-z,now -Wl,--as-needed
comma := ,
SANFLAGS := $(if $(SAN),-fsanitize=$(if $(filter fuzz,$(SAN)),fuzzer-no-link$(comma))address$(comma)undefined \
  -fno-omit-frame-pointer -fno-sanitize-recover=all)
PKG_CFLAGS := $(shell pkg-config --cflags $(PACKAGES))
ALLCFLAGS = -std=gnu17 -D_GNU_SOURCE -I. $(WARN) $(HARDEN) $(SANFLAGS) $(PKG_CFLAGS) $(CFLAGS)
LIBS := $(shell pkg-config --libs $(PACKAGES)) -lcsv -lzint -lm

# A layer is a folder; a program is a folder of daemon/ with a main.c.
objects = $(patsubst %.c,$(B)/%.o,$(1))
PROGRAM_DIRS := $(patsubst daemon/%/main.c,%,$(wildcard daemon/*/main.c))
program_name = $(if $(filter yifen yifend,$(1)),$(1),yifen-$(1))
PROGRAMS := $(foreach p,$(PROGRAM_DIRS),$(B)/$(call program_name,$(p)))
ARCHIVES := $(B)/daemon.a $(B)/spool.a $(B)/parsers.a $(B)/rules.a
UNIT := $(patsubst tests/unit/%.c,$(B)/tests/unit/%,$(wildcard tests/unit/test_*.c))

CATALOGUES := $(patsubst po/%.po,$(B)/locale/%/LC_MESSAGES/yifen.mo,$(wildcard po/*.po))

.PHONY: all clean
all: $(PROGRAMS)

$(B)/rules.a: $(call objects,$(wildcard rules/*.c))
$(B)/parsers.a: $(call objects,$(wildcard parsers/*.c))
$(B)/spool.a: $(call objects,$(wildcard spool/*.c))
$(B)/daemon.a: $(call objects,$(filter-out %/main.c,$(wildcard daemon/*.c daemon/*/*.c)))
%.a:
	@mkdir -p $(@D) && rm -f $@ && $(if $^,ar rcs $@ $^,printf '!<arch>\n' >$@)

define program
$(B)/$(call program_name,$(1)): $(B)/daemon/$(1)/main.o $(ARCHIVES) | $(CATALOGUES)
	@echo '  LD  $$@'
	@$$(CC) $$(SANFLAGS) $$(CFLAGS) -o $$@ $$< $(ARCHIVES) $$(LDHARDEN) $$(LIBS)
endef
$(foreach p,$(PROGRAM_DIRS),$(eval $(call program,$(p))))

$(B)/locale/%/LC_MESSAGES/yifen.mo: po/%.po
	@mkdir -p $(@D)
	@echo '  PO  $<'
	@msgfmt -c -o $@ $<

$(B)/%.o: %.c
	@mkdir -p $(@D)
	@echo '  CC  $<'
	@$(CC) $(ALLCFLAGS) -MMD -MP -c -o $@ $<
$(B)/rules/calendar.o: rules/data/holidays-cn.tsv
$(B)/spool/migrations.o: $(wildcard spool/schema/*.sql)
$(B)/parsers/profile.o: $(wildcard parsers/profiles/*.conf)
$(B)/daemon/yifen/init.o: daemon/yifen/template.conf

$(B)/tests/unit/%: tests/unit/%.c $(ARCHIVES)
	@mkdir -p $(@D)
	@echo '  LD  $@'
	@$(CC) $(ALLCFLAGS) -MMD -MP -o $@ $< $(ARCHIVES) $(LDHARDEN) $(LIBS)

.PHONY: unit
unit: $(PROGRAMS) $(UNIT)
	@prove -j2 --failures -e '' $(UNIT)

# Whole programs against real servers. The shim is never sanitized: it is preloaded into programs that may be.
FLOW := $(wildcard tests/flow/*_test.py)
build/tests/%.so: tests/%.c
	@mkdir -p $(@D)
	@echo '  LD  $@'
	@$(CC) -std=gnu17 -D_GNU_SOURCE $(WARN) -O2 -g -shared -fPIC -o $@ $<

.PHONY: flow crash sim torture mutants demo property months arrival labels
labels: $(PROGRAMS)
	@BUILD=$(B) /usr/bin/python3 tests/label/labels.py $(LABELS)
property: $(B)/tests/match/judge
	@BUILD=$(B) /usr/bin/python3 tests/match/compare.py $(PROPERTY)
months arrival: $(PROGRAMS)
	@BUILD=$(B) /usr/bin/python3 tests/match/$(@:months=month).py $(if $(filter months,$@),$(MONTHS),$(ARRIVAL))
flow: $(PROGRAMS) $(B)/tests/match/judge $(B)/tests/issue/maker $(B)/tests/unit/test_eseal build/tests/shim.so
	@BUILD=$(B) prove -j5 --failures -e /usr/bin/python3 $(FLOW)
crash: $(PROGRAMS) build/tests/shim.so
	@BUILD=$(B) /usr/bin/python3 tests/crash/sweep.py $(CRASH)
sim: $(PROGRAMS) build/tests/shim.so
	@BUILD=$(B) /usr/bin/python3 tests/crash/sim.py $(SIM)
torture: $(PROGRAMS) build/tests/shim.so build/tests/oom.so
	@BUILD=$(B) /usr/bin/python3 tests/crash/torture.py $(TORTURE)
mutants: $(PROGRAMS) build/tests/shim.so
	@/usr/bin/python3 tests/crash/mutants.py
demo: $(PROGRAMS) build/tests/shim.so
	@BUILD=$(B) /usr/bin/python3 tests/demo/demo.py

# The same flags as the programs, so that the floors are measured alike.
BENCH := $(patsubst tests/bench/%.c,$(B)/tests/bench/%,$(wildcard tests/bench/*.c))
$(BENCH) $(B)/tests/match/judge $(B)/tests/issue/maker: $(B)/tests/%: tests/%.c $(ARCHIVES)
	@mkdir -p $(@D)
	@echo '  LD  $@'
	@$(CC) $(ALLCFLAGS) -MMD -MP -o $@ $< $(ARCHIVES) $(LDHARDEN) $(LIBS)
.PHONY: bench
bench: $(PROGRAMS) $(BENCH) $(B)/tests/match/judge
	@BUILD=$(B) /usr/bin/python3 tests/bench/bench.py

# The same parsers by clang, with libFuzzer in front and libxml2 instrumented too.
FUZZ_CC ?= clang
FUZZ_SECONDS ?= 60
FUZZERS := $(patsubst tests/fuzz/%.c,$(B)/tests/fuzz/%,$(wildcard tests/fuzz/*.c))
.PHONY: fuzz corpus fuzzers
fuzz corpus:
	@$(MAKE) SAN=fuzz CC='$(FUZZ_CC)' CFLAGS='-O1 -g' fuzzers
	@/usr/bin/python3 tests/fuzz/run.py --seconds $(FUZZ_SECONDS) $(if $(filter corpus,$@),--keep) $(FUZZ)
ifeq ($(SAN),fuzz)
PKG_CFLAGS := -I$(B)/libxml2/include -Wno-error $(PKG_CFLAGS)
.PHONY: libxml2
libxml2:
	@tests/fuzz/libxml2.sh $(B)/libxml2 '$(SANFLAGS)'
$(call objects,$(wildcard parsers/*.c tests/fuzz/*.c)): | libxml2
$(B)/tests/fuzz/%: $(B)/tests/fuzz/%.o $(B)/parsers.a $(B)/rules.a
	@echo '  LD  $@'
	@$(CC) $(SANFLAGS) -fsanitize=fuzzer $(CFLAGS) -o $@ $^ $$(ls $(B)/libxml2/libxml2.a 2>/dev/null) $(LDHARDEN) $(LIBS)
fuzzers: $(FUZZERS)
endif

.PHONY: states
states: $(B)/tests/unit/test_life
	@mkdir -p docs
	$< --print > docs/states.md

.PHONY: lint check
lint:
	@LINT_CFLAGS="$(ALLCFLAGS)" /usr/bin/python3 tests/lint.py
	@cppcheck -q -j2 --enable=warning,portability --inline-suppr --library=gtk --error-exitcode=1 -I. \
	  --suppress=missingIncludeSystem --suppress=unknownMacro --suppress=varFuncNullUB rules parsers spool daemon
	@if command -v systemd-analyze >/dev/null; then \
	  systemd-analyze security --offline=true --threshold=15 packaging/yifend.service >/dev/null; \
	  else echo 'SKIP the unit file: no systemd-analyze'; fi
	@$(MAKE) -s pot
	@msgcmp po/en.po $(B)/yifen.pot
	@echo 'lint: ok'

# Each part is told as it begins, so that whoever waits knows for what.
check:
	@echo '== lint'; $(MAKE) lint
	@echo '== build and unit tests'; $(MAKE) unit
	@echo '== flow tests'; $(MAKE) flow
	@echo '== unit tests under sanitizers'; $(MAKE) SAN=address unit
	@echo '== flow tests under sanitizers'; $(MAKE) SAN=address flow
	@echo '== crash sweep of 100 transfers, each eighth state (make crash: 1,000, every state)'; $(MAKE) crash CRASH='--transfers 100 --every 8 --kills 8'
	@$(MAKE) crash CRASH='--channel https --transfers 2 --every 16 --kills 4'
	@echo '== a bank with faults, 12 seeds a channel (make sim: 200)'; $(MAKE) sim SIM='--seeds 12'
	@echo '== failing calls, 120 of all, 30 more under sanitizers, leaks judged (make torture: each of write, fsync, connect, send, recv; 2,000 of malloc)'
	@$(MAKE) torture TORTURE='--sample 120 --channel sftp --channel folder'
	@$(MAKE) SAN=address torture TORTURE='--sample 30 --channel https'
	@echo '== fuzzers'; $(MAKE) fuzz
	@echo 'check: all passed'

PREFIX ?= /usr
.PHONY: install pot
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/systemd/system $(DESTDIR)$(PREFIX)/lib/sysusers.d \
	  $(DESTDIR)$(PREFIX)/share/doc/yifen $(DESTDIR)/etc/yifen
	install -m 755 $(PROGRAMS) $(DESTDIR)$(PREFIX)/bin
	install -m 644 packaging/yifend.service $(DESTDIR)$(PREFIX)/lib/systemd/system
	install -m 644 packaging/yifen.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/yifen.conf
	install -m 644 README.md LICENSE docs/*.md $(DESTDIR)$(PREFIX)/share/doc/yifen
	for po in $(CATALOGUES:$(B)/%=%); do install -D -m 644 $(B)/$$po $(DESTDIR)$(PREFIX)/share/$$po; done
	install -m 644 daemon/yifen/template.conf $(DESTDIR)$(PREFIX)/share/doc/yifen/yifen.conf.example

pot: $(B)/yifen.pot
$(B)/yifen.pot: $(wildcard daemon/*.[ch] daemon/*/*.[ch])
	@mkdir -p $(@D)
	@xgettext --from-code=UTF-8 -k_ -kN_ --add-comments --package-name=yifen -o $@ $^ 2>/dev/null

clean:
	rm -rf build

-include $(shell find $(B) -name '*.d' 2>/dev/null)
