#!/usr/bin/python3
"""Digests of 20 KB composed from rows, sent into Postfix's smtp-sink over 10
connections, and settled, against its smtp-source, which sends ready bytes
and keeps nothing. In turns; the aim is a ratio of 1."""
import os
import shutil
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from flow import BUILD, Place, free_port, listens, wait_for  # noqa

MEMBERS, DIGESTS, SESSIONS, ROUNDS = 200, 50, 10, 5
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
filled = place.path('filled')
subprocess.run([BUILD + '/tests/stock', filled, str(MEMBERS), str(DIGESTS)],
               check=True)


def ours():
    for end in ('', '-wal', '-shm'):
        if os.path.exists(db + end):
            os.unlink(db + end)
    shutil.copy(filled, db)
    if not place.start():
        sys.exit(place.logged()[-500:])
    # Not the start: from the first that are settled to the last.
    left = wait_for(lambda: (lambda n: n < TOTAL and n)(
        place.rows(OPEN)[0][0]), 30, 0.002)
    began = time.monotonic()
    wait_for(lambda: not place.rows(OPEN)[0][0], 120, 0.02)
    took = time.monotonic() - began
    if place.rows(OPEN)[0][0] or place.stop():
        sys.exit(place.logged()[-500:])
    os.unlink(place.path('log'))
    return left / took


def theirs(size):
    began = time.monotonic()
    subprocess.run(['smtp-source', '-d', '-m', str(TOTAL), '-l', str(size),
                    '-s', str(SESSIONS), '-f', 'a@x.example', '-t',
                    'b@x.example', f'127.0.0.1:{port}'], check=True,
                   capture_output=True)
    return TOTAL / (time.monotonic() - began)


shutil.copy(filled, db)
size = len(place.ctl('preview', '--delivery', '1', '--format', 'eml',
                     check_exit=True).stdout.encode())
rounds = [(ours(), theirs(size)) for _ in range(ROUNDS)]
a, b = (statistics.median(r[i] for r in rounds) for i in (0, 1))
ratio = statistics.median(r[0] / r[1] for r in rounds)
print(f'bench send: {TOTAL} digests of {size} bytes, {SESSIONS} connections: '
      f'{a:.0f}/s from rows to settled; smtp-source {b:.0f}/s; ratio '
      f'{ratio:.2f} (aim 1.0)')
