#!/usr/bin/python3
"""Digests composed from rows, sent into Postfix's smtp-sink over 10
connections, and settled, against what sends ready bytes and keeps nothing:
Postfix's smtp-source, and `pipeline`, which says all it may at once and is
bound by the sink. In turns, with mails of 20 KB and of 5 KB. The aims are
ratios of 1.0 and 1.3 to smtp-source, of 0.6 to `pipeline`.

Ours is timed from the first outcomes that are stored to the last: how long
the daemon takes to start is not sending."""
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from flow import BUILD, Place, free_port, listens, wait_for  # noqa

MEMBERS, DIGESTS, SESSIONS, ROUNDS = 200, 100, 10, 5
TOTAL = MEMBERS * DIGESTS
OPEN = 'SELECT count(*) FROM deliveries WHERE state <> 4'

os.environ['PATH'] += ':/usr/sbin'
place = Place()
port = free_port()
place.spawn('smtp-sink', '-u', 'nobody', f'127.0.0.1:{port}', '1000')
wait_for(lambda: listens(port))
place.relay = (f'url = smtp://127.0.0.1:{port}\ntls = off\n'
               f'connections = {SESSIONS}\nmessages = 100000\nrate = 0')
place.write_settings()
db = place.path('pregon.db')


def fill(filled):
    for end in ('', '-wal', '-shm'):
        if os.path.exists(db + end):
            os.unlink(db + end)
    shutil.copy(filled, db)


def watch():
    """Mails a second, while they become settled ones."""
    look = sqlite3.connect(f'file:{db}?mode=ro', uri=True)
    first = None
    until = time.monotonic() + 120
    while time.monotonic() < until:
        left = look.execute(OPEN).fetchone()[0]
        if left < TOTAL and not first:
            first = time.monotonic(), left
        if not left:
            return first[1] / (time.monotonic() - first[0])
        time.sleep(0.02 if not first else 0.05)
    sys.exit(place.logged()[-500:])


def ours(filled):
    fill(filled)
    if not place.start():
        sys.exit(place.logged()[-500:])
    rate = watch()
    if place.stop():
        sys.exit(place.logged()[-500:])
    os.unlink(place.path('log'))
    return rate


def timed(*command):
    began = time.monotonic()
    subprocess.run([str(c) for c in command], check=True, capture_output=True)
    return TOTAL / (time.monotonic() - began)


def source(size):
    return timed('smtp-source', '-d', '-m', TOTAL, '-l', size, '-s', SESSIONS,
                 '-f', 'a@x.example', '-t', 'b@x.example',
                 f'127.0.0.1:{port}')


def pipeline(size):
    return timed(BUILD + '/tests/pipeline', port, SESSIONS, TOTAL, size)


def race(items, aim):
    filled = place.path('filled')
    subprocess.run([BUILD + '/tests/stock', filled, str(MEMBERS),
                    str(DIGESTS), str(items)], check=True)
    fill(filled)
    size = len(place.ctl('preview', '--delivery', '1', '--format', 'eml',
                         check_exit=True).stdout.encode())
    rounds = [(ours(filled), source(size), pipeline(size))
              for _ in range(ROUNDS)]
    a, b, c = (statistics.median(r[i] for r in rounds) for i in range(3))
    to_source, to_pipeline = (statistics.median(r[0] / r[i] for r in rounds)
                              for i in (1, 2))
    print(f'bench send: {TOTAL} digests of {size} bytes, {SESSIONS} '
          f'connections: {a:.0f}/s from rows to settled; smtp-source '
          f'{b:.0f}/s, ratio {to_source:.2f} (aim {aim}); pipeline {c:.0f}/s, '
          f'ratio {to_pipeline:.2f} (aim 0.6)', flush=True)
    os.unlink(filled)


race(12, 1.0)
race(1, 1.3)
