#!/usr/bin/python3
"""Digests composed from rows, sent into Postfix's smtp-sink over 10
connections, and settled, against what sends ready bytes and keeps nothing:
Postfix's smtp-source, and `pipeline`, which says all it may at once and is
bound by the sink. In turns, with mails of 20 KB and of 5 KB. The aims are
ratios of 1.0 and 1.3 to smtp-source, of 0.6 to `pipeline`. Then with return
paths of their own, which cost a token each and no turn: the aim is 0.9 of the
rate without."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from flow import Place  # noqa
from sending import Sending, race, sink  # noqa

MEMBERS, DIGESTS, SESSIONS, ROUNDS = 200, 100, 10, 5
BOUNCES = '[bounces]\naddress = vuelta@x.example\n'
port = sink(Place())


def digests(items, aim):
    s = Sending(port, SESSIONS, MEMBERS, DIGESTS, items)
    (a, b, c), (_, to_source, to_pipeline) = race(
        ROUNDS, s.ours, s.smtp_source, lambda: s.program('pipeline'))
    print(f'bench send: {s.total} digests of {s.size} bytes, {SESSIONS} '
          f'connections: {a:.0f}/s from rows to settled; smtp-source '
          f'{b:.0f}/s, ratio {to_source:.2f} (aim {aim}); pipeline {c:.0f}/s, '
          f'ratio {to_pipeline:.2f} (aim 0.6)', flush=True)
    s.place.close()


def return_paths():
    kept, plain = (Sending(port, SESSIONS, MEMBERS, DIGESTS, 1, extra)
                   for extra in (BOUNCES, ''))
    (a, b), (_, ratio) = race(ROUNDS, kept.ours, plain.ours)
    print(f'bench send: {kept.total} digests of {kept.size} bytes with return '
          f'paths of their own: {a:.0f}/s; without {b:.0f}/s, ratio '
          f'{ratio:.2f} (aim 0.9)')


digests(12, 1.0)
digests(1, 1.3)
return_paths()
