#!/usr/bin/python3
"""A ready digest over one connection into Postfix's smtp-sink, over and over:
as pregond sends it (deliver/sender), against Python's smtplib with its object
(send_message, as people do) and with its bytes (sendmail), and against
`pipeline`, which is bound by the sink. In turns. The aim is 8 times the first;
the second is too near to what the sink bears, so what a mail costs of CPU is
compared, too."""
import email.policy
import os
import resource
import smtplib
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from flow import BUILD, Place  # noqa
from sending import Sending, race, sink, timed  # noqa

N, FEWER, ROUNDS = 40000, 2000, 5

port = sink(Place())
raw = Sending(port, 1, 1, 1, 1).eml
mail = email.message_from_bytes(raw, policy=email.policy.default)


cpu = {}  # us a mail, of each round


def used(who):
    u = resource.getrusage(who)
    return u.ru_utime + u.ru_stime


def program(name):
    was = used(resource.RUSAGE_CHILDREN)
    rate = timed(N, f'{BUILD}/tests/{name}', port, 1, N, len(raw))
    cpu.setdefault(name, []).append(
        (used(resource.RUSAGE_CHILDREN) - was) / N * 1e6)
    return rate


def python(name, send):
    with smtplib.SMTP('127.0.0.1', port) as smtp:
        was, began = used(resource.RUSAGE_SELF), time.monotonic()
        for _ in range(FEWER):
            send(smtp)
        rate = FEWER / (time.monotonic() - began)
    cpu.setdefault(name, []).append(
        (used(resource.RUSAGE_SELF) - was) / FEWER * 1e6)
    return rate


(a, b, c, d), (_, to_object, to_bytes, to_pipeline) = race(
    ROUNDS, lambda: program('sender'),
    lambda: python('object', lambda s: s.send_message(mail)),
    lambda: python('bytes', lambda s: s.sendmail(
        'a@x.example', ['b@x.example'], raw)),
    lambda: program('pipeline'))
print(f'bench one: digests of {len(raw)} bytes over one connection: '
      f'{a:.0f}/s; smtplib {b:.0f}/s with objects, ratio {to_object:.2f} (aim '
      f'8), and {c:.0f}/s with bytes, ratio {to_bytes:.2f}; pipeline {d:.0f}/s, '
      f'ratio {to_pipeline:.2f}')
ours, objects, plain = (statistics.median(cpu[name])
                        for name in ('sender', 'object', 'bytes'))
print(f'bench one: {ours:.0f} us of CPU a mail; smtplib {objects:.0f} us with '
      f'objects, ratio {objects / ours:.1f}, and {plain:.0f} us with bytes, '
      f'ratio {plain / ours:.1f}')
