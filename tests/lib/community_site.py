"""A community site on loopback, and what every kind of source must do there.

Site is a small HTTP server over a Forum (people, debates, comments); a kind
of site subclasses it and says what an address answers, as that software
would. watch() runs the real pregond on it: the first sight mails nothing, a
new debate and a new comment are one event each, once, also after a restart.
"""
import atexit
import hashlib
import http.server
import itertools
import os
import shutil
import sys
import tempfile
import threading
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(__file__))
from flow import Place, check, wait_for  # noqa


class Debate:
    def __init__(self, number, title, author, text, at):
        self.number, self.title, self.author = number, title, author
        self.text, self.at = text, at
        self.comments, self.likes, self.views = [], 0, 0

    @property
    def last_at(self):
        return max([self.at] + [c.at for c in self.comments])

    @property
    def people(self):
        return {self.author} | {c.author for c in self.comments}


class Comment:
    def __init__(self, number, debate, author, text, at):
        self.number, self.debate = number, debate
        self.author, self.text, self.at = author, text, at


class Forum:
    """What the people did; numbers grow over debates and comments alike."""

    def __init__(self, numbers=None):
        self.debates, self.lock = [], threading.Lock()
        self._numbers = numbers or itertools.count(101)
        for i in range(1, 4):
            d = self.debate(f'Antes {i}', 'Ana', f'Texto viejo {i}.', -86400)
            self.comment(d, 'Luis', 'Un comentario viejo.', -3600)

    def debate(self, title, author='Íñigo Peña', text='Texto.', ago=0):
        with self.lock:
            d = Debate(next(self._numbers), title, author, text,
                       int(time.time()) + ago)
            self.debates.append(d)
            return d

    def comment(self, debate, author='Marta', text='Respuesta.', ago=0):
        with self.lock:
            c = Comment(next(self._numbers), debate, author, text,
                        int(time.time()) + ago)
            debate.comments.append(c)
            return c

    def newest(self):
        return sorted(self.debates, key=lambda d: -d.number)

    def active(self):
        return sorted(self.debates, key=lambda d: (-d.last_at, -d.number))

    def comments(self):
        return sorted((c for d in self.debates for c in d.comments),
                      key=lambda c: -c.number)


class Site:
    """answer(method, path, query, headers, body) gives None (404) or
    (content type, body) or (status, {header: value}, body). A 200 gets an
    ETag and is answered conditionally. `seen` are the requests, `pages` what
    a browser would see at a path: the marks by which a kind is known."""

    def __init__(self):
        self.forum, self.seen, self.pages = Forum(), [], {}
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def log_message(self, *args):
                pass

            def do_POST(self):
                self.do_GET()

            def do_GET(self):
                body = self.rfile.read(int(
                    self.headers.get('Content-Length') or 0))
                url = urllib.parse.urlsplit(self.path)
                site.seen.append((self.command, self.path,
                                  dict(self.headers), body))
                answer = site.shown(url.path) or site.answer(
                    self.command, url.path,
                    dict(urllib.parse.parse_qsl(url.query)),
                    self.headers, body)
                self.reply(*site.complete(answer, self.headers))

            def reply(self, status, headers, body):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if status != 304:
                    self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0),
                                                      Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *args: None
        self.base = f'http://127.0.0.1:{self.server.server_address[1]}'
        threading.Thread(target=self.server.serve_forever,
                         daemon=True).start()

    def answer(self, method, path, query, headers, body):
        return None

    def shown(self, path):
        page = self.pages.get(path)
        return page and ('text/html; charset=utf-8',
                         '<!DOCTYPE html><html lang="es"><head>'
                         f'<title>Foro</title>{page}</html>')

    def complete(self, answer, headers):
        if answer is None:
            return 404, {'Content-Type': 'text/plain'}, b'not here\n'
        if len(answer) == 2:
            answer = 200, {'Content-Type': answer[0]}, answer[1]
        status, more, body = answer
        if isinstance(body, str):
            body = body.encode()
        if status == 200:
            etag = '"' + hashlib.sha1(body).hexdigest()[:16] + '"'
            more = {'ETag': etag, **more}
            if headers.get('If-None-Match') == etag:
                return 304, {'ETag': etag}, b''
        return status, more, body

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class SharedSite(Site):
    """A site of which the group is a part: `others` is what is none of its
    business. As soon as the group has a debate, the others have one too, with
    a comment. `everything` is newest first, (debate, comment or None)."""

    def __init__(self):
        super().__init__()
        self.others = Forum(self.forum._numbers)
        debate = self.forum.debate

        def debate_of_both(*args, **kwargs):
            made = debate(*args, **kwargs)
            other = self.others.debate('De otra categoría', 'Eva', 'Ajeno.')
            self.others.comment(other, 'Eva', 'Ajeno también.')
            self.others.comment(self.others.debates[0], 'Eva', 'Y esto.')
            return made

        self.forum.debate = debate_of_both

    def everything(self):
        debates = self.forum.debates + self.others.debates
        return sorted([(d, c) for d in debates for c in [None, *d.comments]],
                      key=lambda dc: -(dc[1] or dc[0]).number)


def secret(text):
    """The path of a file with a key in it, gone when the test ends."""
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder)
    path = os.path.join(folder, 'key')
    with open(path, 'w', opener=lambda p, f: os.open(p, f, 0o600)) as f:
        f.write(text + '\n')
    return path


def watch(name, site, url, extra='', counts=(), source='auto', text=True):
    """The whole way with the real pregond. `counts` are the columns of a
    debate that the kind knows ('replies', 'people', 'likes', 'views');
    text=False: it tells no texts."""
    place = Place()
    place.write_settings()
    place.write('groups.d/foro.ini',
                f'[group:foro]\nurl = {url}\nsource = {source}\nevery = 1s\n'
                f'{extra}')
    place.member('ana', 'frequency = immediate\ncomments = yes\n')
    place.start()
    polled = ('SELECT count(*) FROM feeds WHERE good_at = 0 '
              'AND role < 3 AND next_at > 0')
    ready = wait_for(lambda: place.rows(
        'SELECT 1 FROM groups WHERE baseline_at > 0') and
        place.rows(polled)[0][0] == 0)
    check(ready, f'{name}: the group is found and read',
          str(place.rows('SELECT url, kind, error FROM feeds')) +
          place.logged())
    check(not place.rows('SELECT 1 FROM deliveries'),
          f'{name}: the first sight mails nothing',
          place.rows('SELECT * FROM events'))
    known = place.rows('SELECT count(*) FROM debates')[0][0]
    check(known == len(site.forum.debates),
          f'{name}: the debates are the site\'s', known)
    new = site.forum.debate('¿Qué hacemos con los datos?', 'Íñigo Peña',
                            'Una propuesta con tildes: áéíóú.')
    got = wait_for(lambda: place.mails())
    check(got and '¿Qué hacemos con los datos?' in got[0]['Subject'] and
          (not text or
           'áéíóú' in got[0].get_body(('plain',)).get_content()),
          f'{name}: a new debate is mailed',
          str(got and got[0]) + place.logged())
    old = site.forum.debates[0]
    site.forum.comment(old, 'Marta', 'Yo digo que sí.')
    site.forum.comment(new, 'Luis', 'Yo digo que no.')
    got = wait_for(lambda: len(place.mails()) >= 3 and place.mails())
    told = sorted(str(m['Subject']) for m in got or place.mails())
    check(got and any(old.title in t for t in told),
          f'{name}: comments on an old and a new debate are mailed',
          '\n'.join(told) + place.logged())
    place.stop()
    place.start()
    polls = len(site.seen)
    wait_for(lambda: len(site.seen) >= polls + 4)
    check(len(place.mails()) == 3 and place.rows(
        'SELECT sum(count) FROM events')[0][0] == 3,
        f'{name}: three events, three mails, also after a restart',
        f'{[str(m["Subject"]) for m in place.mails()]} '
        f'{place.rows("SELECT kind, count, debate_id FROM events")}')
    for column in counts:
        want = {'replies': len(new.comments), 'people': len(new.people),
                'likes': new.likes, 'views': new.views}[column]
        have = wait_for(lambda: [r for r in place.rows(
            f'SELECT {column} FROM debates WHERE title = ?', new.title)
            if r[0] == want])
        check(have, f'{name}: it knows {column}', place.rows(
            'SELECT replies, people, likes, views FROM debates '
            'WHERE title = ?', new.title))
    asked = [h for _, _, h, _ in site.seen]
    check(not any('Cookie' in h or 'Referer' in h for h in asked),
          f'{name}: no cookies, no referer')
    check(place.stop() == 0, f'{name}: it ends cleanly', place.logged())
    place.close()
