#!/usr/bin/python3
"""Feeds parsed, against python3-feedparser over the same files, in turns;
the aim is 50 times its speed."""
import glob
import os
import statistics
import subprocess
import sys
import time

AIM, ROUNDS = 50, 3
build = os.environ.get('BUILD', 'build/release')
corpus = os.environ.get('PREGON_CORPUS', '../shared/corpus')

try:
    import feedparser
except ImportError:
    print('# bench feedparser: python3-feedparser is not there')
    sys.exit(0)


def feeds():
    """What bench_feed.c takes: XML of less than 1 MiB."""
    for pattern in (corpus + '/feeds/live/discourse-iati/*',
                    corpus + '/feeds/live/kagi-benchmark/*',
                    'tests/fuzz/corpus/feed/*'):
        if found and pattern.startswith('tests/'):
            return
        for path in glob.glob(pattern):
            with open(path, 'rb') as f:
                data = f.read()
            if b'<?xml' in data and len(data) < 1 << 20:
                found.append(data)


def theirs():
    began = time.perf_counter()
    for data in found:
        feedparser.parse(data)
    return sum(map(len, found)) / 1e6 / (time.perf_counter() - began)


def ours():
    return float(subprocess.run([build + '/tests/bench/bench_feed', 'ours'],
                                check=True, capture_output=True).stdout)


found = []
feeds()
rounds = [(ours(), theirs()) for _ in range(ROUNDS)]
print(f'bench feedparser: {len(found)} files: '
      f'{statistics.median(r[0] for r in rounds):.0f} MB/s; feedparser '
      f'{statistics.median(r[1] for r in rounds):.2f} MB/s: '
      f'{statistics.median(r[0] / r[1] for r in rounds):.0f} times its speed '
      f'(aim {AIM})')
