#!/usr/bin/python3
"""From a webhook's arrival to the relay's 250 on the alert that it makes, at
200 webhooks a second, each a new debate that one member wants to know at once:
the whole daemon with its database. The aim is 50 ms for 99 of 100."""
import asyncio
import contextlib
import json
import os
import re
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../lib'))
from flow import Place, free_port, listens, wait_for  # noqa
from hook_sender import sign  # noqa

RATE, SECONDS, GROUPS, AIM = 200, 15, 50, 50
SECRET = 'un-secreto-largo'
sent, taken = {}, {}


# ---- the relay -------------------------------------------------------------

async def serve(reader, writer):
    with contextlib.suppress(ConnectionError):
        await smtp(reader, writer)


async def smtp(reader, writer):
    """Takes all that comes, and notes when it has answered for it."""
    writer.write(b'220 relay\r\n')
    while line := await reader.readline():
        word = line[:4].upper()
        if word == b'EHLO':
            writer.write(b'250-relay\r\n250 PIPELINING\r\n')
        elif word == b'DATA':
            writer.write(b'354 go on\r\n')
            mail = await reader.readuntil(b'\r\n.\r\n')
            writer.write(b'250 2.0.0 taken\r\n')
            now = time.monotonic()
            for number in re.findall(rb'Debate (\d+)', mail)[:1]:
                taken.setdefault(int(number), now)
        else:
            writer.write(b'250 2.0.0 well\r\n')


# ---- the site --------------------------------------------------------------

async def post(reader, writer, number):
    body = json.dumps({'kind': 'debate', 'id': f'd{number}',
                       'title': f'Debate {number}', 'text': 'Un texto. ' * 40,
                       'url': f'https://foro.example.org/d/{number}'}).encode()
    sent[number] = time.monotonic()
    writer.write(
        f'POST /hook/g{number % GROUPS} HTTP/1.1\r\nHost: x\r\n'
        f'Content-Type: application/json\r\nX-Pregon-Event-Id: e{number}\r\n'
        f'X-Pregon-Signature: {sign(SECRET, body)}\r\n'
        f'Content-Length: {len(body)}\r\n\r\n'.encode() + body)
    head = await reader.readuntil(b'\r\n\r\n')
    length = re.search(rb'content-length: *(\d+)', head, re.I).group(1)
    await reader.readexactly(int(length))
    if not head.startswith(b'HTTP/1.1 2'):
        sys.exit(f'a webhook was answered {head.decode()}')


async def site(port):
    """One connection a group, as sites that are independent of each other."""
    connections = [await asyncio.open_connection('127.0.0.1', port)
                   for _ in range(GROUPS)]
    waiting, began = set(), time.monotonic()
    locks = [asyncio.Lock() for _ in connections]

    async def one(number):
        async with locks[number % GROUPS]:
            await post(*connections[number % GROUPS], number)

    for number in range(RATE * SECONDS):
        await asyncio.sleep(max(0, began + number / RATE - time.monotonic()))
        task = asyncio.create_task(one(number))
        waiting.add(task)
        task.add_done_callback(waiting.discard)
    await asyncio.gather(*waiting)


async def run(place, relay, web):
    server = await asyncio.start_server(serve, '127.0.0.1', relay,
                                        limit=1 << 20)
    if not await asyncio.to_thread(place.start):
        sys.exit(place.logged())
    await asyncio.to_thread(wait_for, lambda: listens(web))
    began = time.monotonic()
    await site(web)
    rate = len(sent) / (time.monotonic() - began)
    until = time.monotonic() + 30
    while len(taken) < len(sent) and time.monotonic() < until:
        await asyncio.sleep(0.05)
    await asyncio.to_thread(place.stop)
    server.close()
    return rate


place = Place()
relay, web = free_port(), free_port()
place.relay = f'url = smtp://127.0.0.1:{relay}\ntls = off\nrate = 0'
place.write_settings(f'[web]\nlisten = 127.0.0.1:{web}')
with open(place.path('key'), 'w') as f:
    f.write(SECRET)
os.chmod(place.path('key'), 0o600)
place.write('groups.d/all.ini', ''.join(
    f'[group:g{i}]\nsource = webhook\nkey_file = {place.path("key")}\n'
    for i in range(GROUPS)))
for i in range(GROUPS):
    place.member(f'm{i}', f'groups =\n[group:g{i}]\nfrequency = immediate\n')
rate = asyncio.run(run(place, relay, web))
missing = len(sent) - len(taken)
if missing:
    sys.exit(f'{missing} of {len(sent)} alerts did not come')
times = sorted((taken[n] - sent[n]) * 1000 for n in sent)
late = times[int(len(times) * 0.99)]
print(f'bench hook: {len(times)} webhooks at {rate:.0f}/s, arrival to the '
      f'relay\'s 250: median {statistics.median(times):.1f} ms, 99 of 100 '
      f'within {late:.1f} ms, at most {times[-1]:.1f} ms; ratio '
      f'{late / AIM:.2f} (aim {AIM} ms)')
