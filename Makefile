# pregon: plain make, out of tree. `make help` lists the targets.

VERSION := 0.1.0
PREFIX ?= /usr/local
BUILD ?= build/release
CC ?= cc
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
MAKEFLAGS += --no-print-directory

# ---- packages of Debian 12 -------------------------------------------------
PKGS := libuv libcurl sqlite3 inih libxml-2.0 gmime-3.0 icu-i18n icu-uc \
	jansson libmicrohttpd libsystemd libidn2 nettle gnutls \
	libical zlib
BUILD_PACKAGES := gcc libc6-dev pkg-config libuv1-dev libcurl4-openssl-dev \
	libsqlite3-dev libinih-dev libxml2-dev libgmime-3.0-dev libicu-dev \
	libjansson-dev libmicrohttpd-dev libsystemd-dev libidn2-dev nettle-dev \
	libgnutls28-dev libical-dev zlib1g-dev tzdata ca-certificates
CHECK_PACKAGES := $(BUILD_PACKAGES) libcmocka-dev clang clang-tidy \
	clang-format cppcheck libclang-rt-14-dev nginx-light postfix \
	sasl2-bin libsasl2-modules openssl sqlite3 python3 python3-feedparser \
	golang-github-mmcdole-gofeed-dev systemd mandoc tidy spamassassin

# ---- flags -----------------------------------------------------------------
WARN := -Wall -Wextra -Wshadow -Wconversion -Wformat=2 -Wvla \
	-Wimplicit-fallthrough -Wstrict-prototypes -Wmissing-prototypes \
	-Werror=format-security -Wno-format-nonliteral
HARDEN := -fstack-protector-strong -fstack-clash-protection \
	-fcf-protection -fno-strict-aliasing -fno-delete-null-pointer-checks
FORTIFY ?= -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
OPT ?= -O2
ifneq (,$(findstring Free Software,$(shell $(CC) --version 2>/dev/null)))
HARDEN += -ftrivial-auto-var-init=zero
endif
# V=1 shows the commands.
Q := $(if $(V),,@)
# Asked for once, and only when something is compiled: pkg-config may have
# to be installed first.
PKG_CFLAGS = $(eval PKG_CFLAGS := $$(shell pkg-config --cflags $(PKGS) | \
	sed 's/-I/-isystem /g'))$(PKG_CFLAGS)
PKG_LIBS = $(eval PKG_LIBS := $$(shell pkg-config --libs $(PKGS)) -lm)$(PKG_LIBS)

CPPFLAGS_ALL = -Iinclude -I$(BUILD)/gen -D_GNU_SOURCE \
	-DPREGON_VERSION='"$(VERSION)"' \
	-DPREGON_DATA='"$(PREFIX)/share/pregon"' $(FORTIFY) $(PKG_CFLAGS) \
	$(CPPFLAGS)
CFLAGS_ALL = -std=gnu17 -g $(OPT) -fPIE -pthread $(WARN) $(WERROR) \
	$(HARDEN) $(SAN) $(CFLAGS)
LDFLAGS_ALL = -pie -pthread -Wl,-z,relro,-z,now,-z,noexecstack \
	-Wl,--as-needed $(SAN) $(LDFLAGS)

# ---- what is built ---------------------------------------------------------
MAINS := daemon/app/main.c daemon/cli/main.c
LIB_C := $(filter-out $(MAINS),$(wildcard daemon/*/*.c))
LIB_O := $(LIB_C:%.c=$(BUILD)/%.o)
LIB := $(BUILD)/libpregon.a
SQL := $(sort $(wildcard daemon/store/[0-9]*.sql))
BINS := $(BUILD)/pregond $(BUILD)/pregonctl

TEST_MAIN_C := $(wildcard tests/lib/*_main.c)
PRELOAD_C := $(wildcard tests/lib/*_preload.c)
PRELOAD := $(PRELOAD_C:tests/lib/%_preload.c=$(BUILD)/tests/%.so)
TEST_LIB_C := $(filter-out $(TEST_MAIN_C) $(PRELOAD_C),$(wildcard tests/lib/*.c))
TEST_LIB := $(BUILD)/libtest.a
UNIT_C := $(wildcard tests/unit/test_*.c)
UNIT := $(UNIT_C:%.c=$(BUILD)/%)
PEERS := $(TEST_MAIN_C:tests/lib/%_main.c=$(BUILD)/tests/%)
BENCH := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/bench/bench_*.c)) \
	$(BUILD)/tests/bench/rank
FUZZ := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/fuzz/fuzz_*.c))
FLOW := $(sort $(wildcard tests/flow/test_*))
C_FILES := $(wildcard daemon/*/*.c include/*/*.h tests/*/*.c tests/*/*.h)

.PHONY: all run check bench simulate asan tsan fuzz lint format install uninstall \
	clean help packages build-tests
.DELETE_ON_ERROR:
.SECONDARY:

all: $(BINS)

help:
	@echo 'make run       build, and watch a small community live (FOR=20s,'
	@echo '               GROUP=URL MEMBER=ADDRESS for a real feed)'
	@echo 'make check     everything that can be tested; ends "N passed, N failed"'
	@echo 'make           build $(BUILD)/pregond and pregonctl'
	@echo 'make install   DESTDIR= PREFIX=$(PREFIX)'
	@echo 'make simulate  weeks on a simulated clock, all that can fail: SEEDS=100'
	@echo 'make bench | asan | tsan | fuzz | lint | format | clean'

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@echo '  CC $<'
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c $< -o $@

# Migrations become string literals: {number, text} a file.
$(BUILD)/gen/store/migrations.inc: $(SQL)
	@mkdir -p $(@D)
	@for f in $(SQL); do n=$$(basename $$f); \
	  printf '{%d,\n' $$(echo $${n%%-*} | sed 's/^0*//'); \
	  sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/.*/"&\\n"/' $$f; \
	  printf '},\n'; done > $@
$(BUILD)/daemon/store/db.o: $(BUILD)/gen/store/migrations.inc

$(LIB): $(LIB_O)
	@rm -f $@
	@ar rcs $@ $^

$(BUILD)/pregond: $(BUILD)/daemon/app/main.o $(LIB)
	@mkdir -p $(@D); echo '  LD $@'
	$(Q)$(CC) $(LDFLAGS_ALL) $^ $(PKG_LIBS) -o $@
$(BUILD)/pregonctl: $(BUILD)/daemon/cli/main.o $(LIB)
	@mkdir -p $(@D); echo '  LD $@'
	$(Q)$(CC) $(LDFLAGS_ALL) $^ $(PKG_LIBS) -o $@

# ---- tests -----------------------------------------------------------------
$(TEST_LIB): $(TEST_LIB_C:%.c=$(BUILD)/%.o)
	@rm -f $@
	@ar rcs $@ $^
$(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(TEST_LIB) $(LIB)
	@mkdir -p $(@D); echo '  LD $@'
	$(Q)$(CC) $(LDFLAGS_ALL) $^ $(PKG_LIBS) -lcmocka -o $@
$(BUILD)/tests/bench/%: $(BUILD)/tests/bench/%.o $(TEST_LIB) $(LIB)
	@mkdir -p $(@D); echo '  LD $@'
	$(Q)$(CC) $(LDFLAGS_ALL) $^ $(PKG_LIBS) -o $@
$(BUILD)/tests/fuzz/%: $(BUILD)/tests/fuzz/%.o $(LIB)
	@mkdir -p $(@D); echo '  LD $@'
	$(Q)$(CC) $(LDFLAGS_ALL) -fsanitize=fuzzer $^ $(PKG_LIBS) -o $@
$(PEERS): $(BUILD)/tests/%: $(BUILD)/tests/lib/%_main.o $(TEST_LIB) $(LIB)
	@mkdir -p $(@D); echo '  LD $@'
	$(Q)$(CC) $(LDFLAGS_ALL) $^ $(PKG_LIBS) -o $@

# Between a daemon and the C library: as that is, without our flags.
$(BUILD)/tests/%.so: tests/lib/%_preload.c
	@mkdir -p $(@D); echo '  CC $<'
	$(Q)$(CC) -std=gnu17 -D_GNU_SOURCE -O1 $(WARN) -fPIC -shared $< -o $@ -ldl

build-tests: $(BINS) $(UNIT) $(PEERS) $(PRELOAD)

SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer
ASAN_BUILD := BUILD=build/asan CC=clang OPT=-O1 FORTIFY= SAN="$(SANITIZE)"
FUZZ_SECONDS ?= 600

check: packages-check
	@$(MAKE) WERROR=-Werror build-tests
	@$(MAKE) WERROR=-Werror $(ASAN_BUILD) build-tests
	@$(MAKE) fuzz-build
	@python3 tests/lib/run.py --build build/release --asan build/asan \
	  --fuzz build/fuzz

asan: packages-check
	@$(MAKE) $(ASAN_BUILD) build-tests
	@python3 tests/lib/run.py --asan build/asan

tsan: packages-check
	@$(MAKE) BUILD=build/tsan CC=clang OPT=-O1 FORTIFY= \
	  SAN=-fsanitize=thread build-tests
	@python3 tests/lib/run.py --asan build/tsan

fuzz-build:
	@$(MAKE) BUILD=build/fuzz CC=clang OPT=-O1 FORTIFY= \
	  SAN="$(SANITIZE) -fsanitize=fuzzer-no-link" fuzz-targets
fuzz-targets: $(FUZZ)
fuzz: packages-check
	@$(MAKE) fuzz-build
	@python3 tests/lib/run.py --fuzz build/fuzz --fuzz-seconds $(FUZZ_SECONDS)

# SEED=N: that one alone, with a trace of what happened.
SEEDS ?= 100
simulate: packages-check
	@$(MAKE) $(BUILD)/tests/simulate
	@$(BUILD)/tests/simulate $(if $(SEED),1 $(SEED),$(SEEDS))

bench: packages-check
	@$(MAKE) bench-build
	@tests/bench/run.sh $(BUILD)
bench-build: $(BINS) $(PEERS) $(BENCH)

lint: packages-check
	@tests/lib/lint.sh
format: packages-check
	@clang-format -i $(C_FILES)

# ---- a live demonstration --------------------------------------------------
run: packages-build
	@$(MAKE) $(BINS) $(BUILD)/tests/community
	@BUILD=$(BUILD) FOR=$(FOR) GROUP=$(GROUP) MEMBER=$(MEMBER) \
	  conf/demo/run.sh

# ---- packages --------------------------------------------------------------
packages-build: NEEDED = $(BUILD_PACKAGES)
packages-check: NEEDED = $(CHECK_PACKAGES)
packages-build packages-check:
	@missing=; for p in $(NEEDED); do \
	  dpkg-query -W -f '$${Status}' $$p 2>/dev/null | \
	  grep -q 'ok installed' || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then echo "installing:$$missing"; \
	  export DEBIAN_FRONTEND=noninteractive; \
	  $(SUDO) apt-get -qq update && $(SUDO) apt-get -qq -y \
	    --no-install-recommends install $$missing >/dev/null; fi
.PHONY: packages-build packages-check fuzz-build fuzz-targets bench-build

# ---- installation ----------------------------------------------------------
install: all
	install -D -m 755 -t $(DESTDIR)$(PREFIX)/sbin $(BUILD)/pregond
	install -D -m 755 -t $(DESTDIR)$(PREFIX)/bin $(BUILD)/pregonctl
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/pregon/templates \
	  conf/templates/*.mustache
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/pregon/lang conf/lang/*.ini
	for s in 5 8; do install -D -m 644 -t \
	  $(DESTDIR)$(PREFIX)/share/man/man$$s daemon/man/*.$$s || exit 1; done
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system
	sed 's|@PREFIX@|$(PREFIX)|' systemd/pregond.service.in \
	  > $(DESTDIR)$(PREFIX)/lib/systemd/system/pregond.service
	install -D -m 644 systemd/pregon.sysusers \
	  $(DESTDIR)$(PREFIX)/lib/sysusers.d/pregon.conf
	install -D -m 644 systemd/pregon.tmpfiles \
	  $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/pregon.conf
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/pregon/examples \
	  conf/pregon.ini

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/sbin/pregond \
	  $(DESTDIR)$(PREFIX)/bin/pregonctl \
	  $(DESTDIR)$(PREFIX)/lib/systemd/system/pregond.service \
	  $(DESTDIR)$(PREFIX)/lib/sysusers.d/pregon.conf \
	  $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/pregon.conf
	rm -f $(patsubst daemon/man/%,$(DESTDIR)$(PREFIX)/share/man/man?/%,\
	  $(wildcard daemon/man/*))
	rm -rf $(DESTDIR)$(PREFIX)/share/pregon

clean:
	rm -rf build

-include $(patsubst %.o,%.d,$(LIB_O)) $(wildcard $(BUILD)/tests/*/*.d) \
	$(wildcard $(BUILD)/daemon/*/main.d)
