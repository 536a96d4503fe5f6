#!/bin/sh
# make bench: every benchmark prints lines "name value ratio", each ratio to
# a limit or to a peer measured in the same run.
# usage: run.sh BUILD [PATTERN]
set -u
build=$1
status=0
for b in "$build"/tests/bench/bench_*"${2:-}"*; do
	[ -x "$b" ] && [ -f "$b" ] || continue
	echo "== ${b##*/}"
	"$b" || status=1
done
for b in tests/bench/bench_*"${2:-}"*.py; do
	[ -x "$b" ] || continue
	echo "== ${b##*/}"
	BUILD=$build "$b" || status=1
done
exit $status
