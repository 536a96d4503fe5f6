#!/usr/bin/python3
"""The daemon's memory with 1,000 groups and 10,000 members, after every
group was polled; the limit is 24 MiB."""
import os
import re
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from flow import Place, wait_for  # noqa

GROUPS, MEMBERS, LIMIT = 1000, 10000, 24

place = Place()
base = place.community(''.join(
    f'group g{i} "Grupo {i}"\n-1h g{i} debate 1 "Uno" by "Ana" : Texto.\n'
    for i in range(GROUPS)))
place.write_settings()
place.write('groups.d/all.ini', ''.join(
    f'[group:g{i}]\nurl = {base}/g{i}/rss\nsource = feed\nevery = 1m\n'
    for i in range(GROUPS)))
for i in range(MEMBERS):
    place.member(f'm{i}', 'groups = \nfrequency = daily\n'
                 f'[group:g{i % GROUPS}]\nfrequency = daily\n')
began = time.monotonic()
place.start()
polled = 'SELECT count(*) FROM feeds WHERE polled_at > 0'
wait_for(lambda: place.rows(polled)[0][0] == GROUPS, 300, 0.5)
took = time.monotonic() - began
with open(f'/proc/{place.daemon.pid}/status') as f:
    status = f.read()
now = int(re.search(r'VmRSS:\s+(\d+)', status).group(1)) / 1024
most = int(re.search(r'VmHWM:\s+(\d+)', status).group(1)) / 1024
with open(f'/proc/{place.daemon.pid}/smaps_rollup') as f:
    private = sum(int(n) for n in re.findall(
        r'^Private_(?:Clean|Dirty):\s+(\d+)', f.read(), re.M)) / 1024
print(f'memory_rss {now:.1f}MiB {now / LIMIT:.2f}')
print(f'memory_peak {most:.1f}MiB {most / LIMIT:.2f}')
print(f'memory_private {private:.1f}MiB {private / LIMIT:.2f}')
print(f'# {place.rows(polled)[0][0]} groups polled and {MEMBERS} members '
      f'known {took:.1f} s after the start')
place.stop()
