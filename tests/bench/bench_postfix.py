#!/usr/bin/python3
"""Digests from rows to settled into a real Postfix, which keeps each on its
disk before it says so and then discards it, over 10 connections, against
Postfix's smtp-source with as many. In turns, each with an empty queue. The
aim is a ratio of 0.9."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from flow import Place, Postfix, wait_for  # noqa
from sending import Sending, race  # noqa

MEMBERS, DIGESTS, SESSIONS, ROUNDS = 50, 100, 10, 5

postfix = Postfix(Place(), '''
smtpd_tls_security_level = none
smtpd_sasl_auth_enable = no
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
virtual_mailbox_domains =
virtual_mailbox_maps =
default_transport = discard
relay_transport = discard
default_destination_concurrency_limit = 50
''')


def empty():
    """What was taken is gone."""
    wait_for(lambda: 'is empty' in subprocess.run(
        ['postqueue', '-c', postfix.dir + '/etc', '-p'], capture_output=True,
        text=True).stdout, 120, 0.2)


def rested(run):
    def begin():
        empty()
        return run()
    return begin


for items in (12, 1):
    s = Sending(postfix.port, SESSIONS, MEMBERS, DIGESTS, items)
    (a, b, c), (_, to_source, to_pipeline) = race(
        ROUNDS, rested(s.ours), rested(s.smtp_source),
        rested(lambda: s.program('pipeline')))
    print(f'bench postfix: {s.total} digests of {s.size} bytes, {SESSIONS} '
          f'connections: {a:.0f}/s from rows to settled; smtp-source '
          f'{b:.0f}/s, ratio {to_source:.2f} (aim 0.9); pipeline {c:.0f}/s, '
          f'ratio {to_pipeline:.2f}', flush=True)
    s.place.close()
