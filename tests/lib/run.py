#!/usr/bin/python3
"""Runs the tests and closes with one line, "N passed, N failed".

usage: run.py [--build DIR] [--asan DIR] [--fuzz DIR] [--fuzz-seconds N]
              [PATTERN ...]

--build runs unit tests, flow tests and lint on a plain build; --asan the
unit tests of a sanitized one; --fuzz each fuzzer for N seconds (5). Tests
speak TAP: a line "ok ..." or "not ok ..." a case; "# SKIP" marks one that
could not run here. A program that dies, runs too long or says nothing is one
failure. What a failing program printed is shown. With PATTERNs only programs
whose name contains one of them run.
"""
import argparse
import concurrent.futures
import glob
import os
import re
import subprocess
import sys
import time

LIMIT = 1200  # seconds a program may take; a limit, not a measure


def run(name, command, env):
    started = time.monotonic()
    try:
        p = subprocess.run(command, env={**os.environ, **env},
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, timeout=LIMIT)
        out, code = p.stdout.decode(errors='replace'), p.returncode
    except subprocess.TimeoutExpired as e:
        out = (e.stdout or b'').decode(errors='replace')
        code = f'no end within {LIMIT} s'
    ok = len(re.findall(r'^ok\b(?!.*# SKIP)', out, re.M))
    bad = len(re.findall(r'^not ok\b', out, re.M))
    skipped = re.findall(r'^ok\b.*# SKIP.*', out, re.M)
    if code != 0 and not bad:
        bad = 1
    if code == 0 and ok + bad + len(skipped) == 0:
        bad, code = 1, 'it ran no test'
    return name, ok, bad, skipped, code, out, time.monotonic() - started


def programs(a):
    tap = {'CMOCKA_MESSAGE_OUTPUT': 'TAP'}
    if a.build:
        flow = {'BUILD': os.path.abspath(a.build)}
        yield 'lint', ['tests/lib/lint.sh', '--tap'], {}
        for f in sorted(glob.glob('tests/flow/test_*')):
            yield f, [f], flow
        for f in sorted(glob.glob(a.build + '/tests/unit/test_*')):
            if '.' not in os.path.basename(f):
                yield 'unit ' + os.path.basename(f), [f], tap
    if a.asan:
        options = {'ASAN_OPTIONS': 'detect_leaks=1:abort_on_error=0',
                   'UBSAN_OPTIONS': 'print_stacktrace=1',
                   'G_SLICE': 'always-malloc', **tap}
        for f in sorted(glob.glob(a.asan + '/tests/unit/test_*')):
            if '.' not in os.path.basename(f):
                yield 'sanitized ' + os.path.basename(f), [f], options
    if a.fuzz:
        for f in sorted(glob.glob(a.fuzz + '/tests/fuzz/fuzz_*')):
            if '.' not in os.path.basename(f):
                yield ('fuzz ' + os.path.basename(f),
                       ['tests/lib/fuzz.sh', f, str(a.fuzz_seconds)], {})


def show_faults(faults):
    """The lines "# fault: NUMBER | what | cases | lost | doubled | seconds"
    of all tests, as one table."""
    if faults:
        print(f'{"fault":>5} {"":58} cases lost doubled well after')
    for (number, what), row in sorted(faults.items()):
        print(f'{number:5} {what[:58]:58} {row[0]:>5} {row[1]:>4}'
              f' {row[2]:>7} {row[3]:>8} s')


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument('--build')
    ap.add_argument('--asan')
    ap.add_argument('--fuzz')
    ap.add_argument('--fuzz-seconds', type=int, default=5)
    ap.add_argument('patterns', nargs='*')
    a = ap.parse_args()
    work = [w for w in programs(a)
            if not a.patterns or any(p in w[0] for p in a.patterns)]
    passed = failed = 0
    skips, faults = [], {}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, ok, bad, skipped, code, out, took in pool.map(
                lambda w: run(*w), work):
            passed, failed = passed + ok, failed + bad
            skips += [f'{name}: {s}' for s in skipped]
            print(f'{"FAIL" if bad else "ok  "} {name:48} {ok:5} passed'
                  f' {bad:3} failed {took:6.1f} s', flush=True)
            for row in re.findall(r'^# fault: (\d+) \| (.*)', out, re.M):
                words = row[1].split(' | ')
                faults.setdefault((int(row[0]), words[0]), words[1:])
            if bad:
                print(f'--- {name} ended with {code}:\n{out[-8000:]}\n---')
            else:
                for line in re.findall(r'^# (.*)', out, re.M):
                    if 'figure:' in line:
                        print('     ' + line)
    show_faults(faults)
    for s in skips:
        print('could not run here:', s)
    print(f'{passed} passed, {failed} failed')
    sys.exit(1 if failed or not passed else 0)


main()
