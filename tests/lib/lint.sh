#!/bin/sh
# The linters: the include rule of the rooms, formatting, clang-tidy,
# cppcheck. usage: lint.sh [--tap]; exit status 1 when one of them complains.
set -u
bad=0
sources=$(ls daemon/*/*.c)
headers=$(ls include/*/*.h)

verdict() { # NAME STATUS OUTPUT
	if [ "$2" -eq 0 ]; then
		echo "ok lint $1"
	else
		echo "not ok lint $1"
		printf '%s\n' "$3" | head -n 60
		bad=1
	fi
}

out=$(python3 tests/lib/rooms.py 2>&1)
verdict 'rooms' $? "$out"

out=$(clang-format --dry-run --Werror $sources $headers tests/*/*.c \
	$(ls tests/*/*.h 2>/dev/null) 2>&1)
verdict 'clang-format' $? "$out"

flags="-Iinclude -Ibuild/release/gen -D_GNU_SOURCE -std=gnu17
	-DPREGON_VERSION=\"\" -DPREGON_DATA=\"\"
	$(pkg-config --cflags libcurl gmime-3.0 libxml-2.0 |
	  sed 's/-I/-isystem /g')"
out=$(printf '%s\n' $sources | xargs -P 2 -n 4 sh -c '
	flags=$1; shift; clang-tidy --quiet "$@" -- $flags 2>/dev/null' \
	sh "$flags")
verdict 'clang-tidy' $? "$(printf '%s\n' "$out" | grep -A 2 'error:')"

out=$(cppcheck --quiet --std=c11 --language=c --error-exitcode=1 -j 2 \
	--enable=warning,performance,portability --inline-suppr \
	--suppress=missingIncludeSystem --suppress=normalCheckLevelMaxBranches \
	--suppress=unknownMacro -Iinclude -D_GNU_SOURCE $sources 2>&1)
verdict 'cppcheck' $? "$out"
exit $bad
