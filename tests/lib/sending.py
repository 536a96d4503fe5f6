"""What the benchmarks of sending share: digests that wait in a database and
how fast pregond sends and settles them, and programs that send ready bytes.

Ours is timed from the first outcomes that are stored to the last: how long
the daemon takes to start is not sending.
"""
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time

from flow import BUILD, Place, free_port, listens, wait_for

OPEN = 'SELECT count(*) FROM deliveries WHERE state <> 4'
os.environ['PATH'] += ':/usr/sbin'


class Sending:
    """`members` x `digests` waiting mails of `items` debates each, sent to
    `port` over `sessions` connections."""

    def __init__(self, port, sessions, members, digests, items, extra=''):
        self.port, self.sessions = port, sessions
        self.total = members * digests
        self.place = place = Place()
        place.relay = (f'url = smtp://127.0.0.1:{port}\ntls = off\n'
                       f'connections = {sessions}\nmessages = 100000\n'
                       'rate = 0')
        place.write_settings(extra)
        self.filled, self.db = place.path('filled'), place.path('pregon.db')
        subprocess.run([BUILD + '/tests/stock', self.filled, str(members),
                        str(digests), str(items)], check=True)
        self._fill()
        self.eml = place.ctl('preview', '--delivery', '1', '--format', 'eml',
                             check_exit=True).stdout.encode()
        self.size = len(self.eml)

    def _fill(self):
        for end in ('', '-wal', '-shm'):
            if os.path.exists(self.db + end):
                os.unlink(self.db + end)
        shutil.copy(self.filled, self.db)

    def _watch(self):
        look = sqlite3.connect(f'file:{self.db}?mode=ro', uri=True)
        first = None
        until = time.monotonic() + 120
        while time.monotonic() < until:
            left = look.execute(OPEN).fetchone()[0]
            if left < self.total and not first:
                first = time.monotonic(), left
            if not left:
                return first[1] / (time.monotonic() - first[0])
            time.sleep(0.02 if not first else 0.05)
        sys.exit(self.place.logged()[-500:])

    def ours(self):
        """Mails a second, while they become settled ones."""
        self._fill()
        if not self.place.start():
            sys.exit(self.place.logged()[-500:])
        rate = self._watch()
        if self.place.stop():
            sys.exit(self.place.logged()[-500:])
        os.unlink(self.place.path('log'))
        return rate

    def program(self, name):
        """The same of tests/NAME: sender, upload, pipeline."""
        return timed(self.total, f'{BUILD}/tests/{name}', self.port,
                     self.sessions, self.total, self.size)

    def smtp_source(self):
        return timed(self.total, 'smtp-source', '-d', '-m', self.total, '-l',
                     self.size, '-s', self.sessions, '-f', 'a@x.example',
                     '-t', 'b@x.example', f'127.0.0.1:{self.port}')


def timed(n, *command):
    began = time.monotonic()
    subprocess.run([str(c) for c in command], check=True, capture_output=True)
    return n / (time.monotonic() - began)


def sink(place):
    """Postfix's smtp-sink; its port."""
    port = free_port()
    place.spawn('smtp-sink', '-u', 'nobody', f'127.0.0.1:{port}', '1000')
    wait_for(lambda: listens(port))
    return port


def race(rounds, *runs):
    """Runs all of them in turns: the median of each, and of the ratios of the
    first to each."""
    seen = [[run() for run in runs] for _ in range(rounds)]
    return ([statistics.median(r[i] for r in seen) for i in range(len(runs))],
            [statistics.median(r[0] / r[i] for r in seen)
             for i in range(len(runs))])
