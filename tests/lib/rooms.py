#!/usr/bin/python3
"""The one rule of the house: which room may include what.

The table is DESIGN's (section 3), with what was added since and why:
base: Nettle's SHA-256; config: libidn2 (A-labels), Nettle (keys in hex),
GnuTLS (the pages' certificate); loop: GnuTLS (their handshakes, which
libmicrohttpd leaves to it); source, compose, plan: GLib comes with GMime;
source: GMime reads the mails of a list; app: how ICU allocates. Prints each
breach; exit status 1 when there is one.
"""
import glob
import re
import sys

LIBC = set('''assert ctype dirent endian errno fcntl inttypes limits link malloc math
netdb poll pwd grp iconv locale signal stdarg stdatomic stdbool stddef stdint stdio stdlib string
strings sys/file sys/inotify sys/ioctl sys/mman sys/random sys/resource sys/socket
sys/stat sys/syscall sys/time sys/types sys/uio sys/un sys/wait sys/statvfs sys/xattr
linux/openat2 arpa/inet netinet/in netinet/tcp time unistd getopt wchar
stdnoreturn sysexits termios'''.split())
ROOMS = {  # room: (rooms, libraries)
    'base': ([], ['nettle/']),
    'loop': (['base'], ['uv', 'curl/curl', 'microhttpd', 'gnutls/', 'zlib']),
    'config': (['base'], ['ini', 'idn2', 'libical/', 'nettle/', 'gnutls/']),
    'store': (['base'], ['sqlite3']),
    'source': (['base', 'loop', 'config', 'store'],
               ['libxml/', 'jansson', 'glib', 'gmime/']),
    'plan': (['base', 'store'], ['glib']),
    'words': (['base'], ['unicode/']),
    'compose': (['base', 'words', 'store'], ['gmime/', 'glib']),
    'deliver': (['base', 'loop', 'config', 'store'], ['gmime/', 'glib']),
    'web': (['base', 'loop', 'config', 'store', 'words'],
            ['microhttpd', 'jansson']),
    'app': (['*'], ['uv', 'curl/curl', 'systemd/', 'jansson', 'glib',
                    'gmime/', 'libxml/', 'unicode/uclean']),
    'cli': (['base', 'loop', 'config', 'store', 'source', 'plan', 'words',
             'compose', 'deliver', 'web', 'cli'],
            ['uv', 'jansson', 'curl/curl', 'glib', 'gmime/', 'libxml/']),
}
# Planning is pure: it may know the store's rows, not call for them.
NOT_CALLED = {'plan': r'\b(db|delivery|member|group|debate|comment|event|'
                      r'feed|schedule|subscription|omission)_(open|add|get|'
                      r'find|list|sync|update|due|lease|settle|window)\s*\('}

bad = 0
for path in sorted(glob.glob('daemon/*/*.c') + glob.glob('daemon/*/*.h') +
                   glob.glob('include/*/*.h')):
    room = path.split('/')[1]
    rooms, libraries = ROOMS.get(room, ([], []))
    text = open(path, encoding='utf-8').read()
    for number, line in enumerate(text.split('\n'), 1):
        m = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        problem = None
        if m and m[1] == '<':
            name = m[2][:-2] if m[2].endswith('.h') else m[2]
            if name not in LIBC and not any(
                    name == l or (l.endswith('/') and name.startswith(l))
                    for l in libraries):
                problem = f'{room} may not include <{m[2]}>'
        elif m and '/' in m[2]:
            other = m[2].split('/')[0]
            if other != room and other not in rooms and rooms != ['*']:
                problem = f'{room} may not include "{m[2]}"'
        elif room in NOT_CALLED and re.search(NOT_CALLED[room], line):
            problem = f'{room} may not call the store'
        if problem:
            print(f'{path}:{number}: {problem}')
            bad += 1
sys.exit(1 if bad else 0)
