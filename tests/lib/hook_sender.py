"""Whoever posts to pregond's webhooks: Discourse, or a program of one's own.

Sender(base, secret) keeps its connection; post() and discourse() give the
status, the headers and the text of the answer.
"""
import hashlib
import hmac
import http.client
import itertools
import json
import urllib.parse


def sign(secret, body):
    return 'sha256=' + hmac.new(secret.encode(), body,
                                hashlib.sha256).hexdigest()


class Sender:
    numbers = itertools.count(1)

    def __init__(self, base, secret, instance='https://foro.example.org'):
        self.at = urllib.parse.urlsplit(base)
        self.secret, self.instance = secret, instance
        self.connection = None

    def send(self, method, path, body=None, headers=None):
        for again in (True, False):
            if not self.connection:
                self.connection = http.client.HTTPConnection(
                    self.at.hostname, self.at.port, timeout=30)
            try:
                self.connection.request(method, path, body, headers or {})
                answer = self.connection.getresponse()
                return answer.status, answer.headers, \
                    answer.read().decode()
            except (http.client.RemoteDisconnected, ConnectionError):
                self.connection.close()
                self.connection = None
                if not again:
                    raise

    def post(self, group, what, secret=None, **headers):
        """Our own form; X-Pregon-Event-Id unless event_id says another."""
        body = what if isinstance(what, bytes) else json.dumps(what).encode()
        event_id = headers.pop('event_id', f'e{next(self.numbers)}')
        return self.send('POST', f'/hook/{group}', body, {
            'Content-Type': 'application/json', 'X-Pregon-Event-Id': event_id,
            'X-Pregon-Signature': sign(secret or self.secret, body),
            **headers})

    def discourse(self, group, event, what, event_id=None, **headers):
        body = json.dumps(what).encode()
        more = {'X-Discourse-Event': event} if event else {}
        return self.send('POST', f'/hook/{group}', body, {
            'Content-Type': 'application/json', 'Accept': '*/*',
            'User-Agent': 'Discourse/3.4.0', 'Connection': 'close',
            'X-Discourse-Instance': self.instance,
            'X-Discourse-Event-Id': str(event_id or next(self.numbers)),
            'X-Discourse-Event-Type': (event or 'ping').split('_')[0],
            'X-Discourse-Event-Signature': sign(self.secret, body),
            **more, **headers})


def topic(number, title, **more):
    return {'topic': {
        'id': number, 'title': title, 'slug': 'un-tema', 'posts_count': 1,
        'created_at': '2099-11-23T19:09:00.000Z', 'archetype': 'regular',
        'visible': True, 'like_count': 0, 'views': 1, 'deleted_at': None,
        'created_by': {'username': 'ana', 'name': 'Ana Núñez'}, **more}}


def post(number, topic_number, post_number, title, html, **more):
    return {'post': {
        'id': number, 'topic_id': topic_number, 'post_number': post_number,
        'post_type': 1, 'name': 'Luis', 'username': 'luis', 'cooked': html,
        'created_at': '2099-11-23T19:10:00.000Z', 'topic_slug': 'un-tema',
        'topic_title': title, 'topic_archetype': 'regular',
        'topic_posts_count': post_number, 'hidden': False, **more}}
