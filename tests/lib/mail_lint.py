"""The rules that every mail of pregon's keeps, looked at with Python's email.

problems(raw) names each breach of one mail in words. Mails also looks at
what mails have to do with each other: threads. What was delivered (by
Postfix, to a Maildir) may have trace headers and LF line ends. Run by
itself it reads the files that it is given.
"""
import collections
import email
import email.policy
import html.parser
import re
import sys
import unicodedata

HTML_MAX = 80 * 1024
TEXT_COLUMNS = 78
CONTRAST = 4.5  # WCAG 2.2, 1.4.3

TRACE = {'return-path', 'received', 'delivered-to', 'x-original-to'}
ONCE = ('From To Subject Date Message-ID MIME-Version Content-Type List-Id '
        'List-Unsubscribe List-Help List-Post Auto-Submitted Content-Language '
        'X-Auto-Response-Suppress').split()
OPTIONAL = ('In-Reply-To References List-Archive Precedence '
            'List-Unsubscribe-Post').split()
VALUES = {'Auto-Submitted': 'auto-generated', 'List-Post': 'NO',
          'X-Auto-Response-Suppress': 'All', 'MIME-Version': '1.0'}
TAGS = set('html head meta title style body div table tr td p h1 h2 h3 a '
           'strong span'.split())
ATTRIBUTES = set('lang dir charset name content style class role width '
                 'cellpadding cellspacing border align href'.split())
VOID = {'meta', 'br', 'hr'}
# Controls, and what turns the direction of text or is not to be seen.
CONTROLS = re.compile('[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f'
                      '\u202a-\u202e\u2066-\u2069\ufeff\ufffd]')
JOINER = '\u200d'
# First-strong isolates, around names that are written from right to left.
ISOLATE, ISOLATE_END = '\u2068', '\u2069'
LINK = re.compile(r'(https?://|mailto:)[!-~]+')
UNFILLED = re.compile(r'\{\{|\{\w+(, plural|\})')


def squeeze(text):
    return re.sub(r'[\s\u00ad\u200c\u034f\u2068\u2069]+', '', text)


# ---- colours ---------------------------------------------------------------

def rgb(colour):
    m = re.fullmatch(r'#([0-9a-f]{6})', colour)
    return m and [int(m[1][i:i + 2], 16) for i in (0, 2, 4)]


def luminance(colour):
    parts = [c / 255 for c in rgb(colour)]
    r, g, b = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4
               for c in parts]
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a, b):
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def declarations(style):
    return dict(re.findall(r'([a-z-]+)\s*:\s*([^;]+?)\s*(?:;|$)', style))


# ---- the HTML --------------------------------------------------------------

class Page(html.parser.HTMLParser):
    """What a reader sees of an HTML part: texts, links, headings, colours."""

    def __init__(self, source):
        super().__init__()
        self.open, self.links, self.texts, self.problems = [], [], [], []
        self.headings, self.lang, self.dir = [], None, None
        self.dark = self.dark_rules(source)
        # (colour, background) of what is open, in daylight and in the dark.
        self.colours = [(('#000000', '#ffffff'), ('#ffffff', '#000000'))]
        self.hidden = 0
        self.feed(source)
        self.close()
        if self.open:
            self.problems.append(f'left open: {self.open}')

    @staticmethod
    def dark_rules(source):
        m = re.search(r'@media \(prefers-color-scheme: dark\) \{(.*?\})\s*\}',
                      source, re.S)
        return {name: declarations(body.replace('!important', ''))
                for names, body in re.findall(r'([^{}]+)\{([^}]*)\}',
                                              m[1] if m else '')
                for name in re.findall(r'\.([\w-]+)', names)}

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag not in TAGS:
            self.problems.append(f'tag <{tag}>')
        for key, value in attrs.items():
            if key not in ATTRIBUTES:
                self.problems.append(f'attribute {key} of <{tag}>')
            if 'url(' in (value or '') and key == 'style':
                self.problems.append(f'style {value}')
        if 'href' in attrs:
            self.links.append(attrs['href'])
        if tag == 'html':
            self.lang, self.dir = attrs.get('lang'), attrs.get('dir')
        if tag == 'table' and attrs.get('role') != 'presentation':
            self.problems.append('a table that readers would read as one')
        if re.fullmatch('h[1-6]', tag):
            self.headings.append(int(tag[1]))
        if tag in VOID:
            return
        style = declarations(attrs.get('style') or '')
        self.hidden += 'none' == style.get('display')
        self.open.append((tag, 'none' == style.get('display')))
        self.colours.append(self.colours_in(attrs, style))

    def colours_in(self, attrs, style):
        day, night = self.colours[-1]
        dark = dict(style)
        for name in (attrs.get('class') or '').split():
            dark.update(self.dark.get(name, {}))

        def change(colours, rules):
            return (rules.get('color', colours[0]),
                    rules.get('background', rules.get('background-color',
                                                      colours[1])))
        return change(day, style), change(night, dark)

    def handle_endtag(self, tag):
        if not self.open or self.open[-1][0] != tag:
            self.problems.append(f'</{tag}> does not close what is open')
        else:
            self.hidden -= self.open.pop()[1]
            self.colours.pop()

    def handle_data(self, data):
        inside = {tag for tag, _ in self.open}
        if not data.strip() or inside & {'style', 'title'}:
            return
        if self.hidden:
            return
        self.texts.append(data)
        for when, pair in zip(('by day', 'in the dark'), self.colours[-1]):
            if not all(map(rgb, pair)):
                self.problems.append(f'colours {pair}')
            elif contrast(*pair) < CONTRAST:
                self.problems.append(
                    f'contrast of {contrast(*pair):.2f} {when}, '
                    f'{pair[0]} on {pair[1]}: {data.strip()[:40]}')


# ---- one mail --------------------------------------------------------------

def lines(raw, delivered):
    if re.search(rb'[^\x00-\x7f]', raw):
        yield 'not 7-bit'
    if delivered and b'\r' not in raw:
        raw = raw.replace(b'\n', b'\r\n')
    if re.search(rb'(?<!\r)\n|\r(?!\n)', raw):
        yield 'a bare CR or LF'
    head, _, body = raw.partition(b'\r\n\r\n')
    for line in head.split(b'\r\n'):
        name = line.split(b':')[0].decode(errors='replace').lower()
        if name in TRACE or delivered and line.startswith(b'\t'):
            continue
        if len(line) > 998 or len(line) > 78 and b' ' in line.strip():
            yield f'header line of {len(line)}: {line[:60]}'
        if re.search(rb'[\x00-\x08\x0a-\x1f\x7f]', line):
            yield f'control character in {line!r}'
    for word in re.findall(rb'=\?[^? ]+\?.\?[^? ]*\?=', head):
        if len(word) > 75:
            yield f'encoded word of {len(word)}'
    for line in body.split(b'\r\n'):
        if len(line) > 76:
            yield f'body line of {len(line)}: {line[:60]}'
        if line.startswith((b'.', b'From ')) or line.endswith((b' ', b'\t')):
            yield f'line that may be changed on its way: {line[:60]}'


def headers(m):
    known = {k.lower() for k in ONCE + OPTIONAL} | TRACE
    for key in ONCE:
        if len(m.get_all(key, [])) != 1:
            yield f'{key} {len(m.get_all(key, []))} times'
    for key in m.keys():
        if key.lower() not in known:
            yield f'unexpected header {key}'
        if getattr(m[key], 'defects', ()):
            yield f'{key}: {m[key].defects}'
        if CONTROLS.search(str(m[key])):
            yield f'control character in {key}: {m[key]!r}'
    for key, value in VALUES.items():
        if m[key] != value:
            yield f'{key}: {m[key]}'
    for key in 'From', 'To':
        if m[key] and len(m[key].addresses) != 1:
            yield f'{key} {len(m[key].addresses)} addresses: {m[key]}'
    if not str(m['Subject'] or '').strip() or len(str(m['Subject'])) > 400:
        yield f'Subject: {m["Subject"]}'
    yield from lists(m)
    if m.defects:
        yield m.defects


def lists(m):
    domain = m['From'].addresses[0].domain if m['From'] else ''
    if not re.fullmatch(r'<[^<>@\s]+@' + re.escape(domain) + '>',
                        m['Message-ID'] or ''):
        yield f'Message-ID {m["Message-ID"]}'
    if not re.search(r'<[\w.-]+\.' + re.escape(domain) + '>$',
                     m['List-Id'] or ''):
        yield f'List-Id {m["List-Id"]}'
    for key in 'List-Unsubscribe', 'List-Help', 'List-Archive':
        # Behind the name alone, where it is long.
        for link in m[key].strip().split(', ') if m[key] else ():
            if not (link[:1] == '<' and link[-1:] == '>' and
                    LINK.fullmatch(link[1:-1])):
                yield f'{key} {m[key]}'
    if 'mailto:' not in (m['List-Unsubscribe'] or ''):
        yield f'List-Unsubscribe {m["List-Unsubscribe"]}'
    # RFC 8058 section 3.1.
    linked = re.search(r'https://|http://127\.', m['List-Unsubscribe'] or '')
    if m['List-Unsubscribe-Post'] != ('List-Unsubscribe=One-Click' if linked
                                      else None):
        yield f'List-Unsubscribe-Post {m["List-Unsubscribe-Post"]}'


def tells_several(m):
    page = m.get_body(('html',))
    return page is not None and all(
        tag in page.get_content() for tag in ('<h1 ', '<h2 '))


def threads(m):
    """An alert about one debate is of its thread, other mails of none."""
    kind = str(m['Message-ID'])[1:].split('.')[0]
    if m['In-Reply-To'] != m['References']:
        yield f'References {m["References"]}, not {m["In-Reply-To"]}'
    several = kind == 'digest' or tells_several(m)
    if kind == 'alert' and not several and not re.fullmatch(
            r'<debate\.\d+@[^<>@\s]+>', m['References'] or ''):
        yield f'References {m["References"]}'
    if several and m['References']:
        yield f'a mail about several debates in a thread: {m["References"]}'


def parts(m):
    if m.get_content_type() != 'multipart/alternative':
        yield m.get_content_type()
    found = list(m.iter_parts())
    types = [p.get_content_type() for p in found]
    if types != ['text/plain', 'text/html']:
        yield types
    for p in found:
        if p.get_content_charset() != 'utf-8' or p.defects:
            yield f'{p.get_content_charset()} {p.defects}'


def is_flag_letter(c):
    return '\U0001f1e6' <= c <= '\U0001f1ff'


def columns(line):
    """As terminals count them; what is joined to others counts nothing."""
    n, before = 0, ''
    for c in line:
        if is_flag_letter(c) and is_flag_letter(before):
            before = ''
            continue
        if before != JOINER and unicodedata.category(c) not in ('Mn', 'Me',
                                                                'Cf'):
            n += 1 + (unicodedata.east_asian_width(c) in 'WF' or
                      is_flag_letter(c))
        before = c
    return n


def is_cut(line):
    """Whether a character was cut in two at either end."""
    line = line.strip(' -')
    return line and (unicodedata.category(line[0])[0] == 'M' or
                     JOINER in (line[0], line[-1]) or
                     sum(map(is_flag_letter, line)) % 2)


def controls(text, where):
    """Isolates come in pairs, not one within another, and nothing else."""
    alone = re.sub(f'{ISOLATE}([^{ISOLATE}{ISOLATE_END}]*){ISOLATE_END}',
                   r'\1', text)
    if CONTROLS.search(alone):
        yield f'{CONTROLS.search(alone)} in {where}'


def text_form(text):
    for line in text.split('\n'):
        if columns(line) > TEXT_COLUMNS and '://' not in line:
            yield f'text line of {columns(line)}: {line}'
        if is_cut(line):
            yield f'a character cut in two: {line}'
        if line != line.rstrip():
            yield f'white space after {line}'
    if '\n\n\n' in text:
        yield 'two empty lines'
    yield from controls(text, 'the text part')


def html_form(source, page, language):
    yield from page.problems
    if len(source.encode()) > HTML_MAX:
        yield f'HTML of {len(source.encode())} bytes: mailboxes clip it'
    yield from controls(source, 'the HTML part')
    if page.lang != language or page.dir not in ('ltr', 'rtl'):
        yield f'lang {page.lang}, dir {page.dir} in a mail in {language}'
    if page.headings[:1] != [1] or page.headings.count(1) != 1 or any(
            b > a + 1 for a, b in zip(page.headings, page.headings[1:])):
        yield f'headings {page.headings}'
    styles = ''.join(re.findall(r'<style>.*?</style>', source, re.S))
    if '@import' in styles or 'url(' in styles:
        yield 'a style that is remote'
    if 'content="light dark"' not in source:
        yield 'no color-scheme'


def same(text, page):
    """Both parts tell and link the same."""
    seen, read = squeeze(''.join(page.texts)), squeeze(text)
    for link in page.links:
        if not LINK.fullmatch(link):
            yield f'link {link}'
        elif link.removeprefix('mailto:') not in text:
            yield f'not in the text part: {link}'
    for link in re.findall(r'(?m)^ *(https?://\S+)$', text):
        if link not in page.links and link not in ''.join(page.texts):
            yield f'not in the HTML part: {link}'
    for line in text.split('\n'):
        for chunk in line.strip(' -').split(' · '):
            chunk = squeeze(chunk.strip('-·'))
            if chunk and '://' not in chunk and chunk not in seen:
                yield f'not in the HTML part: {chunk}'
    for chunk in page.texts:
        if squeeze(chunk).strip('·') not in read:
            yield f'not in the text part: {chunk.strip()}'


def problems(raw, unfilled_is_fine=False):
    """What is wrong with a mail, each in words. Titles may have braces of
    their own: then say so."""
    m = email.message_from_bytes(raw, policy=email.policy.default)
    delivered = bool(TRACE & {k.lower() for k in m.keys()})
    found = [*lines(raw, delivered), *headers(m), *threads(m), *parts(m)]
    if not found:
        text, source = [p.get_content().replace('\r\n', '\n')
                        for p in m.iter_parts()]
        page = Page(source)
        found += [*text_form(text),
                  *html_form(source, page, m['Content-Language']),
                  *same(text, page)]
        if not unfilled_is_fine and UNFILLED.search(text + source.split(
                '</style>')[-1]):
            found.append('a phrase or template was not filled in')
    return [str(p) for p in found] + strictly(raw)


def strictly(raw):
    """What Python's strict policy will not have."""
    try:
        m = email.message_from_bytes(raw, policy=email.policy.strict)
        for p in m.walk():
            p.items()
            if not p.is_multipart():
                p.get_content()
    except Exception as e:  # each defect has a class of its own
        return [f'strict: {type(e).__name__} {e}']
    return []


# ---- many ------------------------------------------------------------------

class Mails:
    """Looks at each mail once, and at the threads that they make."""

    def __init__(self):
        self.seen, self.found = set(), []
        self.unfilled_is_fine = False  # titles have braces of their own
        self.threads = collections.defaultdict(set)

    def look(self, name, raw, place=''):
        """Of one database: its numbers are in the threads' ids."""
        if hash(raw) in self.seen:
            return
        self.seen.add(hash(raw))
        self.found += [f'{name}: {p}' for p in
                       problems(raw, self.unfilled_is_fine)]
        self.thread(name, place, email.message_from_bytes(
            raw, policy=email.policy.default))

    def thread(self, name, place, m):
        """Mail programs split what changes its subject."""
        subject = str(m['Subject']).removeprefix('Re: ')
        subjects = self.threads[place, m['References']]
        if m['References'] and subjects and subject not in subjects:
            self.found.append(f'{name}: "{subject}" in the thread of '
                              f'{subjects}')
        subjects.add(subject)


def main():
    mails = Mails()
    for name in sys.argv[1:]:
        with open(name, 'rb') as f:
            mails.look(name, f.read())
    print('\n'.join(mails.found) or f'{len(mails.seen)} mails keep the rules')
    sys.exit(bool(mails.found))


if __name__ == '__main__':
    main()
