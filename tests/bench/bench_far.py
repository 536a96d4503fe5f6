#!/usr/bin/python3
"""A relay that is 20 ms away, over 10 connections: digests from rows to
settled, against libcurl's own upload of ready bytes, a message a turn more
slowly for each of MAIL, RCPT and DATA. In turns. The aim is a ratio of 3.5,
where 4 is all that there is."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from flow import Peer, Place  # noqa
from sending import Sending, race  # noqa

MEMBERS, DIGESTS, SESSIONS, ROUNDS, TURN_MS = 40, 100, 10, 3, 20

peer = Peer(Place(), '--turn', str(TURN_MS), store=False)
for items in (12, 1):
    s = Sending(peer.port, SESSIONS, MEMBERS, DIGESTS, items)
    (a, b, c), (_, to_upload, to_pipeline) = race(
        ROUNDS, s.ours, lambda: s.program('upload'),
        lambda: s.program('pipeline'))
    print(f'bench far: {s.total} digests of {s.size} bytes, {SESSIONS} '
          f'connections of {TURN_MS} ms: {a:.0f}/s from rows to settled; '
          f'libcurl {b:.0f}/s, ratio {to_upload:.2f} (aim 3.5); pipeline '
          f'{c:.0f}/s, ratio {to_pipeline:.2f}', flush=True)
    s.place.close()
