#!/usr/bin/python3
"""Alerts while a million digests wait, the whole daemon against the scripted
SMTP server: seconds from `pregonctl post` to the server's 250 for the alert of
a new debate, with mail going out as fast as it can and at the default rate.
The aim is 5 s. And the daemon's peak of memory meanwhile, against one with
20,000 digests: the aim is flat, 1.

usage: bench_alert.py [WAITING]"""
import os
import re
import shutil
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from flow import BUILD, Peer, Place, wait_for  # noqa

WAITING = int(sys.argv[1]) if len(sys.argv) > 1 else 1000000
FEW, MEMBERS, ALERTS = 20000, 1000, 10
AIM_S = 5
TOLD = re.compile(r'^sent to ana: alert ".*Alerta (\d+)', re.M)


def fill(place, waiting):
    path = place.path(f'filled-{waiting}')
    subprocess.run([BUILD + '/tests/stock', path,
                    str(min(MEMBERS, waiting // 10)),
                    str(max(10, waiting // MEMBERS)), '1'], check=True)
    return path


class Run:
    def __init__(self, place, filled, rate):
        self.place, self.at = place, 0
        self.tail = ''
        for end in ('', '-wal', '-shm'):
            if os.path.exists(place.path('pregon.db') + end):
                os.unlink(place.path('pregon.db') + end)
        shutil.copy(filled, place.path('pregon.db'))
        place.relay = peer.relay(f'rate = {rate}\nmessages = 100000')
        place.write_settings()
        if not place.start():
            sys.exit(place.logged()[-500:])
        wait_for(lambda: 'sent to m' in self.read(), 60)

    def read(self):
        """What the log says since."""
        with open(self.place.path('log'), errors='replace') as f:
            f.seek(self.at)
            text = f.read()
        keep = text.rfind('\n') + 1
        self.at += len(text[:keep].encode())
        return text[:keep]

    def alert(self, number):
        """Seconds from the post to the 250."""
        began = time.monotonic()
        self.place.ctl('post', 'foro', '--title', f'Alerta {number}',
                       check_exit=True)
        if not wait_for(lambda: str(number) in TOLD.findall(self.read()), 60,
                        0.005):
            sys.exit(f'alert {number} does not come')
        return time.monotonic() - began

    def alerts(self):
        seconds = []
        for number in range(ALERTS):
            seconds.append(self.alert(number))
            time.sleep(0.3)
        return seconds

    def end(self):
        """How many waited still, and the daemon's peak in MiB."""
        left = self.place.rows('SELECT count(*) FROM deliveries '
                               'WHERE state <> 4')[0][0]
        with open(f'/proc/{self.place.daemon.pid}/status') as f:
            peak = int(re.search(r'VmHWM:\s+(\d+)', f.read())[1]) / 1024
        self.place.stop()
        os.unlink(self.place.path('log'))
        return left, peak


place = Place()
peer = Peer(place, store=False)
place.write('groups.d/foro.ini', '[group:foro]\nsource = post\n'
            'title = Foro\n')
place.member('ana', 'frequency = immediate\n')
run = Run(place, fill(place, FEW), '50/s')
run.alerts()
_, few = run.end()
filled = fill(place, WAITING)
for rate in '0', '50/s':
    run = Run(place, filled, rate)
    seconds = run.alerts()
    left, peak = run.end()
    print(f'bench alert: {left} digests wait, {rate}: an alert is out '
          f'{statistics.median(seconds):.2f} s after its post, {max(seconds):.2f}'
          f' s at most (aim {AIM_S}, ratio {max(seconds) / AIM_S:.2f}); the '
          f'daemon took {peak:.1f} MiB, {few:.1f} with {FEW}, ratio '
          f'{peak / few:.2f}', flush=True)
