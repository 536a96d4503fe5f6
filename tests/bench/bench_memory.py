#!/usr/bin/python3
"""The daemon's memory with 1,000 groups and 10,000 members, after every
group was polled; the limit is 24 MiB at its peak. Then what an idle group
costs: 10,000 groups against 1,000; the limit is 1 KiB."""
import os
import re
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from flow import Place, wait_for  # noqa

GROUPS, MEMBERS, LIMIT = 1000, 10000, 24
MANY, GROUP_LIMIT = 10000, 1024


def field(pid, name):
    """KiB"""
    with open(f'/proc/{pid}/status') as f:
        return int(re.search(name + r':\s+(\d+)', f.read()).group(1))


def private(pid):
    with open(f'/proc/{pid}/smaps_rollup') as f:
        return sum(int(n) for n in re.findall(
            r'^Private_(?:Clean|Dirty):\s+(\d+)', f.read(), re.M))


def run(groups, members):
    """KiB: (rss, peak, private, rss without files' pages), all polled"""
    place = Place()
    base = place.community(''.join(
        f'group g{i} "Grupo {i}"\n-1h g{i} debate 1 "Uno" by "Ana" : Texto.\n'
        for i in range(groups)))
    place.write_settings()
    place.write('groups.d/all.ini', ''.join(
        f'[group:g{i}]\nurl = {base}/g{i}/rss\nsource = feed\nevery = 1h\n'
        for i in range(groups)))
    for i in range(members):
        place.member(f'm{i}', 'groups = \nfrequency = daily\n'
                     f'[group:g{i % groups}]\nfrequency = daily\n')
    began = time.monotonic()
    place.start()
    polled = 'SELECT count(*) FROM feeds WHERE polled_at > 0'
    wait_for(lambda: place.rows(polled)[0][0] == groups, 600, 0.5)
    pid = place.daemon.pid
    found = (field(pid, 'VmRSS'), field(pid, 'VmHWM'), private(pid),
             field(pid, 'RssAnon'))
    print(f'# {place.rows(polled)[0][0]} groups polled and {members} members '
          f'known {time.monotonic() - began:.1f} s after the start')
    place.stop()
    return found


found = run(GROUPS, MEMBERS)
for name, kib in zip(('rss', 'peak', 'private'), found):
    print(f'memory_{name} {kib / 1024:.1f}MiB {kib / 1024 / LIMIT:.2f}')
few, many = run(GROUPS, 0), run(MANY, 0)
group = (many[3] - few[3]) * 1024 / (MANY - GROUPS)
print(f'memory_group {group:.0f}B {group / GROUP_LIMIT:.2f}')
