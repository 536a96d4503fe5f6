#!/usr/bin/python3
"""What one poll costs, the whole daemon with its database, as a community
grows: 50,000 groups against 1,000, and 5,000,000 stored events against none
(each a ratio of CPU a poll; 1 is flat). Unchanged feeds (304), and feeds with
one new item each, of nginx.

usage: bench_scale.py [GROUPS [EVENTS]]"""
import glob
import os
import sqlite3
import statistics
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from feed_hosts import FeedHosts  # noqa
from flow import Place, wait_for  # noqa

FEW = 1000
MANY = int(sys.argv[1]) if len(sys.argv) > 1 else 50000
EVENTS = int(sys.argv[2]) if len(sys.argv) > 2 else 5000000
ITEMS, ROUNDS = 3, 3

# As a community of years: four comments a debate; all of it is planned.
FILL = '''
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -200000;
BEGIN;
CREATE TEMP TABLE n AS SELECT min(id) AS first, count(*) AS n FROM groups;
WITH RECURSIVE d(k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM d
  WHERE k + 1 < :events / 5)
INSERT INTO debates (group_id, words, published_at, seen_at, replies, key,
  hash, link, title, url, author, text)
SELECT first + k % n, 40, 1600000000 + k * 60, 1600000000 + k * 60, 4,
  'https://old.example.org/' || k, printf('%064d', k),
  'https://old.example.org/' || k, 'Debate ' || k,
  'https://old.example.org/' || k, 'Ana', 'Un texto de hace años, número ' || k
FROM d, n;
INSERT INTO comments (debate_id, group_id, words, published_at, seen_at, key,
  url, author, text)
SELECT d.id, d.group_id, 10, d.published_at + c.c, d.published_at + c.c,
  d.key || '#' || c.c, d.url, 'Luis', 'De acuerdo'
FROM debates d, (SELECT 1 AS c UNION ALL SELECT 2 UNION ALL SELECT 3
  UNION ALL SELECT 4) c WHERE d.key LIKE 'https://old%';
INSERT INTO events (kind, group_id, debate_id, comment_id, count, at)
SELECT 1, group_id, id, NULL, 1, seen_at FROM debates
WHERE key LIKE 'https://old%';
INSERT INTO events (kind, group_id, debate_id, comment_id, count, at)
SELECT 2, group_id, debate_id, id, 1, seen_at FROM comments;
REPLACE INTO numbers SELECT 0, max(id) FROM events;
UPDATE subscriptions SET cursor = (SELECT max(id) FROM events);
COMMIT;
PRAGMA wal_checkpoint(TRUNCATE);
'''


class Watch:
    """A place where `n` groups are watched, all polled once."""

    def __init__(self, n):
        self.n, self.items = n, ITEMS
        self.place = Place()
        self.hosts = FeedHosts(self.place, n)
        self.hosts.write(self.items)
        self.hosts.serve()
        self.place.write_settings()
        for k in range(0, n, 1000):
            self.place.write(f'groups.d/{k}.ini', ''.join(
                f'[group:g{i}]\nurl = {self.hosts.url(i)}\nsource = feed\n'
                'every = 1d\n' for i in range(k, min(n, k + 1000))))
        self.place.member('ana', 'groups = *\nfrequency = daily\n')
        self.run(until='SELECT count(*) = ? FROM feeds WHERE good_at > 0')

    def run(self, until=None):
        """Seconds of CPU of a daemon that runs until then, or just starts."""
        if not self.place.start() or (until and not wait_for(
                lambda: self.place.rows(until, self.n) == [(1,)], 900, 0.1)):
            sys.exit(self.place.logged()[-500:])
        self.place.ctl('status')
        used = 0
        for path in glob.glob(f'/proc/{self.place.daemon.pid}/task/*/schedstat'):
            with open(path) as f:
                used += int(f.read().split()[0]) / 1e9
        self.place.stop()
        return used

    def write(self, sql, **values):
        db = sqlite3.connect(self.place.path('pregon.db'))
        for statement in sql.split(';\n'):
            db.execute(statement, {k: v for k, v in values.items()
                                   if ':' + k in statement})
        db.commit()
        db.close()

    def sweep(self):
        """Microseconds of CPU a poll, without what starting takes."""
        idle = self.run()
        self.write('UPDATE feeds SET next_at = 1;\n'
                   'UPDATE hosts SET rest_until = 0')
        return (self.run(until='SELECT count(*) = 0 AND ? > 0 FROM feeds '
                         'WHERE next_at <= 1') - idle) / self.n * 1e6

    def costs(self):
        """The medians of (unchanged, one new item each)."""
        same, new = [], []
        for _ in range(ROUNDS):
            same.append(self.sweep())
            self.items += 1
            self.hosts.write(self.items)
            new.append(self.sweep())
        return statistics.median(same), statistics.median(new)


def tell(what, before, after):
    for kind, a, b in zip(('unchanged', 'one new item each'), before, after):
        print(f'bench scale: {what}, {kind}: {b:.0f} us of CPU a poll; '
              f'{a:.0f} us before; ratio {b / a:.2f} (aim: flat, 1)')


few, many = Watch(FEW), Watch(MANY)
small = few.costs()
tell(f'{MANY} groups, not {FEW}', small, many.costs())
few.write(FILL, events=EVENTS)
stored = few.place.rows('SELECT count(*) FROM events')[0][0]
tell(f'{stored} stored events', small, few.costs())
