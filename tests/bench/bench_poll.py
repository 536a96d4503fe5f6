#!/usr/bin/python3
"""Polling, the whole daemon with its database, 1,000 groups on 1,000 hosts of
nginx. Unchanged (304) against a plain libcurl loop that keeps nothing; with
one new item each, mailed into smtp-sink, against that loop with a parser and
inserts; both against rss2email and newsboat where they are installed. What a
verified new TLS connection costs. Each figure with its aim."""
import email.utils
import os
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from feed_hosts import FeedHosts, ITEMS, START  # noqa
from flow import BUILD, Place, free_port, listens, wait_for  # noqa

GROUPS, ROUNDS, CONNECTIONS = 1000, 3, 32
DUE = 'SELECT count(*) FROM feeds WHERE next_at <= 1'
SENT = 'SELECT count(*) FROM deliveries WHERE state = 4'
os.environ['PATH'] += ':/usr/sbin'
place = Place()
hosts = FeedHosts(place, GROUPS)
relay = free_port()


# ---- pregond ---------------------------------------------------------------

def configure():
    place.relay = (f'url = smtp://127.0.0.1:{relay}\ntls = off\nrate = 0\n'
                   'messages = 100000')
    place.write_settings()
    place.write('groups.d/all.ini', ''.join(
        f'[group:g{i}]\nurl = {hosts.url(i)}\nsource = feed\nevery = 1d\n'
        for i in range(GROUPS)))
    for i in range(GROUPS):
        place.member(f'm{i}', 'groups =\n'
                     f'[group:g{i}]\nfrequency = immediate\n')


def all_due():
    db = sqlite3.connect(place.path('pregon.db'))
    db.execute('UPDATE feeds SET next_at = 1')
    db.execute('UPDATE hosts SET rest_until = 0')
    db.commit()
    db.close()


def sweep(finished):
    """Seconds from the first request to finished()."""
    before = len(hosts.requests())
    if not place.start() or not wait_for(finished, 300, 0.02):
        sys.exit(place.logged()[-500:])
    ended = time.time()
    place.stop()
    return ended - min(t for t, _ in hosts.requests()[before:])


def polled():
    return place.rows(DUE) == [(0,)]


def mailed(n):
    return lambda: place.rows(SENT)[0][0] == n


# ---- the others ------------------------------------------------------------

def out_of(program, *words):
    run = subprocess.run([f'{BUILD}/tests/{program}', *words],
                         capture_output=True, text=True)
    if run.returncode:
        sys.exit(f'{program}: {run.stdout}{run.stderr}')
    return run.stdout.split()


def bare(*words):
    return float(out_of('bare', '--connections', str(CONNECTIONS), *words,
                        place.path('urls'))[0])


def timed(*command):
    began = time.monotonic()
    run = subprocess.run(command, capture_output=True)
    if run.returncode:
        sys.exit(f'{command}: {run.stderr[-500:]}')
    return time.monotonic() - began


def rss2email():
    with open(place.path('r2e.cfg'), 'w') as f:
        f.write('[DEFAULT]\nfrom = a@example.org\nto = b@example.net\n'
                'email-protocol = smtp\nsmtp-auth = False\n'
                f'smtp-server = 127.0.0.1:{relay}\nsmtp-ssl = False\n'
                'force-from = True\nverbose = error\n' +
                ''.join(f'[feed.g{i}]\nurl = {hosts.url(i)}\n'
                        for i in range(GROUPS)))
    return ['r2e', '-c', place.path('r2e.cfg'), '-d', place.path('r2e.json'),
            'run']


def newsboat():
    open(place.path('boat.conf'), 'w').close()
    return ['newsboat', '-q', '-u', place.path('urls'), '-c',
            place.path('boat.db'), '-C', place.path('boat.conf'), '-x',
            'reload']


# ---- all of it -------------------------------------------------------------

def tell(what, rate, peer, ratio, aim):
    print(f'bench poll: {what}: {rate:.0f}/s; {peer}; ratio {ratio:.2f} '
          f'(aim {aim})')


def unchanged():
    ratios, ours = [], []
    for _ in range(ROUNDS):
        all_due()
        ours.append(sweep(polled))
        plain = bare('--modified', email.utils.formatdate(START + ITEMS,
                                                          usegmt=True))
        ratios.append(plain / ours[-1])
    same = sum(s == '304' for _, s in hosts.requests()[-2 * GROUPS:-GROUPS])
    mine = statistics.median(ours)
    tell(f'unchanged ({same} x 304), polled and settled', GROUPS / mine,
         f'a plain libcurl loop {GROUPS / mine / statistics.median(ratios):.0f}'
         '/s', statistics.median(ratios), 0.5)
    return mine


def openssl(ca):
    """ms of CPU that OpenSSL alone takes for it, of one authority."""
    out = subprocess.run(
        ['openssl', 's_time', '-connect', f'127.0.0.1:{hosts.tls_port}',
         '-new', '-time', '3', '-verify', '3', '-CAfile', ca],
        capture_output=True, text=True).stdout
    return 1000 / float(re.search(r'([\d.]+) connections/user sec',
                                  out).group(1))


def tls(ca):
    used = {}
    for name, url in (('tls', hosts.tls_url), ('clear', hosts.url)):
        with open(place.path(name), 'w') as f:
            f.write('\n'.join(url(i) for i in range(GROUPS)))
        used[name] = statistics.median(
            float(out_of('fetches', '--ca', ca, place.path(name))[0])
            for _ in range(ROUNDS))
    each = (used['tls'] - used['clear']) / GROUPS * 1000
    print(f'bench poll: a new TLS connection, verified: {each:.2f} ms of CPU '
          f'(aim 0.5); openssl s_time {openssl(ca):.2f} ms; ratio '
          f'{each / openssl(ca):.2f}')


def one_new():
    ratios, ours, sent = [], [], 0
    for i in range(ROUNDS):
        hosts.write(ITEMS + i)
        bare('--store', place.path('bare.db'))
        hosts.write(ITEMS + i + 1)
        all_due()
        sent += GROUPS
        ours.append(sweep(mailed(sent)))
        ratios.append(ours[-1] / bare('--store', place.path('bare.db')))
    mine = statistics.median(ours)
    tell('one new item each, mailed', GROUPS / mine,
         'polled, parsed and inserted by a plain loop '
         f'{GROUPS / mine * statistics.median(ratios):.0f}/s',
         statistics.median(ratios), 'at most 1.5')
    return mine


def peers(same, news):
    if shutil.which('r2e'):
        run = rss2email()
        hosts.write(ITEMS)
        timed(*run, '--no-send')
        theirs = timed(*run)
        tell('unchanged', GROUPS / same,
             f'rss2email {GROUPS / theirs:.0f}/s', theirs / same, 12)
        hosts.write(ITEMS + 1)
        theirs = timed(*run)
        tell('one new item each, mailed', GROUPS / news,
             f'rss2email {GROUPS / theirs:.1f}/s', theirs / news, 40)
    if shutil.which('newsboat'):
        run = newsboat()
        timed(*run)
        theirs = timed(*run)
        tell('unchanged', GROUPS / same,
             f'newsboat {GROUPS / theirs:.1f}/s', theirs / same, 80)


hosts.write(ITEMS)
authorities = hosts.certify()
hosts.serve()
place.spawn('smtp-sink', '-u', 'nobody', f'127.0.0.1:{relay}', '1000')
wait_for(lambda: listens(relay))
with open(place.path('urls'), 'w') as urls:
    urls.write('\n'.join(hosts.url(i) for i in range(GROUPS)))
configure()
sweep(lambda: place.rows('SELECT count(*) FROM feeds WHERE good_at > 0') ==
      [(GROUPS,)])
same = unchanged()
tls(authorities)
peers(same, one_new())
