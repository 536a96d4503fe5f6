"""Pages that mails link to, as a browser visits them."""
import base64
import hmac
import html
import http.client
import re
import struct
import time
from urllib.parse import urlencode

PURPOSES = {'u': 1, 'p': 3}


def fields(text):
    """What a browser would send of a page's form, unchanged."""
    sent = {}
    for tag, rest in re.findall(r'<(input|select)\b([^>]*)>', text):
        name = re.search(r'name="([^"]*)"', rest)
        value = re.search(r'value="([^"]*)"', rest)
        if name and (tag == 'select' or 'type="checkbox"' not in rest or
                     ' checked' in rest):
            sent[name[1]] = html.unescape(value[1]) if value else ''
    for name, options in re.findall(
            r'<select[^>]*name="([^"]*)">(.*?)</select>', text, re.S):
        sent[name] = re.search(r'value="([^"]*)"[^>]* selected', options)[1]
    return sent


class Visitor:
    """Someone with a link of a place's member."""

    def __init__(self, place, port, member, kind='p'):
        self.place, self.port = place, port
        self.path = f'/{kind}/' + self._token(member, PURPOSES[kind])

    def _token(self, member, purpose):
        """As include/base/token.h has it."""
        with open(self.place.path('token.keys')) as f:
            number, _, key = f.readline().split()
        (id_,), = self.place.rows('SELECT id FROM members WHERE key = ?',
                                  member)
        told_of = struct.pack('>BBqqq', int(number), purpose, id_, 0,
                              int(time.time() + 86400))
        mac = hmac.new(bytes.fromhex(key), told_of, 'sha256').digest()
        return base64.urlsafe_b64encode(told_of + mac[:16]).decode()

    def ask(self, method='GET', body=None):
        c = http.client.HTTPConnection('127.0.0.1', self.port, timeout=20)
        try:
            c.request(method, self.path, body, {
                'Content-Type': 'application/x-www-form-urlencoded',
                'Sec-Fetch-Site': 'same-origin'})
            r = c.getresponse()
            r.text = r.read().decode()
            return r
        finally:
            c.close()

    def form(self):
        return fields(self.ask().text)

    def save(self, form, **changes):
        """Sends the form with changes; None unticks a box."""
        sent = {k.replace('__', '.'): v
                for k, v in {**form, **changes}.items() if v is not None}
        return self.ask('POST', urlencode(sent))
