#!/bin/sh
# usage: fuzz.sh FUZZER SECONDS
# Runs one libFuzzer target over its corpus in tests/fuzz/corpus/NAME and
# prints one TAP line. New inputs are kept under build/, findings too.
set -u
name=$(basename "$1")
seeds=tests/fuzz/corpus/${name#fuzz_}
found=build/fuzz/found/$name
mkdir -p "$seeds" "$found"
if "$1" -max_total_time="$2" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
	-artifact_prefix="$found/" "$found" "$seeds" >"$found.log" 2>&1
then
	echo "ok $name $(grep -a 'number_of_executed_units' "$found.log")"
else
	echo "not ok $name"
	tail -n 40 "$found.log"
	exit 1
fi
