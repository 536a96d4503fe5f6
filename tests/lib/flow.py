"""What the flow tests share: the real programs, real servers, a place.

A test makes a Place (a folder that goes when it ends), writes its
configuration there, starts what it needs, and waits for things, never for
time. TAP goes to stdout: check(), skip(). Every mail that comes out of a
place is looked at (mail_lint).
"""
import atexit
import email
import email.policy
import glob
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request

import mail_lint

BUILD = os.environ.get('BUILD', 'build/release')
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
CORPUS = os.environ.get('PREGON_CORPUS',
                        os.path.join(ROOT, '..', 'shared', 'corpus'))
if not os.path.isabs(BUILD):
    BUILD = os.path.join(ROOT, BUILD)
sys.stdout.reconfigure(line_buffering=True)
failed = 0
mails = mail_lint.Mails()
places = []


def check(good, name, detail=''):
    """One TAP line; detail is shown when it is not ok."""
    global failed
    if good:
        print('ok', name)
    else:
        failed += 1
        print('not ok', name)
        for line in str(detail).splitlines()[-40:]:
            print('   ', line)
    return good


def fault(number, what, cases, lost, doubled, seconds):
    """A row of the table that run.py prints; numbers as faults are listed."""
    print(f'# fault: {number} | {what} | {cases} | {int(lost)} | {doubled} | '
          f'{seconds:.1f}')


def skip(name, why):
    print(f'ok {name} # SKIP {why}')


def end():
    told = []
    for place in places:
        place.look_at_mails()
        told += place.addresses_logged()
    check(not told, 'no mail address is in a log', '\n'.join(told))
    if mails.seen:
        check(not mails.found, f'{len(mails.seen)} mails keep the rules of '
              'tests/lib/mail_lint.py', '\n'.join(mails.found))
    sys.exit(1 if failed else 0)


def wait_for(what, seconds=30, every=0.05):
    """The first true value of what(), or its last one when time is up."""
    until = time.monotonic() + seconds
    while True:
        value = what()
        if value or time.monotonic() > until:
            return value
        time.sleep(every)


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def listens(port):
    with socket.socket() as s:
        s.settimeout(1)
        return s.connect_ex(('127.0.0.1', port)) == 0


class Place:
    """A folder with a configuration, a database and processes."""

    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix='pregon-')
        os.chmod(self.dir, 0o755)
        self.children = []
        self.daemon = None
        self.relay = f'url = maildir:{self.dir}/Maildir'
        # Every mail at its hour, at once, and by itself.
        self.times = ('[digest]\nspread = 0\n[alert]\ngather = 0\n'
                      'cooldown = 0\nmax_a_day = 0')
        self.settings = {}
        self.as_user = {}  # Popen's user, group, ...
        os.mkdir(self.dir + '/etc')
        os.mkdir(self.dir + '/etc/groups.d')
        os.mkdir(self.dir + '/etc/members.d')
        places.append(self)
        atexit.register(self.close)

    def close(self):
        self.look_at_mails()
        for p in self.children:
            if p.poll() is None:
                p.terminate()  # nginx: its workers go with it
                try:
                    p.wait(10)
                except subprocess.TimeoutExpired:
                    p.kill()
                    p.wait()
        shutil.rmtree(self.dir, ignore_errors=True)

    def path(self, *names):
        return os.path.join(self.dir, *names)

    def write(self, name, text):
        """A configuration file, as careful people write one."""
        path = self.path('etc', name)
        data = text if isinstance(text, bytes) else text.encode()
        with open(path + '.new', 'wb') as f:
            f.write(data)
        os.rename(path + '.new', path)

    def write_settings(self, extra=''):
        self.write('pregon.ini', f'''
[community]
name = Red de Innovación
url = https://comunidad.example.org/
from = Avisos <avisos@example.org>
language = es
timezone = Europe/Madrid
confirm = no
[store]
path = {self.dir}/pregon.db
[relay]
{self.relay}
[control]
socket = {self.dir}/control
[http]
allow_private = yes
timeout = 5s
gap = 0
{self.times}
[words]
templates = {ROOT}/conf/templates
languages = {ROOT}/conf/lang
{extra}''')

    def group(self, name, url, extra=''):
        self.write(f'groups.d/{name}.ini',
                   f'[group:{name}]\nurl = {url}\nsource = feed\n'
                   f'every = 1s\n{extra}')

    def member(self, key, text):
        self.write(f'members.d/{key}.ini',
                   f'[member]\nemail = {key}@example.net\n{text}')

    def spawn(self, *command, **more):
        p = subprocess.Popen(command, **{
            'stdin': subprocess.DEVNULL, 'stdout': subprocess.DEVNULL,
            'stderr': subprocess.DEVNULL, **more})
        self.children.append(p)
        return p

    def start(self, **env):
        self.log = open(self.path('log'), 'ab')
        self.daemon = self.spawn(BUILD + '/pregond', '-c', self.path('etc'),
                                 stdout=self.log, stderr=self.log,
                                 env={**os.environ, **env}, **self.as_user)
        return wait_for(lambda: self.daemon.poll() is not None or
                        os.path.exists(self.path('control'))) and \
            self.daemon.poll() is None

    def stop(self, sig=signal.SIGTERM):
        """Its exit status; -9 for a SIGKILL."""
        self.daemon.send_signal(sig)
        status = self.daemon.wait(30)
        self.children.remove(self.daemon)
        return status

    def ctl(self, *words, check_exit=False):
        p = subprocess.run([BUILD + '/pregonctl', '-c', self.path('etc'),
                            *words], stdin=subprocess.DEVNULL,
                           capture_output=True, text=True, timeout=60)
        if check_exit and p.returncode:
            raise RuntimeError(f'pregonctl {words}: {p.stderr}')
        return p

    def rows(self, sql, *args):
        if not os.path.exists(self.path('pregon.db')):
            return []
        db = sqlite3.connect(f'file:{self.path("pregon.db")}?mode=ro',
                             uri=True, timeout=10)
        try:
            return db.execute(sql, args).fetchall()
        finally:
            db.close()

    def json(self, *words):
        out = self.ctl(*words, '--json').stdout
        return [json.loads(line) for line in out.splitlines()]

    def logged(self):
        with open(self.path('log'), errors='replace') as f:
            return f.read()

    def mails(self, maildir='Maildir'):
        return [mail(p) for p in sorted(
            glob.glob(self.path(maildir, 'new', '*')))]

    def addresses_logged(self):
        """Lines of the daemon's log that have one; a file's name is none."""
        if not os.path.exists(self.path('log')):
            return []
        return [line for line in self.logged().splitlines()
                if re.search(r'(?<![/\w.+-])[\w.+-]+@[\w-]', line)]

    def look_at_mails(self):
        """All that came out, whether the test reads it or not."""
        for maildir in 'Maildir', *glob.glob(self.path('taken*')):
            self.mails(maildir)

    def community(self, script, *options):
        """Serves a scripted community; returns its address."""
        with open(self.path('script.txt'), 'w') as f:
            f.write(script)
        port = self.path(f'port-{len(self.children)}')
        self.spawn(BUILD + '/tests/community', '--script',
                   self.path('script.txt'), '--port-file', port, *options,
                   stdout=subprocess.DEVNULL)
        if not wait_for(lambda: os.path.exists(port)):
            raise RuntimeError('the community does not start')
        with open(port) as f:
            return f'http://127.0.0.1:{f.read().strip()}'


def advance(base, seconds):
    urllib.request.urlopen(f'{base}/advance?seconds={seconds}').close()


def mail(path):
    with open(path, 'rb') as f:
        raw = f.read()
    mails.look(os.path.basename(path), raw, os.path.dirname(path))
    return email.message_from_bytes(raw, policy=email.policy.default)


def as_root():
    """The prefix that runs a command as root; None when there is none."""
    if os.getuid() == 0:
        return []
    if subprocess.run(['sudo', '-n', 'true'], capture_output=True).returncode:
        return None
    return ['sudo', '-n']


class Peer:
    """A scripted SMTP server (tests/lib/smtp_peer); say() gives it another
    script."""

    def __init__(self, place, *options, store=True):
        self.place, self.options, self.port = place, options, 0
        self.taken = f'taken-{len(place.children)}'
        os.makedirs(place.path(self.taken, 'new'))
        if store:
            self.options += '--store', place.path(self.taken, 'new')
        self.begin()

    def begin(self):
        """Again on the same port, when it was killed."""
        self.process = self.place.spawn(
            BUILD + '/tests/smtp_peer', '--port', str(self.port),
            *self.options, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True)
        self.port = int(self.process.stdout.readline())

    def say(self, *options):
        self.process.stdin.write('\t'.join(options) + '\n')
        self.process.stdin.flush()
        self.process.stdout.readline()

    def relay(self, more=''):
        return (f'url = smtp://127.0.0.1:{self.port}\ntls = off\n'
                f'timeout = 2s\n{more}')


class Postfix:
    """Debian's Postfix with its own folders: STARTTLS, AUTH, a Maildir."""

    USER, PASSWORD = 'pregon', 'un-secreto'

    def __init__(self, place, more=''):
        """`more` are lines of main.cf, in the place of ours."""
        self.place, self.port, self.more = place, free_port(), more
        self.dir = place.path('postfix')
        self.maildir = place.path('taken')
        for d in ('etc/sasl', 'spool', 'data'):
            os.makedirs(f'{self.dir}/{d}')
        self._certificate()
        self._accounts()
        self._configure()
        subprocess.run(['postfix', '-c', self.dir + '/etc', 'start'],
                       check=True, capture_output=True)
        atexit.register(self.stop)
        if not wait_for(lambda: listens(self.port)):
            raise RuntimeError('postfix does not listen')

    def _certificate(self):
        self.ca = self.dir + '/cert.pem'
        subprocess.run(
            ['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes',
             '-days', '2', '-subj', '/CN=localhost', '-addext',
             'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout',
             self.dir + '/key.pem', '-out', self.ca],
            check=True, capture_output=True)

    def _accounts(self):
        db = self.dir + '/etc/sasl/sasldb2'
        subprocess.run(['saslpasswd2', '-f', db, '-c', '-p', '-u',
                        'localhost', self.USER], check=True,
                       input=self.PASSWORD.encode())
        os.chmod(db, 0o644)
        # Debian's Postfix looks in its configuration's folder.
        with open(self.dir + '/etc/sasl/smtpd.conf', 'w') as f:
            f.write('pwcheck_method: auxprop\nauxprop_plugin: sasldb\n'
                    f'mech_list: PLAIN LOGIN\nsasldb_path: {db}\n')

    def _configure(self):
        os.mkdir(self.maildir)
        os.chown(self.maildir, 65534, 65534)
        usual = f'''
compatibility_level = 3.6
queue_directory = {self.dir}/spool
data_directory = {self.dir}/data
myhostname = localhost
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtpd_tls_cert_file = {self.ca}
smtpd_tls_key_file = {self.dir}/key.pem
smtpd_tls_security_level = encrypt
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_local_domain = localhost
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_client_connection_rate_limit = 0
virtual_mailbox_domains = example.net
virtual_mailbox_base = {os.path.dirname(self.maildir)}
virtual_mailbox_maps = static:{os.path.basename(self.maildir)}/
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
virtual_minimum_uid = 1000
maillog_file = {self.dir}/log
maillog_file_prefixes = {self.dir}
'''
        said = {line.split(' =')[0] for line in self.more.splitlines()}
        with open(self.dir + '/etc/main.cf', 'w') as f:
            # Once each: Postfix warns of others, and its own log chokes on it.
            f.writelines(line + '\n' for line in usual.splitlines()
                         if line.split(' =')[0] not in said)
            f.write(self.more)
        with open('/etc/postfix/master.cf.proto' if os.path.exists(
                '/etc/postfix/master.cf.proto') else
                '/usr/share/postfix/master.cf.dist') as f:
            services = f.read()
        lines = []
        for line in services.splitlines():
            if line.startswith('smtp      inet'):
                line = f'127.0.0.1:{self.port} inet n - n - - smtpd'
            words = line.split()
            # No chroot: certificates and accounts lie outside the spool.
            if len(words) > 7 and not line.startswith(('#', ' ')):
                words[4] = 'n'
                line = ' '.join(words)
            lines.append(line)
        with open(self.dir + '/etc/master.cf', 'w') as f:
            f.write('\n'.join(lines) + '\n')
        os.chmod(self.dir, 0o755)
        shutil.chown(self.dir + '/data', 'postfix')

    def relay(self):
        secret = self.place.path('secret')
        with open(secret, 'w') as f:
            f.write(self.PASSWORD + '\n')
        os.chmod(secret, 0o600)
        return (f'url = smtp://localhost:{self.port}\n'
                f'user = {self.USER}\npassword_file = {secret}\n'
                f'ca_file = {self.ca}\n')

    def stop(self):
        subprocess.run(['postfix', '-c', self.dir + '/etc', 'stop'],
                       capture_output=True)

    def log(self):
        try:
            with open(self.dir + '/log', errors='replace') as f:
                return f.read()
        except OSError:
            return ''
