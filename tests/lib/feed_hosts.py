"""Many feeds, each on a host of its own, served by one nginx: what the
polling benches watch."""
import email.utils
import gzip
import os
import random
import shutil
import subprocess
import sys
import time

from flow import free_port, listens, wait_for

ITEMS = 20
WORDS = ('la propuesta del grupo es que cada entidad publique sus contratos '
         'menores en un formato abierto con el modelo de datos que se acordó '
         'en sesión marzo y las intervenciones puedan comentarlo antes entre '
         'vigor según consta acta secretaría ayuntamiento comarca provincia '
         'licitación expediente pliego plazo recurso alegaciones órgano firma '
         'electrónica registro padrón tributo ordenanza').split()
START = int(time.time()) - (ITEMS + 1) * 3600


def body(feed, k):
    """Nearly 3 KB of an item, as blogs and forums send: it packs to a sixth."""
    words = random.Random(f'{feed} {k}').choices(WORDS, k=310)
    return ''.join(f'&lt;p&gt;{" ".join(words[i:i + 40])}, &lt;a href="https:'
                   f'//comunidad.example.org/d/{k}{i}"&gt;véase&lt;/a&gt;.'
                   '&lt;/p&gt;\n' for i in range(0, 310, 40))


class FeedHosts:
    """`n` feeds under place; hosts are addresses of 127.0.0.0/8."""

    def __init__(self, place, n):
        self.place, self.n = place, n
        self.port, self.tls_port = free_port(), free_port()
        self.www = place.path('www')
        self.log = place.path('nginx.log')
        os.mkdir(self.www)

    def url(self, i):
        host = f'127.{1 + i // 62500}.{i // 250 % 250}.{i % 250 + 1}'
        return f'http://{host}:{self.port}/{i}.xml'

    def tls_url(self, i):
        return f'https://127.0.0.1:{self.tls_port}/{i}.xml'

    def write(self, items, n=None):
        """All feeds (or the first n), with so many items, newest first; and
        packed, for those who take them so."""
        for i in range(n or self.n):
            text = ''.join(
                f'<item><title>Debate {k} del grupo {i}</title>'
                f'<link>https://comunidad.example.org/{i}/{k}</link>'
                f'<guid>https://comunidad.example.org/{i}/{k}</guid>'
                f'<pubDate>{email.utils.formatdate(START + k * 3600)}'
                f'</pubDate><description>{body(i, k)}</description></item>'
                for k in range(items, 0, -1))
            text = ('<?xml version="1.0"?><rss version="2.0"><channel>'
                    f'<title>Grupo {i}</title>{text}</channel></rss>').encode()
            self.put(f'{i}.xml', text, START + items)
            self.put(f'{i}.xml.gz', gzip.compress(text, 6), START + items)

    def put(self, name, text, time):
        """One time for all, so that one date asks for any of them."""
        path = f'{self.www}/{name}'
        with open(path + '.new', 'wb') as f:
            f.write(text)
        os.utime(path + '.new', (time, time))
        os.rename(path + '.new', path)

    def certify(self):
        """A certificate of an authority behind all of the system's, in the
        file that it returns. Before serve()."""
        path = self.place.path
        with open(path('ext'), 'w') as f:
            f.write('subjectAltName=IP:127.0.0.1')
        for words in (
                ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days',
                 '2', '-subj', '/CN=ca', '-keyout', path('ca.key'), '-out',
                 path('ca.pem')],
                ['ecparam', '-name', 'prime256v1', '-genkey', '-noout',
                 '-out', path('key.pem')],
                ['req', '-new', '-key', path('key.pem'), '-subj', '/CN=x',
                 '-out', path('csr.pem')],
                ['x509', '-req', '-in', path('csr.pem'), '-CA',
                 path('ca.pem'), '-CAkey', path('ca.key'), '-CAcreateserial',
                 '-days', '2', '-extfile', path('ext'), '-out',
                 path('cert.pem')]):
            subprocess.run(['openssl', *words], check=True,
                           capture_output=True)
        with open(path('all.pem'), 'wb') as out:
            for ca in ('/etc/ssl/certs/ca-certificates.crt', path('ca.pem')):
                with open(ca, 'rb') as f:
                    shutil.copyfileobj(f, out)
        return path('all.pem')

    def serve(self, rate=0, packed=True):
        """At so many bytes a second and connection, 0 as fast as can be."""
        d = self.place.dir
        temporary = ' '.join(
            f'{kind}_temp_path {d}/t{i};' for i, kind in enumerate(
                ('client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi')))
        tls = (f'server {{ listen 0.0.0.0:{self.tls_port} ssl;'
               f' root {self.www}; keepalive_timeout 0;'
               f' ssl_certificate {d}/cert.pem;'
               f' ssl_certificate_key {d}/key.pem; }}'
               if os.path.exists(self.place.path('cert.pem')) else '')
        with open(self.place.path('nginx.conf'), 'w') as f:
            f.write(f'''
worker_processes 1; daemon off; pid {d}/nginx.pid;
error_log {d}/nginx.error;
events {{ worker_connections 8192; }}
http {{ log_format t '$msec $status'; access_log {self.log} t;
  gzip_static {'on' if packed else 'off'};
  {temporary} default_type application/rss+xml; etag on;
  limit_rate {rate}; ssl_session_cache off; ssl_session_tickets off;
  server {{ listen 0.0.0.0:{self.port}; root {self.www}; }}
  {tls} }}''')
        self.place.spawn('nginx', '-c', self.place.path('nginx.conf'), '-e',
                         self.place.path('nginx.error'))
        if not wait_for(lambda: listens(self.port)):
            sys.exit('nginx does not listen')

    def requests(self):
        """[(time, status)] so far."""
        with open(self.log) as f:
            return [(float(t), s) for t, s in map(str.split, f)]
