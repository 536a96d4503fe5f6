#!/usr/bin/python3
"""The daemon's memory with 1,000 groups and 10,000 members, after every
group was polled; the limit is 24 MiB at its peak. The same while 100 feeds of
60 KB at a time come slowly, packed as servers do, and plain. Then what an idle group costs: 10,000 groups
against 1,000; the limit is 1 KiB."""
import os
import re
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from feed_hosts import FeedHosts, ITEMS  # noqa
from flow import Place, wait_for  # noqa

GROUPS, MEMBERS, LIMIT = 1000, 10000, 24
MANY, GROUP_LIMIT = 10000, 1024
IN_FLIGHT = 100
SLOWLY = {True: 10000, False: 60000}  # bytes/s: each takes a second
POLLED = 'SELECT count(*) FROM feeds WHERE good_at > 0'


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
    wait_for(lambda: place.rows(POLLED)[0][0] == groups, 600, 0.5)
    pid = place.daemon.pid
    found = (field(pid, 'VmRSS'), field(pid, 'VmHWM'), private(pid),
             field(pid, 'RssAnon'))
    print(f'# {place.rows(POLLED)[0][0]} groups polled and {members} members '
          f'known {time.monotonic() - began:.1f} s after the start')
    place.stop()
    return found


def run_slow(groups, packed):
    """KiB at the peak, and the most connections that were open."""
    place = Place()
    hosts = FeedHosts(place, groups)
    hosts.write(ITEMS)
    hosts.serve(SLOWLY[packed], packed)
    place.times = f'connections = {IN_FLIGHT}\n{place.times}'  # of [http]
    place.write_settings()
    place.write('groups.d/all.ini', ''.join(
        f'[group:g{i}]\nurl = {hosts.url(i)}\nsource = feed\nevery = 1h\n'
        for i in range(groups)))
    if not place.start():
        sys.exit(place.logged())
    pid, most = place.daemon.pid, 0
    while place.rows(POLLED)[0][0] < groups:
        most = max(most, connections(hosts.port))
        time.sleep(0.2)
    peak = field(pid, 'VmHWM')
    place.stop()
    return peak, most


def connections(port):
    """Those that are open from here to there."""
    with open('/proc/net/tcp') as f:
        return sum(line.split()[2].endswith(f':{port:04X}') and
                   line.split()[3] == '01' for line in f)


found = run(GROUPS, MEMBERS)
for name, kib in zip(('rss', 'peak', 'private'), found):
    print(f'memory_{name} {kib / 1024:.1f}MiB {kib / 1024 / LIMIT:.2f}')
for name, packed in ('packed', True), ('plain', False):
    peak, most = run_slow(GROUPS, packed)
    print(f'memory_peak_with_{most}_{name} {peak / 1024:.1f}MiB '
          f'{peak / 1024 / LIMIT:.2f}')
few, many = run(GROUPS, 0), run(MANY, 0)
group = (many[3] - few[3]) * 1024 / (MANY - GROUPS)
print(f'memory_group {group:.0f}B {group / GROUP_LIMIT:.2f}')
