"""Chromium without a window, driven by its DevTools protocol over a pipe."""
import base64
import contextlib
import json
import os
import signal
import subprocess
import tempfile


class Browser:
    def __init__(self, chromium):
        self.folder = tempfile.TemporaryDirectory(
            prefix='pregon-browser-', ignore_cleanup_errors=True)
        theirs_in, ours_out = os.pipe()
        ours_in, theirs_out = os.pipe()

        def descriptors():
            # Clear of each other first: 3 and 4 are where it looks.
            a, b = os.dup(theirs_in), os.dup(theirs_out)
            a, b = os.dup2(a, 30), os.dup2(b, 31)
            os.dup2(a, 3)
            os.dup2(b, 4)

        self.process = subprocess.Popen(
            [chromium, '--headless', '--no-sandbox', '--disable-gpu',
             '--remote-debugging-pipe', '--hide-scrollbars',
             '--user-data-dir=' + self.folder.name],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, preexec_fn=descriptors,
            close_fds=False, start_new_session=True)
        os.close(theirs_in)
        os.close(theirs_out)
        self.out = os.fdopen(ours_out, 'wb', 0)
        self.in_ = os.fdopen(ours_in, 'rb')
        self.rest, self.number, self.session = b'', 0, None
        target = self.call('Target.createTarget', url='about:blank')
        self.session = self.call('Target.attachToTarget', flatten=True,
                                 targetId=target['targetId'])['sessionId']
        self.call('Page.enable')

    def message(self):
        while b'\0' not in self.rest:
            more = os.read(self.in_.fileno(), 1 << 16)
            if not more:
                raise RuntimeError('the browser has ended')
            self.rest += more
        one, _, self.rest = self.rest.partition(b'\0')
        return json.loads(one)

    def call(self, method, **params):
        self.number += 1
        m = {'id': self.number, 'method': method, 'params': params}
        if self.session:
            m['sessionId'] = self.session
        self.out.write(json.dumps(m).encode() + b'\0')
        while True:
            m = self.message()
            if m.get('id') == self.number:
                if 'error' in m:
                    raise RuntimeError(f'{method}: {m["error"]}')
                return m['result']

    def open(self, url):
        self.call('Page.navigate', url='about:blank')
        self.call('Page.navigate', url=url)
        self.wait(f'location.href == {json.dumps(url)} && '
                  'document.readyState == "complete"')

    def run(self, script):
        r = self.call('Runtime.evaluate', expression=script,
                      returnByValue=True, awaitPromise=True)
        if 'exceptionDetails' in r:
            raise RuntimeError(str(r['exceptionDetails']))
        return r['result'].get('value')

    def wait(self, script):
        """Until it is so; a page that is left meanwhile is no fault."""
        for _ in range(2000):
            try:
                if self.run(f'!!({script})'):
                    return True
            except RuntimeError:
                pass
        return False

    def look(self, width, dark):
        self.call('Emulation.setDeviceMetricsOverride', width=width,
                  height=900, deviceScaleFactor=1, mobile=width < 600)
        self.call('Emulation.setEmulatedMedia', features=[{
            'name': 'prefers-color-scheme',
            'value': 'dark' if dark else 'light'}])

    def shoot(self, path):
        shot = self.call('Page.captureScreenshot', captureBeyondViewport=True)
        with open(path, 'wb') as f:
            f.write(base64.b64decode(shot['data']))

    def key(self, key, code, text=''):
        for kind in 'keyDown', 'keyUp':
            self.call('Input.dispatchKeyEvent', type=kind, key=key, code=key,
                      windowsVirtualKeyCode=code,
                      **({'text': text} if kind == 'keyDown' and text else {}))

    def close(self):
        self.process.terminate()
        self.process.wait(30)
        # Its helpers may still write into the folder.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.folder.cleanup()
